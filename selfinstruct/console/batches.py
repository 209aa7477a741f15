"""Batches that are outstanding, for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selfinstruct.console.cells import Screen, cell
from selfinstruct.console.rows import two_columns
from selfinstruct.console.talk import say

if TYPE_CHECKING:  # other verbs need not load it
    from selfinstruct.api.batches import BatchesResult


def show_batches(result: BatchesResult) -> None:
    """The batches of a folder, on stdout."""
    if not result.batches:
        say(f"No batch of {result.pool} is outstanding.")
        return
    table = two_columns()
    for one in result.batches:
        table.add_row(one.batch, cell(one.line()))
        if one.id:
            table.add_row("", cell(one.id, "dim"))
    Screen().print(table)
