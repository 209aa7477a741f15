"""Room for a number of calls at a time, given to the lowest request number first.

Used twice: for the calls that a run has under way, and for those that the teacher takes just now.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable

from selfinstruct.errors import EndingError


class ClosedError(EndingError):
    """Somebody has closed the run."""


class Slots:
    """Room for a number of calls at a time, given to the lowest request number first.

    Args:
        limit: How many calls may be in flight; it may be changed at any time.

    Attributes:
        lent: How many calls more may be in flight just now, in the place of some that hang; never
            more than the limit at first.
        freed: Called when room is left that nobody waits for.
        closing: Called when no new calls are taken any more.
    """

    def __init__(self, limit: int) -> None:
        self._limit = self._ceiling = limit
        self._lent = 0
        self.in_use = 0
        self.freed: Callable[[], None] = _nobody
        self.closing: Callable[[], None] = _nobody
        self._closed = False
        self._order = itertools.count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    @property
    def limit(self) -> int:
        """How many calls may be in flight."""
        return self._limit

    @limit.setter
    def limit(self, limit: int) -> None:
        self._limit = limit
        self._wake()

    @property
    def lent(self) -> int:
        """See above."""
        return self._lent

    @lent.setter
    def lent(self, lent: int) -> None:
        self._lent = lent
        self._wake()

    @property
    def _room(self) -> int:
        return max(self._limit, min(self._limit + self._lent, self._ceiling))

    @property
    def free(self) -> int:
        """How many more calls could start right now."""
        return 0 if self._closed or self._waiting else max(0, self._room - self.in_use)

    async def acquire(self, request: int) -> None:
        """Wait for room.

        Raises:
            ClosedError: No new calls are taken.
        """
        if self._closed:
            raise ClosedError("closed")
        if self.in_use < self._room and not self._waiting:
            self.in_use += 1
            return
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (request, next(self._order), future))
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and future.exception() is None:
                self.release()  # room was given in the moment of being cancelled
            raise

    def release(self) -> None:
        """Give room back."""
        self.in_use -= 1
        self._wake()
        if self.free:
            self.freed()

    def close(self) -> None:
        """Turn everybody away who waits or comes; calls in flight go on."""
        self._closed = True
        for _, _, future in self._waiting:
            if not future.done():
                future.set_exception(ClosedError("closed"))
        self._waiting.clear()
        self.closing()

    def _wake(self) -> None:
        while self._waiting and self.in_use < self._room:
            _, _, future = heapq.heappop(self._waiting)
            if not future.done():
                self.in_use += 1
                future.set_result(None)


def _nobody() -> None:
    """Nobody wants to know."""
