"""The mock server's own bill, to hold a client's count against."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class Bill:
    """What was asked and used since the server started.

    Attributes:
        calls: All requests for a completion, those under way included.
        answered: Those that ended with a status below 400.
        refused: Those that ended with another.
        prompt_tokens: Of all prompts that were answered; cached and written ones are among them.
        cached_tokens: Read from the cache.
        cache_write_tokens: Written to it.
        completion_tokens: Of all replies, thoughts included.
        reasoning_tokens: Of all thoughts, also where the style does not report them.
        by_status: Ended calls by HTTP status.
        batches: Batches that were taken, whatever came of them.
        batch_lines: Requests of batches that were worked on.
        batch_repeated: Those that had been answered before, by this batch or another.
        batch_prompt_tokens: Of the prompts, those of batches, which cost half.
        batch_completion_tokens: Of the replies, likewise.
    """

    calls: int = 0
    answered: int = 0
    refused: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    by_status: dict[str, int] = field(default_factory=dict)
    batches: int = 0
    batch_lines: int = 0
    batch_repeated: int = 0
    batch_prompt_tokens: int = 0
    batch_completion_tokens: int = 0

    def ended(self, status: int) -> None:
        """Count a call that ended with ``status``."""
        self.by_status[str(status)] = self.by_status.get(str(status), 0) + 1
        if status < 400:
            self.answered += 1
        else:
            self.refused += 1

    def charge(
        self, *, prompt: int, cached: int, written: int, completion: int, reasoning: int
    ) -> None:
        """Count the tokens of one answered call."""
        self.prompt_tokens += prompt
        self.cached_tokens += cached
        self.cache_write_tokens += written
        self.completion_tokens += completion
        self.reasoning_tokens += reasoning

    def as_json(self) -> dict[str, Any]:
        """The bill as ``GET /v1/usage`` shows it."""
        return {**asdict(self), "by_status": dict(sorted(self.by_status.items()))}
