"""An evaluation for a person: what is right, what is liked, how it sounds, and what that means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from selfinstruct.console.cells import Cells, Screen, cell
from selfinstruct.console.rows import two_columns
from selfinstruct.console.talk import duration
from selfinstruct.evaluating.page import NAMES, SECTIONS

if TYPE_CHECKING:
    from selfinstruct.api.evaluate import EvaluateResult

_GROUPS = 20  # shown of a grouping
_NAMED, _WIDE = 34, 10  # columns for the name of a group, and for a model beside it
_Row = Mapping[str, Any]
_One = TypeVar("_One")


def show_evaluation(result: EvaluateResult) -> None:
    """An evaluation, on stderr."""
    told, out = result.facts, Screen(stderr=True)
    asked = told["references"]
    about = two_columns()
    about.add_row(
        "references", f"{asked['source']}: {asked['cases']:,} cases of {asked['tasks']:,} tasks"
    )
    about.add_row("metric", f"exact match {told['metric']['exact_match']}, {_rouge(told)}")
    out.print(about)
    draw = {"accuracy": _accuracy, "preference": _preference, "style": _style}
    for section in SECTIONS:
        out.print()
        out.sentence(section.title, "bold underline")
        if section.key in told:
            draw[section.key](told[section.key], out)
        else:
            out.sentence(told["left_out"][section.key], "dim")
    out.print()
    for warning in told["warnings"]:
        out.sentence(warning, "yellow")
    out.sentence(told["closing"])
    rest = two_columns()
    rest.add_row("time", duration(result.seconds))
    if result.page is not None:
        rest.add_row("page", cell(result.page))
    out.print(rest)


def _rouge(told: _Row) -> str:
    return f"ROUGE-L over {told['metric']['rouge_l']}"


def _accuracy(told: _Row, out: Screen) -> None:
    table = _table("")
    for name in NAMES.values():
        table.add_column(name, justify="right")
        table.add_column("95%", justify="right", style="dim")
    for row in told["overall"]:
        shown = (part for key in NAMES for part in (_number(row[key]), _reach(row[key])))
        table.add_row(row["name"], *shown)
    for row in told["differences"]:
        shown = (part for key in NAMES for part in (_signed(row[key]), _reach(row[key])))
        table.add_row(f"{row['name']} − {row['minus']}", *shown)
    out.print(table)
    each = max(1, (out.width - _NAMED) // _WIDE)
    names = [row["name"] for row in told["overall"]]
    for key, groups in told["groups"].items():
        for places in _parts(range(len(names)), each):
            out.print(_grouped(key, groups[:_GROUPS], names, places))
        if len(groups) > _GROUPS:
            more = len(groups) - _GROUPS
            out.sentence(f"{more:,} more are on the page and in --json.", "dim")


def _grouped(
    key: str, groups: Sequence[_Row], names: Sequence[str], places: Sequence[int]
) -> Cells:
    table = _table(f"by {key}")
    table.add_column("cases", justify="right")
    table.add_column("")
    for place in places:
        table.add_column(cell(names[place]), justify="right", overflow="fold")
    for row in groups:
        wanted = [one for one in NAMES if row["leading"] in (None, one)]
        for measure in wanted:
            first = measure == wanted[0]
            table.add_row(
                row["name"] if first else "",
                f"{row['n']:,}" if first else "",
                NAMES[measure],
                *(_number(row["models"][place][measure]) for place in places),
            )
    return table


def _preference(told: _Row, out: Screen) -> None:
    raters = [
        (f"By the judge of {one['name']}, {one['pairs']:,} pairs:", one) for one in told["judged"]
    ]
    raters += [
        (f"By {one['name']}, a person, {one['pairs']:,} pairs:", one) for one in told["people"]
    ]
    for who, one in raters:
        out.sentence(who, "bold")
        table = _table("")
        for name in ("wins", "ties", "losses", "win rate", "95%", "at equal length"):
            table.add_column(name, justify="right")
        for row in one["contestants"]:
            held = row["length_controlled"]
            equal = _share(held["controlled"]["value"]) if held else ""
            counts = (f"{row[key]:,}" for key in ("wins", "ties", "losses"))
            rate = row["win_rate"]
            reach = "" if rate["low"] is None else f"{_share(rate['low'])}–{_share(rate['high'])}"
            mark = " !" if held and held["moved_much"] else ""
            table.add_row(row["name"], *counts, _share(rate["value"]), reach, equal + mark)
        out.print(table)
    agreed = two_columns()
    for one in told["agreement"]:
        said = f"{_share(one['share'])} of {one['pairs']:,} pairs"
        agreed.add_row(cell(f"{one['one']} and {one['other']} agree"), said)
    if told["agreement"]:
        out.print(agreed)


def _style(told: _Row, out: Screen) -> None:
    rows = told["against_teacher"]
    figures = (
        ("list where the teacher lists", lambda one: _of(one["list_when_teacher_lists"])),
        ("summing up where it does", lambda one: _of(one["closing_when_teacher_closes"])),
        ("unigrams shared", lambda one: _number(one["unigram_intersection"])),
        ("correlation of lengths", lambda one: _plain(one["length_correlation"]["value"], 2)),
    )
    forms = (
        ("characters", lambda one: _plain(one["mean_characters"], 0)),
        ("with a list", lambda one: _share(one["with_a_list"]["share"])),
        ("list items in 100 words", lambda one: _plain(one["list_items_per_100_words"], 2)),
        ("headers in 100 words", lambda one: _plain(one["headers_per_100_words"], 2)),
        ("bold in 100 words", lambda one: _plain(one["bold_per_100_words"], 2)),
    )
    each = max(1, (out.width - _NAMED) // _WIDE)
    for head, wanted, of in (("against the teacher", figures, rows), ("form", forms, told["form"])):
        for part in _parts(of, each):
            table = _table(head)
            for one in part:
                role = f" ({one['role']})" if one.get("role") == "base" else ""
                table.add_column(cell(one["name"] + role), justify="right", overflow="fold")
            for name, shown in wanted:
                table.add_row(name, *map(shown, part))
            out.print(table)
    out.sentence(told["tone"], "dim")


def _parts(of: Sequence[_One], each: int) -> Iterator[Sequence[_One]]:
    """``of`` in parts that stand side by side."""
    return (of[place : place + each] for place in range(0, len(of), each))


def _table(head: str) -> Cells:
    table = Cells(box=None, pad_edge=False)
    table.add_column(cell(head), style="bold", overflow="fold")
    return table


def _plain(value: float | None, places: int) -> str:
    return "–" if value is None else f"{value:,.{places}f}"


def _number(found: _Row) -> str:
    return _plain(found["value"], 1)


def _signed(found: _Row) -> str:
    return "–" if found["value"] is None else f"{found['value']:+.1f}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _of(found: _Row) -> str:
    return f"{_share(found['share'])} of {found['n']:,}"


def _reach(found: _Row) -> str:
    low, high = found["low"], found["high"]
    if low is None:
        return ""
    return f"{low:.1f} to {high:.1f}" if low < 0 else f"{low:.1f}–{high:.1f}"
