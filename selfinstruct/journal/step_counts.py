"""What calls used, by step: the figures of the ledger."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict


class StepCount(BaseModel):
    """What the calls of one step used.

    Attributes:
        calls: Calls that ended, attempts included.
        repeated: Those of them that were further attempts.
        failed: Requests that failed for good.
        unmetered: Replies for which the server reported no usage, and calls that failed in a way
            that may have been billed all the same.
        starved: Replies that ran out of tokens before their answer began; they are among the calls.
        unreadable: Replies that held nothing that could be read.
        prompt_tokens: As reported; likewise the four that follow.
        completion_tokens: Thoughts included.
        cached_tokens: Of the prompts, what the server read from its cache.
        written_tokens: Of the prompts, what it wrote into its cache.
        reasoning_tokens: Of the replies, what were thoughts.
        cost_usd: Dollars, or None where no price was known for some reply.
    """

    model_config = ConfigDict(extra="ignore")

    calls: int = 0
    repeated: int = 0
    failed: int = 0
    unmetered: int = 0
    starved: int = 0
    unreadable: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    written_tokens: int = 0
    reasoning_tokens: int = 0
    cost_usd: float | None = 0.0

    def add(self, other: StepCount) -> None:
        """Add ``other`` to this count; an unknown cost stays unknown."""
        for name in StepCount.model_fields.keys() - {"cost_usd"}:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        known = self.cost_usd is not None and other.cost_usd is not None
        self.cost_usd = (self.cost_usd or 0) + (other.cost_usd or 0) if known else None


def total(steps: Mapping[str, StepCount]) -> StepCount:
    """The sum over all steps."""
    whole = StepCount()
    for count in steps.values():
        whole.add(count)
    return whole
