"""What there is to say of a run under way: in words for a line, shorter for a terminal."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from selfinstruct.bootstrap import Tally
from selfinstruct.console.talk import duration
from selfinstruct.counts import counted
from selfinstruct.teachers.pacing import Pace

_QUOTED_EVERY = 60.0  # seconds between two lines about failures


class News:
    """The state of a run, in words.

    Args:
        tally: What is counted.
        pace: How the calls go, and what they wait for.
        clock: Seconds that only ever go forward.
    """

    def __init__(
        self, tally: Tally, pace: Pace, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.tally = tally
        self._pace = pace
        self._clock = clock
        self._started = clock()
        self._quoted_at: float | None = None
        self._quoted = 0
        self._requests = 0  # committed when the end was last put off
        self._ends_at = math.inf

    @property
    def mark(self) -> tuple[int, ...]:
        """What changes when something has come."""
        tally = self.tally
        return (tally.tasks, tally.total.calls, tally.requests, tally.failures, tally.ending)

    def short(self) -> list[str]:
        """The parts of a line on a terminal, the most important first."""
        tally, pulse = self.tally, self._pace.pulse
        calls = tally.total.calls
        if tally.ending:
            return [
                f"ending, {self._flight('waits for')}",
                counted(calls, "call"),
                *self._kept(),
            ]
        if why := self._pace.news():
            return [why, counted(calls, "call")]
        left = self._seconds_left()
        time_ = clock(self._elapsed) + ("" if left is None else f", ~{clock(left)} left")
        flight = [f"{pulse.in_flight} in flight ({clock(pulse.oldest)})"] if pulse.in_flight else []
        return [
            time_,
            f"{calls}/~{self._expected(calls)} calls",
            *flight,
            *self._speed("tok/s"),
            *self._kept(),
            *self._cost(),
        ]

    def long(self) -> list[str]:
        """The parts of a line elsewhere."""
        tally = self.tally
        used = tally.total
        left = self._seconds_left()
        tokens = used.prompt_tokens + used.completion_tokens
        news = [
            f"{used.calls} of about {counted(self._expected(used.calls), 'call')}",
            self._flight(""),
            f"{duration(self._elapsed)} so far",
            "time left unknown" if left is None else f"about {duration(left)} left",
            *self._speed("tokens/s"),
            *(self._kept() or ["no replies yet"]),
            counted(tokens, "token"),
            *(self._cost() or ["cost unknown"]),
        ]
        if tally.ending:
            news[3] = "ending"
        elif why := self._pace.news():
            news.append(why)
        return news

    def failures(self) -> str:
        """A sentence about requests and calls that failed, at most once a minute; "" for none."""
        count = self.tally.failures + self._pace.failures
        now = self._clock()
        recent = self._quoted_at is not None and now - self._quoted_at < _QUOTED_EVERY
        if count == self._quoted or recent:
            return ""
        new, self._quoted, self._quoted_at = count - self._quoted, count, now
        error = self.tally.last_failure or self._pace.last
        return (
            f"1 call failed: {error}"
            if new == 1
            else f"{counted(new, 'call')} failed, the last: {error}"
        )

    @property
    def _elapsed(self) -> float:
        return self._clock() - self._started

    def _flight(self, before: str) -> str:
        pulse = self._pace.pulse
        if not before and pulse.in_flight and pulse.overdue:
            return f"waiting for {pulse.in_flight} in flight (oldest {duration(pulse.oldest)})"
        said = f"{before} {pulse.in_flight} in flight".strip()
        return f"{said} (oldest {duration(pulse.oldest)})" if pulse.in_flight else said

    def _expected(self, calls: int) -> int:
        return calls + round(self.tally.calls_left)

    def _seconds_left(self) -> float | None:
        """Seconds until the end: until something is committed, it is put off no more."""
        now, left = self._clock(), self._reckoned()
        if left is None:
            return None
        if self._requests == self.tally.requests:
            left = min(left, self._ends_at - now)
        else:
            self._requests = self.tally.requests
        self._ends_at = now + left
        return left if left >= 0 else None  # it should have been over

    def _reckoned(self) -> float | None:
        tally, pulse = self.tally, self._pace.pulse
        if pulse.answered:
            return pulse.seconds_for(tally.calls_left)
        calls = tally.total.calls  # of a teacher in this process, which nobody waits for
        return tally.calls_left * self._elapsed / calls if calls else None

    def _speed(self, unit: str) -> list[str]:
        speed = self._pace.pulse.tokens_per_second
        return [f"{speed:.0f} {unit}" if speed >= 10 else f"{speed:.1f} {unit}"] if speed else []

    def _kept(self) -> list[str]:
        candidates = self.tally.candidates
        return [f"{100 * self.tally.accepted / candidates:.0f}% kept"] if candidates else []

    def _cost(self) -> list[str]:
        used = self.tally.total
        if not self.tally.priced or used.cost_usd is None:
            return []
        cost = f"${used.cost_usd:.2f}"
        if used.calls and used.cost_usd:
            cost += f" of about ${used.cost_usd * self._expected(used.calls) / used.calls:.2f}"
        return [cost]


def clock(seconds: float) -> str:
    """A length of time in few characters: ``43s``, ``9:05``, ``2h03``, ``120h``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d}"
    hours = whole // 3600
    return f"{hours}h{whole % 3600 // 60:02d}" if hours < 100 else f"{hours}h"
