"""The spending contract: caps that no call can pass, and a price that is known or null."""

from __future__ import annotations

import asyncio
import math

from pydantic import BaseModel, ConfigDict, Field

from selfinstruct.errors import EndingError, TransientError
from selfinstruct.teachers.base import Prompt, Reply, Teacher, Usage

# What a chat server may add to a prompt (roles, template, system line), in tokens.
_FRAME = 64


class BudgetEndedError(EndingError):
    """The next call could pass a cap, and nothing in flight can free room any more."""

    exit_code = 3


class Price(BaseModel):
    """Dollars per million tokens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: float = Field(ge=0, allow_inf_nan=False)
    completion: float = Field(ge=0, allow_inf_nan=False)

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float:
        """Dollars for so many tokens."""
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / 1_000_000


class Caps(BaseModel):
    """The most one run may use; None means no limit.

    Attributes:
        dollars: For prompt and completion tokens together; needs a price.
        calls: Attempts included.
        tokens: Prompt and completion tokens together.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dollars: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    calls: int | None = Field(default=None, ge=0)
    tokens: int | None = Field(default=None, ge=0)


class Budgeted:
    """A teacher that starts no call which could pass a cap.

    Calls in flight count at their worst: a prompt has at most as many tokens as UTF-8 bytes
    (plus what a chat template adds), a reply at most its token limit. When a reply comes, what
    it really used takes the place of that. A call without reported usage stays at its worst.

    Args:
        teacher: Who is asked.
        caps: The caps of this run.
        price: What tokens cost; needed for a cap in dollars.
    """

    def __init__(self, teacher: Teacher, caps: Caps, price: Price | None) -> None:
        self.name, self.model, self.api = teacher.name, teacher.model, teacher.api
        self._teacher = teacher
        self._caps = caps
        self._price = price
        self._calls = 0
        self._tokens = 0
        self._dollars = 0.0
        self._in_flight = 0
        self._settled = asyncio.Event()

    async def complete(self, prompt: Prompt) -> Reply:
        """The teacher's reply, once there is room for the call.

        Raises:
            BudgetEndedError: There is no room, and no call in flight could leave any.
            TeacherError: As the teacher does.
        """
        schema = len(prompt.schema.text) if prompt.schema else 0
        worst = Usage(len(prompt.text.encode()) + schema + _FRAME, prompt.decoding.max_tokens)
        while not self._fits(worst):
            if not self._in_flight:
                ended = BudgetEndedError(self._sentence())
                ended.made = False
                raise ended
            self._settled.clear()
            await self._settled.wait()
        self._charge(worst, 1)
        self._calls += 1
        self._in_flight += 1
        used: Usage | None = Usage(0, 0)  # a call that was refused costs nothing …
        try:
            reply = await self._teacher.complete(prompt)
            used = reply.usage
        except TransientError as error:
            used = None if error.maybe_billed else used  # … one that was perhaps answered does
            raise
        except asyncio.CancelledError:
            used = None
            raise
        finally:
            self._in_flight -= 1
            if used is not None:
                self._charge(worst, -1)
                self._charge(used, 1)
            self._settled.set()
        return reply

    async def close(self) -> None:
        """Close the teacher inside."""
        await self._teacher.close()

    def _charge(self, usage: Usage, sign: int) -> None:
        self._tokens += sign * (usage.prompt_tokens + usage.completion_tokens)
        if self._price:
            cost = self._price.cost(usage.prompt_tokens, usage.completion_tokens)
            self._dollars += sign * cost

    def _fits(self, worst: Usage) -> bool:
        tokens = self._tokens + worst.prompt_tokens + worst.completion_tokens
        dollars = self._dollars
        if self._price:
            dollars += self._price.cost(worst.prompt_tokens, worst.completion_tokens)
        return (
            self._calls < _or_unlimited(self._caps.calls)
            and tokens <= _or_unlimited(self._caps.tokens)
            and dollars <= _or_unlimited(self._caps.dollars)
        )

    def _sentence(self) -> str:
        caps = self._caps
        limits = [
            f"{caps.calls} calls" if caps.calls is not None else "",
            f"{caps.tokens} tokens" if caps.tokens is not None else "",
            f"${caps.dollars:g}" if caps.dollars is not None else "",
        ]
        return (
            f"The next call could pass the cap of {' or '.join(filter(None, limits))}; "
            f"{self._calls} calls were made in this run."
        )


def _or_unlimited(cap: float | None) -> float:
    return math.inf if cap is None else cap
