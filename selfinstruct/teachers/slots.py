"""Room for a number of calls at a time, given to the lowest request number first.

Used twice: for the calls that a run has under way, and for those that the teacher takes just now.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable

from selfinstruct.teachers.shutdown import current


class Slots:
    """Room for a number of calls at a time, given to the lowest request number first.

    Args:
        limit: How many calls may be in flight; it may be changed at any time.

    Attributes:
        lent: How many calls more may be in flight just now, in the place of some that hang; never
            more than the limit at first.
    """

    def __init__(self, limit: int) -> None:
        self._limit = self._ceiling = limit
        self._lent = 0
        self.in_use = 0
        self._order = itertools.count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._when_free: list[Callable[[], None]] = []

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
        return 0 if self._somebody_waits() else max(0, self._room - self.in_use)

    def when_free(self, call: Callable[[], None]) -> None:
        """Call ``call`` whenever room is left that nobody waits for."""
        self._when_free.append(call)

    async def acquire(self, request: int) -> None:
        """Wait for room.

        Raises:
            ClosedError: The run is ending.
        """
        shutdown = current()
        shutdown.check()
        if self.in_use < self._room and not self._somebody_waits():
            self.in_use += 1
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (request, next(self._order), future))
        try:
            await shutdown.wait(future)
        except BaseException:  # whatever ends the wait, the room must not be lost
            if future.done() and not future.cancelled():
                self.release()  # room was given in the moment of being cancelled
            raise

    def release(self) -> None:
        """Give room back."""
        self.in_use -= 1
        self._wake()
        if self.free:
            for call in self._when_free:
                call()

    def _somebody_waits(self) -> bool:
        while self._waiting and self._waiting[0][2].done():
            heapq.heappop(self._waiting)  # whoever waited there was sent home
        return bool(self._waiting)

    def _wake(self) -> None:
        while self.in_use < self._room and self._somebody_waits():
            _, _, future = heapq.heappop(self._waiting)
            self.in_use += 1
            future.set_result(None)
