"""Ctrl-C and SIGTERM: what runs is ended in order, whatever verb it is."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from selfinstruct.api.stop import Stop

EXIT = 128
"""What the number of a signal is added to, for the exit code."""

_NUMBERS = (signal.SIGINT, signal.SIGTERM)
_AT_ONCE = (
    1.0  # seconds; `timeout` sends its signal twice, and the second must not stop the tidying
)


@contextmanager
def handled(end: Callable[[int], None]) -> Iterator[None]:
    """Call ``end(number)`` on SIGINT and SIGTERM while the body runs, in its loop if it has one."""
    before: dict[int, Any] = {number: signal.getsignal(number) for number in _NUMBERS}
    try:
        loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
    except RuntimeError:
        loop = None
    for number in _NUMBERS:
        _handle(number, end, loop)
    try:
        yield
    finally:
        for number in _NUMBERS:
            if loop is not None:
                _unless_unknown(loop.remove_signal_handler, number)
            signal.signal(number, before[number] or signal.SIG_DFL)


def _handle(
    number: signal.Signals, end: Callable[[int], None], loop: asyncio.AbstractEventLoop | None
) -> None:
    if loop is not None and _unless_unknown(loop.add_signal_handler, number, end, int(number)):
        return

    def caught(got: int, _: object) -> None:
        if loop is None:
            end(got)
        else:
            loop.call_soon_threadsafe(end, got)

    signal.signal(number, caught)


def _unless_unknown(call: Callable[..., object], *arguments: object) -> bool:
    """Whether the loop knows signal handlers: on Windows it does not."""
    try:
        call(*arguments)
    except NotImplementedError:  # what asyncio raises for them on Windows
        return False
    return True


@contextmanager
def raising() -> Iterator[None]:
    """Let both signals end the body as Ctrl-C does: by a ``KeyboardInterrupt`` with its number."""
    if (
        threading.current_thread() is not threading.main_thread()
    ):  # signals are none of its business
        yield
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
