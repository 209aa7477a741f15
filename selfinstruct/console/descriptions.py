"""What the program can do, for a person: names, and a sentence on each."""

from __future__ import annotations

from collections.abc import Sequence

from selfinstruct.console.cells import Screen
from selfinstruct.console.rows import two_columns


def show_description(rows: Sequence[tuple[str, str]]) -> None:
    """Names and what they are, on stdout."""
    table = two_columns()
    for name, about in rows:
        table.add_row(name, about)
    Screen().print(table)
