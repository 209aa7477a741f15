"""Rates: when the next call may start by ``--rpm`` and ``--tpm``, and what give-up-after is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from selfinstruct.teachers.base import Prompt, Reply

_CHARACTERS_PER_TOKEN = 4  # for pacing alone, until the server has said what calls of a step use


class Rates(BaseModel):
    """How a teacher is paced; nothing here changes the data.

    Attributes:
        rpm: The most requests a minute, or None.
        tpm: The most tokens a minute, or None.
        give_up_after: Seconds without any answer after which the run ends.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rpm: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    tpm: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    give_up_after: float = Field(default=600.0, ge=0, allow_inf_nan=False)


class Meter:
    """Spreads calls and tokens evenly over each minute.

    Args:
        rates: The most of each.

    Attributes:
        next_start: When the next call may start, by the clock whose times are handed in.
    """

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._next_call = self._next_token = 0.0
        self._used: dict[str, float] = {}  # tokens of a call, by step

    @property
    def next_start(self) -> float:
        """See the class."""
        return max(self._next_call, self._next_token)

    def start(self, prompt: Prompt, now: float) -> None:
        """A call starts."""
        # Taken when it starts, not when it begins to wait: a pause must not pile up starts.
        if self._rates.rpm:
            self._next_call = max(now, self._next_call) + 60 / self._rates.rpm
        if self._rates.tpm:
            cost = self.tokens(prompt) * 60 / self._rates.tpm
            self._next_token = max(now, self._next_token) + cost

    def tokens(self, prompt: Prompt) -> float:
        """How many tokens a call will use, going by the last ones of its step."""
        first = len(prompt.text) / _CHARACTERS_PER_TOKEN + prompt.decoding.max_tokens
        return self._used.get(prompt.step, first)

    def ended(self, prompt: Prompt, reply: Reply) -> None:
        """A call ended: what it really used takes the place of what was expected."""
        if reply.usage is None:
            return
        used = float(reply.usage.prompt_tokens + reply.usage.completion_tokens)
        expected = self.tokens(prompt)
        if self._rates.tpm:
            self._next_token += (used - expected) * 60 / self._rates.tpm
        before = self._used.get(prompt.step, used)
        self._used[prompt.step] = before + (used - before) / 8
