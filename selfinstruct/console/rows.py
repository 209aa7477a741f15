"""Rows that the tables of several verbs have: what was refused, what calls came to, what failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from selfinstruct.console.cells import Cells, cell


def two_columns() -> Cells:
    """A table of names and values."""
    table = Cells(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def add_reasons(table: Cells, rejected: Mapping[str, int]) -> None:
    """Rows for what was refused, by reason."""
    for reason, count in rejected.items():
        if count:
            table.add_row(cell(f"  {reason}", "dim"), f"{count:,}")


def add_failure(table: Cells, summary: Mapping[str, Any]) -> None:
    """A row for the last failure, if there was one."""
    if said := summary["last_failure"]:
        table.add_row("last failure", cell(said))


def add_usage(table: Cells, summary: Mapping[str, Any]) -> None:
    """Rows for calls, tokens and dollars."""
    calls = f"{summary['calls']:,}"
    apart = {
        "repeated": summary["repeated_calls"],
        "failed": summary["failed_requests"],
        "starved": summary["starved_calls"],
        "unreadable": summary["unreadable_replies"],
        "without usage": summary["unmetered_calls"],
    }
    said = ", ".join(f"{count:,} {name}" for name, count in apart.items() if count)
    table.add_row("calls", f"{calls} ({said})" if said else calls)
    inward, outward = f"{summary['prompt_tokens']:,} in", f"{summary['completion_tokens']:,} out"
    if summary["cached_tokens"]:
        inward += f" ({summary['cached_tokens']:,} from the cache)"
    if summary["reasoning_tokens"]:
        outward += f" ({summary['reasoning_tokens']:,} thoughts)"
    table.add_row("tokens", f"{inward}, {outward}")
    cost = summary["cost_usd"]
    # Without any answer the sum is 0, also where nobody has said what tokens cost.
    answered = summary["prompt_tokens"] + summary["completion_tokens"] or summary.get("priced")
    known = cost is not None and answered
    table.add_row("cost", f"${cost:.4f}" if known else "unknown (no --price)")
