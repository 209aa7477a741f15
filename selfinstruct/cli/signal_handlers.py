"""Handlers of SIGINT and SIGTERM for as long as something runs, in a loop or without one."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

_NUMBERS = (signal.SIGINT, signal.SIGTERM)


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
