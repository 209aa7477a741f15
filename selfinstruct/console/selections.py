"""What a choice does to a set, for a person: figures of all, the chosen, and plain choices."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from selfinstruct.console.cells import Cells, Screen, cell
from selfinstruct.console.rows import two_columns
from selfinstruct.console.talk import duration
from selfinstruct.counts import counted

if TYPE_CHECKING:
    from selfinstruct.api.select import SelectResult
    from selfinstruct.choosing.effect import Figures

_REASONS = {
    "no_output": "without an output",
    "no_score": "without a score",
    "below": "below the least",
    "near": "too near to a chosen one",
    "full": "ranked lower",
}
_SETS = ("all", "selected", "random", "longest")


def show_selection(result: SelectResult) -> None:
    """A choice and what it does, on stderr."""
    out = Screen(stderr=True)
    about = two_columns()
    wanted = f", {result.size:,} wanted" if (result.size or 0) > result.selected else ""
    about.add_row("selected", f"{result.selected:,} of {counted(result.tasks, 'task')}{wanted}")
    about.add_row("by", cell(result.by))
    for why, count in result.passed_over.items():
        if count:
            about.add_row(cell(f"  {_REASONS[why]}", "dim"), f"{count:,}")
    if said := _scores(result):
        about.add_row("scores", said)
    out.print(about)
    out.print(_figures(result))
    rest = two_columns()
    rest.add_row("time", duration(result.seconds))
    if result.passed is not None:
        rest.add_row("selection", cell(result.output))
        rest.add_row("passed over", cell(result.passed))
    out.print(rest)
    for warning in result.warnings:
        out.sentence(warning, "yellow")
    if result.passed is not None and result.is_pool:
        out.sentence(
            f"Next: selfinstruct export {result.source} --only {result.output} --format chat "
            "-o train.jsonl"
        )


def _scores(result: SelectResult) -> str:
    found = result.effect.scores
    if found is None:
        return ""
    values = "value" if found["distinct"] == 1 else "values"
    said = (
        f"{counted(found['n'], 'task')}: {found['least']:g} to {found['most']:g}, half of them "
        f"from {found['quarter']:g} to {found['three_quarters']:g}; {found['distinct']:,} {values}"
    )
    lowest = found["lowest_selected"]
    return said if lowest is None else f"{said}; the lowest selected {lowest:g}"


def _figures(result: SelectResult) -> Cells:
    table = Cells(box=None, pad_edge=False)
    table.add_column("", style="bold")
    for name in _SETS:
        table.add_column(name, justify="right")
    unit = result.unit
    rows: list[tuple[str, Callable[[Figures], str]]] = [
        ("tasks", lambda one: f"{one.tasks:,}"),
        (f"output, {unit}", lambda one: _number(one.mean_output, 1)),
        (f"instruction, {unit}", lambda one: _number(one.mean_instruction, 1)),
        ("classification", lambda one: _share(one.classification)),
        ("verbs covered", lambda one: _share(one.verb_coverage)),
        ("verb pairs covered", lambda one: _share(one.pair_coverage)),
        ("distinct-2", lambda one: _number(one.distinct_2, 3)),
        ("nearest other", lambda one: _number(one.nearest, 3)),
        ("score", lambda one: _number(one.mean_score, 2)),
        ("tags covered", lambda one: _share(one.tag_coverage)),
        ("tags of a task", lambda one: _number(one.mean_tags, 2)),
    ]
    sets = [result.effect.sets[name] for name in _SETS]
    for name, shown in rows:
        cells = [shown(one) for one in sets]
        if any(cells):
            table.add_row(name, *(one or "–" for one in cells))
    return table


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"
