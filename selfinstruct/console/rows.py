"""Rows that the tables of several verbs have: what was refused, what calls came to, what failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from selfinstruct.console.cells import Cells, cell

if TYPE_CHECKING:
    from selfinstruct.api.results import Usage


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


def add_failure(table: Cells, said: str | None) -> None:
    """A row for the last failure, if there was one."""
    if said:
        table.add_row("last failure", cell(said))


def add_usage(table: Cells, used: Usage, *, priced: bool = False) -> None:
    """Rows for calls, tokens and dollars; ``priced`` says that a price was given."""
    calls = f"{used.calls:,}"
    apart = {
        "repeated": used.repeated_calls,
        "failed": used.failed_requests,
        "starved": used.starved_calls,
        "unreadable": used.unreadable_replies,
        "without usage": used.unmetered_calls,
    }
    said = ", ".join(f"{count:,} {name}" for name, count in apart.items() if count)
    table.add_row("calls", f"{calls} ({said})" if said else calls)
    inward, outward = f"{used.prompt_tokens:,} in", f"{used.completion_tokens:,} out"
    if used.cached_tokens:
        inward += f" ({used.cached_tokens:,} from the cache)"
    if used.reasoning_tokens:
        outward += f" ({used.reasoning_tokens:,} thoughts)"
    table.add_row("tokens", f"{inward}, {outward}")
    cost = used.cost_usd
    # Without any answer the sum is 0, also where nobody has said what tokens cost.
    answered = used.prompt_tokens + used.completion_tokens or priced
    known = cost is not None and answered
    said = f"${cost:.4f}" if known else "unknown (no --price)"
    table.add_row("cost", said if used.calls else "none: nothing was asked")
