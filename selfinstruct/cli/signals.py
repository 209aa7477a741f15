"""SIGINT and SIGTERM as an orderly end of a run."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from selfinstruct.api.stop import Stop

EXIT = 128  # and the signal's number: the exit code after one


class Signals(Stop):
    """Set by the first SIGINT or SIGTERM while a run goes.

    Attributes:
        caught: That signal's number, or 0.
    """

    def __init__(self) -> None:
        super().__init__()
        self.caught = 0

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """See :class:`selfinstruct.api.stop.Stop`."""

        def got(number: int) -> None:
            self.caught = self.caught or number
            end()

        with super().ending(end), _handling(got):
            yield


@contextmanager
def _handling(end: Callable[[int], None]) -> Iterator[None]:
    """Call ``end(number)`` on SIGINT and SIGTERM while the body runs."""
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before: dict[int, Any] = {}
    for number in numbers:
        try:
            loop.add_signal_handler(number, end, int(number))
        except NotImplementedError:  # Windows: its loops know no signal handlers

            def caught(got: int, _: object) -> None:
                loop.call_soon_threadsafe(end, got)

            before[number] = signal.signal(number, caught)
    try:
        yield
    finally:
        for number in numbers:
            if number in before:
                signal.signal(number, before[number])
            else:
                loop.remove_signal_handler(number)
