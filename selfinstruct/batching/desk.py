"""The desk: what a run wants of its teacher, noted instead of asked.

A prompt without a stored reply is noted and turned away. What was noted when nothing can go on any
more is one wave. Nothing here knows how a wave is brought.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from selfinstruct.errors import NotYetError, RequestError, WaitingError
from selfinstruct.teachers.base import Prompt


@dataclass(frozen=True, slots=True)
class Wanted:
    """A prompt whose reply is wanted.

    Attributes:
        key: The digest of the request.
        prompt: The request, as the first who wanted it numbered it.
        last: The highest number of a request that wants the same reply: so long it is kept.
    """

    key: str
    prompt: Prompt
    last: int


class Desk:
    """Who comes for a reply that the store does not have passes here first.

    Args:
        notes: Whether prompts are noted; else they are asked, all but those that are outstanding.

    Attributes:
        outstanding: By digest, the highest request that a submitted prompt was noted for.
    """

    def __init__(self, *, notes: bool = True) -> None:
        self._notes = notes
        self.outstanding: dict[str, int] = {}
        self._noted: dict[str, Wanted] = {}
        self._directly: set[str] = set()
        self._failed: dict[str, RequestError] = {}

    @property
    def next_request(self) -> int:
        """A request number behind all that are outstanding."""
        return max(self.outstanding.values(), default=-1) + 1

    def admit(self, key: str, prompt: Prompt) -> None:
        """Let pass who may ask ``prompt`` of the teacher now.

        Raises:
            NotYetError: It is to come by a batch.
            RequestError: It has failed for good in this run.
        """
        if (failed := self._failed.get(key)) is not None:
            raise RequestError(str(failed), kind=failed.kind)
        if key in self.outstanding:
            self.outstanding[key] = max(prompt.request, self.outstanding[key])
        elif not self._notes or key in self._directly:
            return
        else:
            self._note(key, prompt)
        raise NotYetError("The reply is to come by a batch.")

    def fail(self, key: str, error: RequestError) -> None:
        """Remember that the request has failed for good: it is not asked twice in one run."""
        self._failed[key] = error

    def wave(self) -> list[Wanted]:
        """What is wanted, each once, in the order of requests."""
        noted = self._noted.values()
        return sorted(noted, key=lambda one: (one.prompt.request, one.key))

    def ask_directly(self, wave: Collection[Wanted]) -> None:
        """Let who wants one of these pass from now on."""
        for one in wave:
            self._directly.add(one.key)
            self._noted.pop(one.key, None)

    def submit(self, requests: Mapping[str, int]) -> None:
        """These are outstanding now, by digest with the highest request that wants each."""
        for key, request in requests.items():
            self.outstanding[key] = request
            self._noted.pop(key, None)

    def settle(self, keys: Collection[str]) -> None:
        """These are outstanding no longer: what has not come is wanted again."""
        for key in keys:
            self.outstanding.pop(key, None)

    def clear(self) -> None:
        """Forget what is wanted: who still wants it will say so again."""
        self._noted.clear()

    def _note(self, key: str, prompt: Prompt) -> None:
        before = self._noted.get(key)
        if before is None:
            self._noted[key] = Wanted(key, prompt, prompt.request)
        elif prompt.request < before.prompt.request:
            self._noted[key] = replace(before, prompt=prompt)
        elif prompt.request > before.last:
            self._noted[key] = replace(before, last=prompt.request)


class Waves(Protocol):
    """What brings the replies that were noted.

    Attributes:
        desk: Where they are noted.
    """

    desk: Desk

    async def turn(self) -> bool:
        """Nothing can go on without what is noted: whether some of it is there, or may be asked.

        Raises:
            TeacherError: It cannot be brought.
            BudgetEndedError: No cap has room for it.
        """
        ...

    def waiting(self) -> WaitingError:
        """What is waited for, in a sentence."""
        ...
