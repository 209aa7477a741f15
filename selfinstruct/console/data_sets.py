"""What became of data sets: filtered, exported, imported, looked at for benchmarks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from selfinstruct.console.cells import Screen, cell
from selfinstruct.console.rows import add_reasons, two_columns
from selfinstruct.console.talk import duration, say
from selfinstruct.counts import counted

if TYPE_CHECKING:  # a verb need not load what others return
    from selfinstruct.api.decontaminate import DecontaminateResult
    from selfinstruct.api.exported import ExportResult
    from selfinstruct.api.filter import FilterResult
    from selfinstruct.api.import_ import ImportResult


def show_filter(result: FilterResult) -> None:
    """The end of a filtering, for a person."""
    table = two_columns()
    table.add_row("read", f"{result.read:,}")
    if result.against:
        table.add_row("against", f"{result.against:,}")
    table.add_row("kept", f"{result.kept:,}")
    table.add_row("refused", f"{sum(result.rejected.values()):,}")
    add_reasons(table, result.rejected)
    table.add_row("time", duration(result.seconds))
    table.add_row("output", cell(result.output))
    Screen(stderr=True).print(table)


def show_export(result: ExportResult) -> None:
    """The end of an export, for a person."""
    table = two_columns()
    noun = "prompts" if result.is_comparison else "tasks"
    table.add_row(noun, f"{result.tasks:,} in {counted(result.rows, 'row')}")
    if len(result.files) > 1:
        for name, count in result.splits.items():
            table.add_row(cell(f"  {name}", "dim"), counted(count, "row"))
    for name, count in result.left_out.items():
        table.add_row("left out", f"{count:,} ({name.replace('_', ' ')})")
    for path in result.files:
        table.add_row("file", cell(path))
    table.add_row("card", cell(result.card))
    if result.config:
        table.add_row("settings", cell(result.config))
    table.add_row("time", duration(result.seconds))
    Screen(stderr=True).print(table)
    for name, count in result.splits.items():
        if not count:
            source = "comparison" if result.is_comparison else "pool"
            say(f"The split {name} is empty: the {source} is too small for such a share.")
    if result.license is None:
        say("No --license was given, so the card states none.")


def show_import(result: ImportResult) -> None:
    """The end of an import, for a person."""
    table = two_columns()
    for name, format_ in result.formats.items():
        table.add_row("read", cell(f"{name} as {format_}"))
    table.add_row("rows", f"{result.read:,}, which make {counted(result.found, 'task')}")
    table.add_row("imported", f"{result.accepted:,}, {counted(result.instances, 'instance')}")
    if result.present:
        table.add_row("there already", f"{result.present:,}")
    if result.unread:
        table.add_row("not read", cell(_unread(result.unread)))
    table.add_row("refused", f"{sum(result.rejected.values()):,}")
    add_reasons(table, result.rejected)
    table.add_row("pool", counted(result.tasks, "task"))
    table.add_row("time", duration(result.seconds))
    Screen(stderr=True).print(table)


_FIELDS = 12  # of those not read, on the terminal


def _unread(fields: Mapping[str, int]) -> str:
    """The fields that nothing was kept of, with how many rows hold them."""
    shown = [f"{name} ({counted(count, 'row')})" for name, count in list(fields.items())[:_FIELDS]]
    more = len(fields) - _FIELDS
    return ", ".join(shown) + (
        f", and {counted(more, 'more field')} (--json names all)" if more > 0 else ""
    )


def show_contamination(result: DecontaminateResult) -> None:
    """What of a benchmark was found in a pool, for a person."""
    table = two_columns()
    table.add_row("benchmark", counted(result.items, "item"))
    table.add_row("tasks", f"{result.tasks:,} looked at")
    table.add_row("found", f"{counted(result.contaminated, 'task')} with items of the benchmark")
    table.add_row("hits", f"{result.hits:,}, of {len(result.items_found):,} of the items")
    add_reasons(table, result.by)
    if result.contaminated_seeds:
        table.add_row("seeds", f"{len(result.contaminated_seeds):,} with hits; they stay")
    if result.removed:
        table.add_row("removed", f"{counted(result.removed, 'task')} (to rejects.jsonl)")
    if result.trimmed:
        said = f"{counted(result.trimmed, 'task keeps its', 'tasks keep their')} other instances"
        table.add_row("cut down", said)
    if result.removed_instances:
        table.add_row("", f"{counted(result.removed_instances, 'instance')} went in all")
    table.add_row("time", duration(result.seconds))
    Screen(stderr=True).print(table)
