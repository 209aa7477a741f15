"""Ctrl-C and SIGTERM: what runs is ended in order, whatever verb it is."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from selfinstruct.api.stop import Stop
from selfinstruct.cli.signal_handlers import handled

EXIT = 128
"""What the number of a signal is added to, for the exit code."""

# Seconds; `timeout` sends its signal twice, and the second must not stop the tidying.
_AT_ONCE = 1.0


@contextmanager
def raising() -> Iterator[None]:
    """Let both signals end the body as Ctrl-C does: by a ``KeyboardInterrupt`` with its number."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are none of its business
        return
    last = -_AT_ONCE

    def interrupt(number: int) -> None:
        nonlocal last
        before, last = last, time.monotonic()
        if last - before >= _AT_ONCE:
            raise KeyboardInterrupt(number)

    with handled(interrupt):
        yield


def number_of(interruption: KeyboardInterrupt) -> int:
    """The number of the signal that it came of."""
    return int(interruption.args[0]) if interruption.args else int(signal.SIGINT)


class Signals(Stop):
    """Set by the first SIGINT or SIGTERM while a run goes, or work that is done as a whole.

    Attributes:
        caught: That signal's number, or 0.
    """

    def __init__(self) -> None:
        super().__init__()
        self.caught = 0

    @contextmanager
    def whole(self) -> Iterator[None]:
        """See :class:`selfinstruct.api.stop.Stop`."""

        def got(number: int) -> None:
            self.caught = self.caught or number
            self._is_set = True  # no lock: this may have come while somebody holds it

        with handled(got):
            yield

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """See :class:`selfinstruct.api.stop.Stop`."""

        def got(number: int) -> None:
            self.caught = self.caught or number
            end()

        with super().ending(end), handled(got):
            yield

    def leave(self) -> None:
        """End as an interruption does, where a signal waited for what was done as a whole.

        Raises:
            KeyboardInterrupt: One did.
        """
        if self.caught:
            raise KeyboardInterrupt(self.caught)
