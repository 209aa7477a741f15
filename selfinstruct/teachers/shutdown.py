"""The end of a run, as a value: who waits for the sake of a run waits through its shutdown.

Pace and budget may serve several runs, one after the other or at once. So neither is closed when a
run ends: each wait knows the run that it belongs to, and only that run's waits end with it.
"""

from __future__ import annotations

import asyncio
from contextvars import ContextVar, Token
from typing import Self, TypeVar

from selfinstruct.errors import EndingError

_T = TypeVar("_T")


class ClosedError(EndingError):
    """Somebody has closed the run."""


class Shutdown:
    """The end of one run. What is awaited in a ``with`` statement over it belongs to that run.

    Attributes:
        requested: Whether the run is ending: nothing new is asked any more.
    """

    def __init__(self) -> None:
        self.requested = False
        self._waiting: set[asyncio.Future[object]] = set()
        self._tokens: list[Token[Shutdown]] = []

    def __enter__(self) -> Self:
        self._tokens.append(_current.set(self))
        return self

    def __exit__(self, *_: object) -> None:
        _current.reset(self._tokens.pop())

    def request(self) -> None:
        """End every wait of this run; calls in flight go on."""
        self.requested = True
        for future in [*self._waiting]:
            future.cancel()

    def check(self) -> None:
        """Turn away whoever comes once the run is ending.

        Raises:
            ClosedError: It is.
        """
        if self.requested:
            raise ClosedError("closed")

    async def wait(self, future: asyncio.Future[_T]) -> _T:
        """What ``future`` brings, unless the run ends first; then it is cancelled.

        Raises:
            ClosedError: The run is ending.
        """
        if self.requested:
            future.cancel()
            raise ClosedError("closed")
        self._waiting.add(future)  # type: ignore[arg-type]  # only ever cancelled
        try:
            return await future
        except asyncio.CancelledError:
            if self.requested:
                raise ClosedError("closed") from None
            raise
        finally:
            self._waiting.discard(future)


_current: ContextVar[Shutdown] = ContextVar("shutdown", default=Shutdown())  # noqa: B039


def current() -> Shutdown:
    """The shutdown of the run that asks; outside of any, one that nobody requests."""
    return _current.get()
