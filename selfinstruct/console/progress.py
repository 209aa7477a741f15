"""Progress: a line that is drawn again on a terminal, lines now and then elsewhere."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from selfinstruct.bootstrap import Tally
from selfinstruct.console.progress_text import News
from selfinstruct.console.talk import say, visible
from selfinstruct.teachers.pacing import Pace

_PLAIN_EVERY = 5.0  # seconds between two lines where stderr is no terminal …
_PLAIN_SAME = 30.0  # … and where nothing has come since the line before
_LOOKED_EVERY = 0.5
_DRAWN_EVERY = 0.12
_BAR = 4  # columns of the bar on a narrow terminal
_WIDE = 110  # columns from which on it has more


@asynccontextmanager
async def progress(tally: Tally, pace: Pace, *, quiet: bool) -> AsyncIterator[None]:
    """Show ``tally`` while the body runs: a bar on a terminal, a line now and then elsewhere.

    Args:
        tally: What is counted.
        pace: How the calls go, and what they wait for.
        quiet: Show nothing.
    """
    if quiet:
        yield
        return
    news = News(tally, pace)
    watching = asyncio.get_running_loop().create_task(
        _draw(news) if sys.stderr.isatty() else _write_lines(news)
    )
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _draw(news: News) -> None:
    console = Console(stderr=True)
    width = _BAR if console.width < _WIDE else 4 * _BAR
    with Progress(
        SpinnerColumn(),
        BarColumn(bar_width=width),
        TextColumn("{task.fields[news]}", markup=False),
        console=console,
        transient=True,
        auto_refresh=False,
    ) as bar:
        shown = bar.add_task("", news="")
        while True:
            if said := news.failures():
                say(said)
            count = f"{news.tally.tasks}/{news.tally.target} "
            room = console.width - width - len("⠋   ")
            line = fitted(count, news.short(), room)
            bar.update(
                shown, total=news.tally.target, completed=news.tally.tasks, news=visible(line)
            )
            bar.refresh()
            await asyncio.sleep(_DRAWN_EVERY)


def fitted(count: str, parts: list[str], room: int) -> str:
    """``count`` and as many of ``parts``, the first ones first, as fit into so many columns."""
    line = count + parts[0]
    for part in parts[1:]:
        longer = f"{line} · {part}"
        line = longer if cell_len(longer) <= room else line
    return line if cell_len(line) <= room else set_cell_size(line, max(1, room - 1)) + "…"


async def _write_lines(news: News) -> None:
    written, before = time.monotonic(), news.mark
    while True:
        await asyncio.sleep(_LOOKED_EVERY)
        if said := news.failures():
            say(said)
        now = time.monotonic()
        if now - written < (_PLAIN_SAME if news.mark == before else _PLAIN_EVERY):
            continue
        written, before = now, news.mark
        say(f"{news.tally.tasks}/{news.tally.target} tasks, " + ", ".join(news.long()))


@contextmanager
def counting(*, quiet: bool) -> Iterator[Callable[[Callable[[], str]], None]]:
    """Show a count now and then: on one line of a terminal, on lines of their own elsewhere.

    Yields:
        What to call with each step; it asks for the words only when it shows them.
    """
    on_terminal = sys.stderr.isatty()
    every = _DRAWN_EVERY if on_terminal else _PLAIN_EVERY
    shown = time.monotonic()

    def show(news: Callable[[], str]) -> None:
        nonlocal shown
        if quiet or (now := time.monotonic()) - shown < every:
            return
        shown = now
        if on_terminal:
            print(f"\r{visible(news())} ", end="", file=sys.stderr, flush=True)
        else:
            say(news())

    yield show
    if on_terminal and not quiet:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
