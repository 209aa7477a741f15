"""What a person sees while a verb goes: the observer of the command line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from selfinstruct.api.observer import Observer, Show
from selfinstruct.bootstrap import Tally
from selfinstruct.console.progress import counting, progress
from selfinstruct.console.talk import say
from selfinstruct.teachers.pacing import Pace


class Watching(Observer):
    """Says what happens on stderr.

    Args:
        quiet: Say only what a person should know of in any case.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    def said(self, sentence: str) -> None:
        """See :class:`selfinstruct.api.observer.Observer`."""
        if not self._quiet:
            say(sentence)

    def warned(self, sentence: str) -> None:
        """See :class:`selfinstruct.api.observer.Observer`."""
        say(sentence)

    @contextmanager
    def counting(self) -> Iterator[Show]:
        """See :class:`selfinstruct.api.observer.Observer`."""
        with counting(quiet=self._quiet) as show:
            yield show

    @asynccontextmanager
    async def watching(self, tally: Tally, pace: Pace) -> AsyncIterator[None]:
        """See :class:`selfinstruct.api.observer.Observer`."""
        async with progress(tally, pace, quiet=self._quiet):
            yield
