"""Any object that completes prompts, as a teacher."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable
from typing import Protocol

from selfinstruct.errors import SettingsError
from selfinstruct.teachers import Api, Prompt, Reply


class Completes(Protocol):
    """Somebody else's teacher.

    ``name`` and ``model``, where it has them, are told in each task's provenance; ``close``, where
    it has one, is called when a run ends. What it raises of :mod:`selfinstruct.errors` is dealt
    with as for every teacher (a :class:`~selfinstruct.errors.TransientError` is worth another
    attempt); anything else ends the run.
    """

    def complete(self, prompt: Prompt, /) -> Reply | str | Awaitable[Reply | str]:
        """The reply to ``prompt``: a :class:`~selfinstruct.teachers.Reply`, or just its text."""
        ...


class Adapted:
    """``teacher`` as :class:`selfinstruct.teachers.Teacher` wants it.

    Args:
        teacher: Somebody else's.
        api: The kind of endpoint that prompts are written for.
    """

    def __init__(self, teacher: Completes, api: Api) -> None:
        self.name = str(getattr(teacher, "name", "") or type(teacher).__name__)
        self.model = str(getattr(teacher, "model", "") or self.name)
        self.api = api
        self.more = ""
        self._teacher = teacher

    async def complete(self, prompt: Prompt) -> Reply:
        """What the teacher says; a text is a reply that ended by itself, of unknown cost."""
        said = self._teacher.complete(prompt)
        if inspect.isawaitable(said):
            said = await said
        return said if isinstance(said, Reply) else Reply(str(said), "stop", None)

    async def close(self) -> None:
        """Let the teacher close what it holds open."""
        close = getattr(self._teacher, "close", None)
        if close is None:
            return
        closed = close()
        if inspect.isawaitable(closed):
            await closed


def adapted(teacher: Completes, api: Api) -> Adapted:
    """``teacher`` as the loop wants it.

    Raises:
        SettingsError: It cannot complete prompts.
    """
    if not callable(getattr(teacher, "complete", None)):
        raise SettingsError(
            f"A teacher is a selfinstruct.Teacher or has a method complete(prompt); "
            f"{type(teacher).__name__} has none."
        )
    return Adapted(teacher, api)
