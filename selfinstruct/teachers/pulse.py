"""The pulse of a teacher: which calls are under way, how long and how fast the last ones were."""

from __future__ import annotations

import itertools
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

_SOON = 5.0  # seconds by which an answer may be late before anybody wonders
_INSTANT = 1e-6
_REMEMBERED = 64  # calls that were answered last


@dataclass(frozen=True, slots=True)
class _Call:
    number: int
    began: float
    ended: float
    tokens: int | None


class Pulse:
    """Calls as they go to a teacher, each attempt by itself; waiting for a turn is no part of one.

    Args:
        clock: Seconds that only ever go forward.

    Attributes:
        answered: How many calls were answered.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.answered = 0
        self._clock = clock
        self._numbers = itertools.count()
        self._under_way: dict[int, float] = {}
        self._numbers_of: dict[object, int] = {}  # by who makes the call, where that was said
        self._last: deque[_Call] = deque(maxlen=_REMEMBERED)
        self._speed: float | None = None  # see ``speed``; several ask between two answers
        self._took: list[float] | None = None  # seconds of the last calls, in order; likewise

    def began(self, maker: object = None) -> int:
        """A call has been sent, by ``maker`` if that is said; returns its number."""
        number = next(self._numbers)
        self._under_way[number] = self._clock()
        if maker is not None:
            self._numbers_of[maker] = number
        return number

    def ended(self, number: int, tokens: int | None) -> None:
        """Call ``number`` was answered with so many tokens; None where the server did not say."""
        self._last.append(_Call(number, self._under_way.pop(number), self._clock(), tokens))
        self.answered += 1
        known = [call for call in self._last if call.tokens]
        seconds = sum([call.ended - call.began for call in known])
        self._speed = sum([call.tokens or 0 for call in known]) / seconds if seconds > 0 else None
        self._took = None

    def failed(self, number: int) -> None:
        """Call ``number`` ended without an answer."""
        self._under_way.pop(number)

    def forget(self, maker: object) -> None:
        """``maker`` makes no call any more."""
        self._numbers_of.pop(maker, None)

    def age(self, maker: object) -> float | None:
        """Seconds that the call of ``maker`` has taken up to now; None where it makes none."""
        number = self._numbers_of.get(maker)
        began = None if number is None else self._under_way.get(number)
        return None if began is None else self._clock() - began

    def overtaken(self, maker: object) -> int:
        """How many of the calls that were answered last began later than the one of ``maker``."""
        number = self._numbers_of.get(maker)
        return 0 if number is None else sum(call.number > number for call in self._last)

    @property
    def in_flight(self) -> int:
        """How many calls are under way."""
        return len(self._under_way)

    @property
    def oldest(self) -> float:
        """Seconds that the oldest call under way has taken up to now; 0 where there is none."""
        return self._clock() - min(self._under_way.values(), default=self._clock())

    @property
    def overdue(self) -> bool:
        """Whether the oldest call under way takes far longer than nearly all of the last ones."""
        usual = self.latency(0.95)
        return usual is not None and self.oldest > 2 * usual + _SOON

    @property
    def youngest(self) -> float:
        """The same of the youngest one."""
        return self._clock() - max(self._under_way.values(), default=self._clock())

    def latency(self, share: float) -> float | None:
        """Seconds in which this share of the last calls was answered; None before the first."""
        if not self._last:
            return None
        if self._took is None:
            self._took = sorted([call.ended - call.began for call in self._last])
        return self._took[min(len(self._took) - 1, int(share * len(self._took)))]

    @property
    def speed(self) -> float | None:
        """Tokens per second of one call, over the last ones; None where nobody knows."""
        return self._speed

    @property
    def tokens_per_second(self) -> float | None:
        """Tokens of all calls together, over the last ones; None before the first.

        Between answers that come in lumps it does not sink, as long as none is overdue.
        """
        tokens = [call.tokens for call in self._last if call.tokens]
        seconds = self._span()
        return sum(tokens) / seconds if tokens and seconds else None

    def seconds_for(self, calls: float) -> float | None:
        """Seconds until so many more calls are answered; None where nobody can say.

        It only sinks between two answers. When they are overdue, nobody can say.
        """
        usual = self.latency(0.5)
        if usual is None:
            return None
        ended = max(call.ended for call in self._last)
        since = self._clock() - ended
        if since > 2 * (self.latency(0.95) or usual) + _SOON:
            return None
        began = min(call.began for call in self._last)
        mean = sum(call.ended - call.began for call in self._last) / len(self._last)
        # At the start, calls under way say more of the rate than the few that have ended.
        rate = max(
            len(self._last) / max(ended - began, _INSTANT),
            self.in_flight / max(mean, _INSTANT),
        )
        if calls < self.in_flight + 0.5:
            soon = max(0.0, usual - self.youngest)
        else:  # when the oldest call has made room, another one follows
            soon = max(0.0, usual - self.oldest) + usual
        return max(calls / rate - since, soon)

    def _span(self) -> float:
        """Seconds in which the last answers were made."""
        usual = self.latency(0.5)
        if usual is None:
            return 0.0
        ended = max(call.ended for call in self._last)
        overdue = self._clock() - usual if self._under_way else 0.0
        return max(ended, overdue) - min(call.began for call in self._last)
