"""Progress: a line that is drawn again on a terminal, lines now and then elsewhere."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from selfinstruct.bootstrap import Tally
from selfinstruct.console.talk import duration, say, visible

_PLAIN_EVERY = 5.0  # seconds between two lines where stderr is no terminal
_DRAWN_EVERY = 0.12


@asynccontextmanager
async def progress(tally: Tally, waiting: Callable[[], str], *, quiet: bool) -> AsyncIterator[None]:
    """Show ``tally`` while the body runs: a bar on a terminal, a line now and then elsewhere.

    Args:
        tally: What is counted.
        waiting: Says what the run is waiting for, or "".
        quiet: Show nothing.
    """
    if quiet:
        yield
        return
    watching = asyncio.get_running_loop().create_task(
        _draw(tally, waiting) if sys.stderr.isatty() else _write_lines(tally, waiting)
    )
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _draw(tally: Tally, waiting: Callable[[], str]) -> None:
    started, before = time.monotonic(), tally.tasks
    console = Console(stderr=True)
    with Progress(
        SpinnerColumn(),
        BarColumn(bar_width=None if console.width >= 100 else 16),
        MofNCompleteColumn(),
        TextColumn("{task.fields[news]}"),
        console=console,
        transient=True,
        auto_refresh=False,
    ) as bar:
        shown = bar.add_task("", total=tally.target, completed=tally.tasks, news="")
        while True:
            news = _news(tally, tally.tasks - before, time.monotonic() - started)
            narrow = console.width < 100
            if why := waiting():
                news = [*news[:2], visible(why)]
            bar.update(
                shown,
                total=tally.target,
                completed=tally.tasks,
                news=" · ".join(news[:3] if narrow else news),
            )
            bar.refresh()
            await asyncio.sleep(_DRAWN_EVERY)


async def _write_lines(tally: Tally, waiting: Callable[[], str]) -> None:
    started, before = time.monotonic(), tally.tasks
    while True:
        await asyncio.sleep(_PLAIN_EVERY)
        news = _news(tally, tally.tasks - before, time.monotonic() - started)
        if why := waiting():
            news.append(why)
        say(f"{tally.tasks}/{tally.target} tasks, " + ", ".join(news))


def _news(tally: Tally, grown: int, seconds: float) -> list[str]:
    used = tally.total
    candidates = tally.candidates
    share = f"{100 * tally.accepted / candidates:.0f}% kept" if candidates else "no replies yet"
    left = (tally.target - tally.tasks) * seconds / grown if grown else None
    cost = "cost unknown" if used.cost_usd is None else f"${used.cost_usd:.2f}"
    if used.cost_usd and grown:
        cost += f" of about ${used.cost_usd * (tally.target - tally.tasks + grown) / grown:.2f}"
    return [
        share,
        f"{used.calls} calls",
        "time left unknown" if left is None else f"{duration(left)} left",
        f"{used.prompt_tokens + used.completion_tokens:,} tokens",
        cost,
    ]


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
            print(f"\r{news()} ", end="", file=sys.stderr, flush=True)
        else:
            say(news())

    yield show
    if on_terminal and not quiet:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
