"""What the verbs return: frozen values, whose :meth:`row` is what ``--json`` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from selfinstruct.bootstrap import Stopped
from selfinstruct.errors import SelfInstructError
from selfinstruct.pool import StepCount


@dataclass(frozen=True, slots=True)
class Result:
    """What a verb came to."""

    def row(self) -> dict[str, Any]:
        """As plain values, with the keys that ``--json`` promises."""
        row: dict[str, Any] = {}
        for one in fields(self):
            if one.metadata.get("hidden"):
                continue
            value = getattr(self, one.name)
            if isinstance(value, Result):
                row |= value.row()
            else:
                row[one.name] = _plain(value)
        return row


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple):
        return [one.row() if isinstance(one, Result) else _plain(one) for one in value]
    return value


def hidden() -> dict[str, bool]:
    """The metadata of a field that no ``--json`` shows."""
    return {"hidden": True}


@dataclass(frozen=True, slots=True)
class Usage(Result):
    """What calls came to.

    Attributes:
        calls: All of them, attempts included.
        repeated_calls: Those that were attempts after the first.
        failed_requests: Requests that no attempt brought an answer to.
        unmetered_calls: Calls whose server said nothing of tokens.
        starved_calls: Calls that ran out of tokens before their answer.
        unreadable_replies: Replies that held nothing that was asked for.
        prompt_tokens: Of all prompts.
        completion_tokens: Of all replies, thoughts included.
        cached_tokens: Of the prompts, read from the server's cache.
        written_tokens: Of the prompts, written into it.
        reasoning_tokens: Of the replies, thoughts.
        cost_usd: Dollars; None where nobody knows the price of some of it.
    """

    calls: int = 0
    repeated_calls: int = 0
    failed_requests: int = 0
    unmetered_calls: int = 0
    starved_calls: int = 0
    unreadable_replies: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    written_tokens: int = 0
    reasoning_tokens: int = 0
    cost_usd: float | None = None

    @classmethod
    def of(cls, used: StepCount) -> Usage:
        """What the ledger counts."""
        return cls(
            calls=used.calls,
            repeated_calls=used.repeated,
            failed_requests=used.failed,
            unmetered_calls=used.unmetered,
            starved_calls=used.starved,
            unreadable_replies=used.unreadable,
            prompt_tokens=used.prompt_tokens,
            completion_tokens=used.completion_tokens,
            cached_tokens=used.cached_tokens,
            written_tokens=used.written_tokens,
            reasoning_tokens=used.reasoning_tokens,
            cost_usd=None if used.cost_usd is None else round(used.cost_usd, 6),
        )


@dataclass(frozen=True, slots=True)
class Ended(Result):
    """How a run ended that asked about things one by one, and what it took.

    Attributes:
        usage: What this run's calls came to.
        priced: Whether the price was known.
        seconds: How long it took.
        stopped: Why it ended.
        error: What ended it early, if anything did.
        last_failure: Why the last request failed that did.
        began: Whether there was anything to ask.
    """

    usage: Usage
    priced: bool
    seconds: float
    stopped: Stopped
    error: SelfInstructError | None = field(default=None, metadata=hidden())
    last_failure: str | None = None
    began: bool = field(default=True, metadata=hidden())


class AskedResult(Result):
    """What a verb came to that asks about things one by one: what :class:`Ended` tells is its own.

    Attributes:
        ended: How the run ended.
    """

    __slots__ = ()
    ended: Ended

    @property
    def usage(self) -> Usage:
        """What this run's calls came to."""
        return self.ended.usage

    @property
    def priced(self) -> bool:
        """Whether the price was known."""
        return self.ended.priced

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended.seconds

    @property
    def stopped(self) -> Stopped:
        """Why it ended."""
        return self.ended.stopped

    @property
    def error(self) -> SelfInstructError | None:
        """What ended it early, if anything did."""
        return self.ended.error

    @property
    def last_failure(self) -> str | None:
        """Why the last request failed that did."""
        return self.ended.last_failure

    @property
    def began(self) -> bool:
        """Whether there was anything to ask."""
        return self.ended.began


@dataclass(frozen=True, slots=True)
class RunResult(Result):
    """A run of ``generate`` or ``evolve``.

    Attributes:
        pool: The pool's folder.
        target: The tasks that were wanted; of ``evolve``, the evolutions.
        tasks: The tasks that the pool holds.
        instances: Their instances.
        accepted: The tasks of this run.
        rejected: What this run refused, by reason, the commonest first.
        usage: What this run's calls came to.
        priced: Whether the price was known.
        last_failure: Why the last request failed that did.
        seconds: How long it took.
        stopped: Why it ended.
        error: What ended it early, if anything did.
        began: Whether there was anything to do.
        curve: At saturation, tasks per 100 candidates over the pool's life.
    """

    pool: Path
    target: int
    tasks: int
    instances: int
    accepted: int
    rejected: Mapping[str, int]
    usage: Usage
    priced: bool
    last_failure: str | None
    seconds: float
    stopped: Stopped
    error: SelfInstructError | None = field(default=None, metadata=hidden())
    began: bool = field(default=True, metadata=hidden())
    curve: Sequence[Mapping[str, float]] = field(default=(), metadata=hidden())


@dataclass(frozen=True, slots=True)
class ReplayResult(RunResult):
    """A run of ``replay``.

    Attributes:
        replayed: The pool whose replies were read again.
        stored_replies: How many it holds.
        rebuilt: Whether the stored replies were read to their end, or to the target.
        notes: What of the first pool came of no reply, in sentences.
    """

    replayed: Path = Path()
    stored_replies: int = 0
    rebuilt: bool = field(default=False, metadata=hidden())
    notes: Sequence[str] = field(default=(), metadata=hidden())
