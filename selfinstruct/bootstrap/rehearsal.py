"""A rehearsal: each call that a run will make, once, read as the run will read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from selfinstruct.bootstrap.drawing import Source
from selfinstruct.bootstrap.recipe import Recipe
from selfinstruct.errors import RequestError
from selfinstruct.requests import Ask
from selfinstruct.teachers import Prompt, Reply

_TRIES = 2  # of each step: one reply of a good teacher may be bad


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One step.

    Attributes:
        prompt: What was asked.
        reply: What came back; None where the request was refused or starved.
        readable: Whether it holds what the step asks for.
        seconds: How long it took, attempts and waits included.
        error: Why there is no reply, or "".
    """

    prompt: Prompt
    reply: Reply | None
    readable: bool
    seconds: float
    error: str = ""


async def rehearse(
    recipe: Recipe, source: Source, ask: Ask, clock: Callable[[], float]
) -> list[Rehearsed]:
    """Ask each step of ``recipe`` once, and once more where the reply cannot be read.

    Args:
        recipe: Whose steps.
        source: What requests draw from.
        ask: What asks.
        clock: Seconds that only go forward.

    Raises:
        TeacherError: The teacher is of no use: key, address, quota, a field that it must take.
    """
    found: dict[str, Rehearsed] = {}
    for number in range(_TRIES):
        rng, view = source.random(number), source.view(0)
        draft = recipe.draft(number, rng, view)
        calls = [draft.prompt, *(one.prompt for one in recipe.foresee(number, rng, view).calls)]
        for prompt in {call.step: call for call in calls}.values():
            before = found.get(prompt.step)
            if before is not None and before.readable:
                continue
            started = clock()
            # The leading step is read with its own draft; the first of its calls is that one.
            asked = draft.prompt if prompt.step == draft.prompt.step else prompt
            try:
                reply: Reply | None = await ask(replace(asked, request=number))
                error = ""
            except RequestError as failure:
                reply, error = None, str(failure)
            readable = reply is not None and recipe.understands(prompt.step, reply, draft)
            found[prompt.step] = Rehearsed(asked, reply, readable, clock() - started, error)
    return list(found.values())
