"""Who hears how a verb goes: sentences, counts, and a run while it is under way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from selfinstruct.bootstrap import Tally
from selfinstruct.teachers.pacing import Pace

Show = Callable[[Callable[[], str]], None]


class Observer:
    """Hears nothing; override what is of interest. All is called in the thread that called."""

    def said(self, sentence: str) -> None:
        """Something worth knowing happened, such as what was learned of the teacher."""

    def warned(self, sentence: str) -> None:
        """Something happened that a person should know of whatever they asked for."""

    @contextmanager
    def counting(self) -> Iterator[Show]:
        """Around a verb that goes through many rows.

        Yields:
            What is called with each row; it may ask for a sentence that says how far things are.
        """

        def show(news: Callable[[], str]) -> None:
            del news

        yield show

    @asynccontextmanager
    async def watching(self, tally: Tally, pace: Pace) -> AsyncIterator[None]:
        """Around a run.

        Args:
            tally: What it has done so far, at any moment.
            pace: How its calls go.
        """
        del tally, pace
        yield


SILENT = Observer()
