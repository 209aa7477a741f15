"""Ending a run in order, from wherever that is wanted."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stop:
    """Ends what it was given to: nothing new is asked, what is bought is kept.

    An import ends behind the task at hand. It may be set from any thread, before or meanwhile.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ends: list[Callable[[], None]] = []
        self._is_set = False

    @property
    def is_set(self) -> bool:
        """Whether runs are to end."""
        return self._is_set

    def set(self) -> None:
        """End the runs."""
        with self._lock:
            self._is_set = True
            ends = list(self._ends)
        for end in ends:
            end()

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Around work that nothing may cut in two: it ends by itself, or looks at :attr:`is_set`.

        Where interruptions are known, they set this meanwhile and do nothing else.
        """
        yield

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """Around a run in the loop that goes: ``end()`` is called in it once this is set."""
        loop = asyncio.get_running_loop()

        def later() -> None:
            loop.call_soon_threadsafe(end)

        with self._lock:
            self._ends.append(later)
            wanted = self._is_set
        if wanted:
            end()
        try:
            yield
        finally:
            with self._lock:
                self._ends.remove(later)
