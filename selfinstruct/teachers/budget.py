"""The spending contract: caps that no call can pass, and a price that is known or null."""

from __future__ import annotations

import asyncio
import math

from pydantic import BaseModel, ConfigDict, Field

from selfinstruct.errors import EndingError, TransientError
from selfinstruct.teachers.base import Prompt, Reply, Teacher, Usage
from selfinstruct.teachers.shutdown import ClosedError, current

# What a chat server may add to a prompt (roles, template, system line), in tokens.
_FRAME = 64


class BudgetEndedError(EndingError):
    """The next call could pass a cap, and nothing in flight can free room any more."""

    exit_code = 3


class Price(BaseModel):
    """Dollars per million tokens.

    Attributes:
        prompt: Of the prompt, where nothing else applies.
        completion: Of the reply, thoughts included.
        cached: Of the prompt's tokens that the server read from its cache; None for ``prompt``.
        written: Of those that it wrote into its cache; None for ``prompt``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: float = Field(ge=0, allow_inf_nan=False)
    completion: float = Field(ge=0, allow_inf_nan=False)
    cached: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    written: float | None = Field(default=None, ge=0, allow_inf_nan=False)

    def cost(self, usage: Usage) -> float:
        """Dollars for what a call used."""
        cached = self.prompt if self.cached is None else self.cached
        written = self.prompt if self.written is None else self.written
        fresh = max(0, usage.prompt_tokens - usage.cached_tokens - usage.written_tokens)
        dollars = fresh * self.prompt + usage.completion_tokens * self.completion
        dollars += usage.cached_tokens * cached + usage.written_tokens * written
        return dollars / 1_000_000

    def worst(self, usage: Usage) -> float:
        """Dollars for so many tokens, should the dearest price of a prompt apply to all of it."""
        dearest = max(self.prompt, self.cached or 0.0, self.written or 0.0)
        whole = usage.prompt_tokens * dearest + usage.completion_tokens * self.completion
        return whole / 1_000_000


class Caps(BaseModel):
    """The most that may be used; None means no limit.

    Attributes:
        dollars: For prompt and completion tokens together; needs a price.
        calls: Attempts included.
        tokens: Prompt and completion tokens together.
        lifetime: Dollars over the whole life of a pool, what earlier runs spent included.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dollars: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    calls: int | None = Field(default=None, ge=0)
    tokens: int | None = Field(default=None, ge=0)
    lifetime: float | None = Field(default=None, ge=0, allow_inf_nan=False)


def worst_case(prompt: Prompt, more: str) -> Usage:
    """The most that asking ``prompt`` can use, whatever comes back.

    Args:
        prompt: What is asked.
        more: What else is sent with each prompt.
    """
    schema = len(prompt.schema.text) if prompt.schema else 0
    size = len(prompt.text.encode()) + schema + len(more.encode()) + _FRAME
    return Usage(size, prompt.most_tokens)


class Budgeted:
    """A teacher that starts no call which could pass a cap.

    Calls in flight count at their worst: a prompt has at most as many tokens as UTF-8 bytes
    (plus what a chat template adds), a reply at most its token limit. When a reply comes, what
    it really used takes the place of that. A call without reported usage stays at its worst.

    Several runs may share it, one after the other or at once; the caps are for all of them
    together.

    Args:
        teacher: Who is asked.
        caps: The caps.
        price: What tokens cost; needed for a cap in dollars.
    """

    def __init__(self, teacher: Teacher, caps: Caps, price: Price | None) -> None:
        self.name, self.model = teacher.name, teacher.model
        self.api, self.more = teacher.api, teacher.more
        self._teacher = teacher
        self._caps = caps
        self._price = price
        self._calls = 0
        self._tokens = 0
        self._dollars = 0.0
        self._before = 0.0
        self._in_flight = 0
        self._waiting: set[asyncio.Future[None]] = set()

    async def complete(self, prompt: Prompt) -> Reply:
        """The teacher's reply, once there is room for the call.

        Raises:
            BudgetEndedError: There is no room, and no call in flight could leave any.
            ClosedError: The run is ending.
            TeacherError: As the teacher does.
        """
        worst = worst_case(prompt, self.more)
        while not self._fits(worst):
            if not self._in_flight:
                ended = BudgetEndedError(self._sentence())
                ended.made = False
                raise ended
            await self._settled()
        reserved = self._price.worst(worst) if self._price else 0.0
        self._tokens += _all(worst)
        self._dollars += reserved
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
                self._tokens += _all(used) - _all(worst)
                self._dollars += (self._price.cost(used) if self._price else 0.0) - reserved
            self._settle()
        return reply

    async def close(self) -> None:
        """Close the teacher inside."""
        await self._teacher.close()

    def count_before(self, dollars: float) -> None:
        """Earlier runs of the pool have spent, or may still come to cost, so much."""
        self._before += dollars

    def reserve(self, worst: Usage, price: Price | None) -> bool:
        """Whether a call that goes by a batch has room; if so, it counts at its worst from now on.

        Args:
            worst: The most that it can use.
            price: What tokens cost there.
        """
        dollars = price.worst(worst) if price else 0.0
        if not self._fits(worst, dollars):
            return False
        self._calls += 1
        self._tokens += _all(worst)
        self._dollars += dollars
        return True

    def settle(self, worst: Usage, dollars: float, used: Usage, cost: float) -> None:
        """A batch of this run has come back, and used less than its worst.

        Args:
            worst: What was reserved for it.
            dollars: The same in money.
            used: What it used.
            cost: What that cost.
        """
        self._tokens += _all(used) - _all(worst)
        self._dollars += cost - dollars
        self._settle()

    def ended(self) -> BudgetEndedError:
        """That there is no room for one call more."""
        return BudgetEndedError(self._sentence())

    async def _settled(self) -> None:
        """Wait until a call in flight has ended, whichever run made it."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await current().wait(future)
        except ClosedError as error:
            error.made = False
            raise
        finally:
            self._waiting.discard(future)

    def _settle(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    def _fits(self, worst: Usage, cost: float | None = None) -> bool:
        if cost is None:
            cost = self._price.worst(worst) if self._price else 0.0
        dollars = self._dollars + cost
        return (
            self._calls < _or_unlimited(self._caps.calls)
            and self._tokens + _all(worst) <= _or_unlimited(self._caps.tokens)
            and dollars <= _or_unlimited(self._caps.dollars)
            and self._before + dollars <= _or_unlimited(self._caps.lifetime)
        )

    def _sentence(self) -> str:
        caps = self._caps
        limits = [
            f"{caps.calls} calls" if caps.calls is not None else "",
            f"{caps.tokens} tokens" if caps.tokens is not None else "",
            f"${caps.dollars:g}" if caps.dollars is not None else "",
            f"${caps.lifetime:g} over the life of the pool" if caps.lifetime is not None else "",
        ]
        return (
            f"The next call could pass the cap of {' or '.join(filter(None, limits))}; "
            f"{self._calls} calls were made in this run."
        )


def _all(usage: Usage) -> int:
    return usage.prompt_tokens + usage.completion_tokens


def _or_unlimited(cap: float | None) -> float:
    return math.inf if cap is None else cap
