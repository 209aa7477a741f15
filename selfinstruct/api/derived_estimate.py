"""What a job that asks about items will take, going by the prompts as they will be sent."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import TypeVar

from selfinstruct.api.estimate import Costs, costs
from selfinstruct.bootstrap import estimate as estimating
from selfinstruct.bootstrap.estimate import Range, StepEstimate
from selfinstruct.errors import NotStoredError
from selfinstruct.requests import DerivedJob
from selfinstruct.teachers import Prompt, Reply
from selfinstruct.teachers.budget import Price

_SAMPLES = 40  # items of which the prompts are made

T = TypeVar("T")
Answering = Callable[[Prompt, T], Reply | None]
"""What a prompt about an item may be answered with, so that the next one is asked; None to end."""

Length = Callable[[Prompt, T], Range]
"""How many tokens the reply to a prompt about an item may have."""


async def costs_of(
    job: DerivedJob[T],
    left: Sequence[T],
    price: Price | None,
    length: Length[T],
    assumed: Sequence[str],
    answered: Answering[T] | None = None,
) -> Costs:
    """What asking about ``left`` will take.

    Args:
        job: What is asked.
        left: About what.
        price: What tokens cost, if that is known.
        length: How long replies may be.
        assumed: What was assumed of them, in words.
        answered: Where an item is asked about more than once.
    """
    steps: dict[str, StepEstimate] = {}
    shown = left[:_SAMPLES]
    each = len(left) / max(1, len(shown))
    share = Range(each, each, each)
    for item in shown:
        for prompt in await _prompts(job, item, answered):
            used = StepEstimate(
                share,
                share.times(estimating.tokens(prompt.text)),
                share.times(length(prompt, item)),
            )
            steps[prompt.step] = steps.get(prompt.step, StepEstimate()) + used
    return costs(steps, price, "prompts", assumed if steps else ())


async def _prompts(job: DerivedJob[T], item: T, answered: Answering[T] | None) -> list[Prompt]:
    """What is asked about ``item``."""
    found: list[Prompt] = []

    async def ask(prompt: Prompt) -> Reply:
        found.append(prompt)
        reply = answered(prompt, item) if answered is not None else None
        if reply is None:
            raise NotStoredError("Nothing is asked for an estimate.")
        return reply

    with contextlib.suppress(NotStoredError):
        await job.rows(item, ask)
    return found
