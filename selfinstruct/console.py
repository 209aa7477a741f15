"""What a person sees. The only room that knows rich; talk goes to stderr, data to stdout."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from selfinstruct.bootstrap import Tally

_PLAIN_EVERY = 5.0  # seconds between two lines where stderr is no terminal
_DRAWN_EVERY = 0.12
_BARS = "▁▂▃▄▅▆▇█"


def visible(text: str) -> str:
    """``text`` with control characters and terminal escapes shown as escapes, not obeyed."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)


def say(message: str) -> None:
    """A sentence on stderr."""
    print(visible(message), file=sys.stderr, flush=True)


def print_json(row: Mapping[str, Any]) -> None:
    """One JSON object on stdout."""
    print(json.dumps(row, ensure_ascii=False), flush=True)


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


def duration(seconds: float) -> str:
    """A length of time in words a person reads at a glance."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def show_run(summary: Mapping[str, Any]) -> None:
    """The end of a run, for a person."""
    table = _two_columns()
    rejected = summary["rejected"]
    table.add_row("tasks", f"{summary['tasks']:,} of {summary['target']:,}")
    table.add_row("instances", f"{summary['instances']:,}")
    table.add_row("this run", f"{summary['accepted']:,} accepted, {_sum(rejected):,} refused")
    _add_reasons(table, rejected)
    _add_usage(table, summary)
    table.add_row("time", duration(summary["seconds"]))
    Console(stderr=True).print(table)


def show_pool(summary: Mapping[str, Any]) -> None:
    """A pool at a glance, on stdout."""
    table = _two_columns()
    table.add_row("pool", Text(visible(str(summary["pool"]))))
    table.add_row("recipe", f"{summary['recipe']}, language {summary['language']}")
    novelty = f"below {summary['threshold']:g} ROUGE-L F1 ({summary['tokenizer']} tokens)"
    table.add_row("novelty", novelty)
    table.add_row("teachers", Text(visible(", ".join(summary["models"]) or "none yet")))
    table.add_row("tasks", f"{summary['tasks']:,} with {summary['instances']:,} instances")
    table.add_row("refused", f"{summary['rejects']:,}")
    _add_reasons(table, summary["rejected"])
    if said := yield_line(summary["yield_curve"]):
        table.add_row("yield", said)
    for kind in ("rounds", "operations"):
        for name, row in summary.get("evolution", {}).get(kind, {}).items():
            grade = row["mean_difficulty"]
            said = f"{row['kept']:,} kept, {row['eliminated_share']:.0%} eliminated"
            said += f", mean difficulty {grade:.2f}" if grade is not None else ""
            table.add_row(f"round {name}" if kind == "rounds" else f"  {name}", said)
    _add_usage(table, summary)
    if summary["tasks"] and summary["calls"]:
        tokens = summary["prompt_tokens"] + summary["completion_tokens"]
        each = f"{summary['calls'] / summary['tasks']:.2f} calls, "
        table.add_row("  each task", each + f"{tokens / summary['tasks']:,.0f} tokens")
    for step, count in summary["steps"].items():
        tokens = count["prompt_tokens"] + count["completion_tokens"]
        table.add_row(f"  {step}", f"{count['calls']:,} calls, {tokens:,} tokens")
    table.add_row("last change", summary["last_time"] or "never")
    Console().print(table)


def yield_line(curve: Sequence[Mapping[str, float]]) -> str:
    """The yield curve in one line; "" where there is none yet."""
    values = [point["accepted_per_100"] for point in curve]
    if not values:
        return ""
    drawn = spark(values, max(100.0, *values))
    return f"{drawn} tasks per 100 candidates, first {values[0]:.0f}, last {values[-1]:.0f}"


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


def show_estimate(found: Mapping[str, Any], *, to_stderr: bool = False) -> None:
    """What a run would use."""
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for name in ("calls", "tokens in", "tokens out"):
        table.add_column(name, justify="right", overflow="fold")
    for step, figures in found["steps"].items():
        table.add_row(step, *_figures(figures, "likely"))
    table.add_row("together", *_figures(found, "likely"), style="bold")
    table.add_row("  at least", *_figures(found, "low"), style="dim")
    table.add_row("  at most", *_figures(found, "high"), style="dim")
    out = Console(stderr=to_stderr)
    if "missing" in found:
        out.print(f"{found['missing']:,} tasks are missing to {found['target']:,}.")
    out.print(table)
    cost = found["cost_usd"]
    out.print(
        "cost unknown (no --price)"
        if cost is None
        else f"cost about ${cost['likely']:.2f} (${cost['low']:.2f} to ${cost['high']:.2f})"
    )
    if found["basis"] == "ledger":
        out.print("From the pool's own ledger.", style="dim")
    for assumption in found["assumptions"]:
        out.print(f"Assumed: {assumption}.", style="dim", markup=False, highlight=False)


def _figures(figures: Mapping[str, Any], which: str) -> list[str]:
    names = ("calls", "prompt_tokens", "completion_tokens")
    return [f"{figures[name][which]:,}" for name in names]


def spark(values: Sequence[float], top: float) -> str:
    """A small drawing of ``values`` between 0 and ``top``, one character each."""
    return "".join(_BARS[min(len(_BARS) - 1, round(v / top * (len(_BARS) - 1)))] for v in values)


def show_filter(summary: Mapping[str, Any]) -> None:
    """The end of a filtering, for a person."""
    table = _two_columns()
    table.add_row("read", f"{summary['read']:,}")
    if summary["against"]:
        table.add_row("against", f"{summary['against']:,}")
    table.add_row("kept", f"{summary['kept']:,}")
    table.add_row("refused", f"{_sum(summary['rejected']):,}")
    _add_reasons(table, summary["rejected"])
    table.add_row("time", duration(summary["seconds"]))
    table.add_row("output", Text(visible(summary["output"])))
    Console(stderr=True).print(table)


def show_rows(rows: Mapping[str, str]) -> None:
    """A small table of names and values, on stdout."""
    table = _two_columns()
    for name, value in rows.items():
        table.add_row(name, Text(visible(value)))
    Console().print(table)


def _two_columns() -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _add_reasons(table: Table, rejected: Mapping[str, int]) -> None:
    for reason, count in rejected.items():
        if count:
            table.add_row(Text(f"  {reason}", style="dim"), f"{count:,}")


def _add_usage(table: Table, summary: Mapping[str, Any]) -> None:
    calls = f"{summary['calls']:,}"
    apart = {
        "repeated": summary["repeated_calls"],
        "failed": summary["failed_requests"],
        "without usage": summary["unmetered_calls"],
    }
    said = ", ".join(f"{count:,} {name}" for name, count in apart.items() if count)
    table.add_row("calls", f"{calls} ({said})" if said else calls)
    table.add_row(
        "tokens", f"{summary['prompt_tokens']:,} in, {summary['completion_tokens']:,} out"
    )
    cost = summary["cost_usd"]
    table.add_row("cost", "unknown (no --price)" if cost is None else f"${cost:.4f}")


def _sum(rejected: Mapping[str, int]) -> int:
    return sum(rejected.values())
