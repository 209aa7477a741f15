"""What a judging came to, for a person: shares with their intervals, and the judge's worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from selfinstruct.console.cells import Cells, Screen, cell
from selfinstruct.console.rows import add_failure, add_usage, two_columns
from selfinstruct.console.talk import duration, say, tell, visible
from selfinstruct.counts import counted
from selfinstruct.parsing import collapse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selfinstruct.api.judge import JudgeEstimate, JudgeResult
    from selfinstruct.judging.corrected import CorrectedShare
    from selfinstruct.judging.summary import Answers, Controls, Summary
    from selfinstruct.rubrics import Rubric
    from selfinstruct.statistics import Share

_MOST_LEVELS = 12  # of a scale that are listed one by one
_TAGS = 10
_TEXT = 200  # characters of an instruction or an output among the worst


def show_judge_estimate(found: JudgeEstimate) -> None:
    """What a judging will take, before it begins."""
    from selfinstruct.console.tables import show_estimate

    said = f"{counted(found.items, 'item')} and {counted(found.controls, 'control')} are judged"
    say(f"{said}; {counted(found.left, 'request is', 'requests are')} still to be made.")
    show_estimate(found.costs.row(), to_stderr=True)


def show_judging(result: JudgeResult) -> None:
    """What a judging came to, on stderr."""
    summary = result.summary
    out = Screen(stderr=True)
    about = two_columns()
    about.add_row(
        "judged", f"{result.judged:,} of {counted(summary.items, 'item')} of {result.source}"
    )
    about.add_row("by", f"{result.rubric}: {result.by.about}")
    out.print(about)
    out.print(answers_table(summary, result.by))
    if result.corrected:
        out.print(corrected_table(result.corrected))
    rest = two_columns()
    others = {name: count for name, count in summary.statuses.items() if name != "read" and count}
    for status, count in others.items():
        rest.add_row(status.replace("_", " "), f"{count:,} of {summary.items:,}")
    if said := _checked(summary.controls):
        rest.add_row("judge checked", said)
    add_usage(rest, result.usage, priced=result.priced)
    add_failure(rest, result.last_failure)
    rest.add_row("time", duration(result.seconds))
    rest.add_row("judgements", f"{result.folder / 'judgements.jsonl'}")
    out.print(rest)
    if doubt := summary.controls.doubt:
        out.sentence(doubt, "yellow")


def show_worst(result: JudgeResult, count: int) -> None:
    """The items that came off worst, with the judge's reasons, on stdout."""
    for row in result.worst(count):
        one = result.subjects[row["item"]]
        said = ", ".join(f"{key} {_said(value)}" for key, value in row["answers"].items())
        tell(f"{row['item']}: {said}")
        for name, text in (
            ("reason", row["reason"]),
            ("instruction", one.instruction),
            ("input", one.input),
            ("output", one.output),
        ):
            if text.strip():
                tell(f"  {name}: {visible(collapse(text)[:_TEXT])}")


def answers_table(summary: Summary, by: Rubric) -> Cells:
    """The shares of a judging, or of a person's review, with those of a publication."""
    table = Cells(box=None, pad_edge=False)
    table.add_column("", style="bold")
    table.add_column("share", justify="right")
    table.add_column("95%", justify="right")
    table.add_column(f"published ({by.source})" if by.source else "", style="dim")
    for one in summary.answers:
        _add_answers(table, one)
    return table


def corrected_table(shares: Sequence[CorrectedShare]) -> Cells:
    """What people would have said of everything that was judged."""
    table = Cells(box=None, pad_edge=False)
    table.add_column("corrected by people", style="bold")
    table.add_column("share", justify="right")
    table.add_column("95%", justify="right")
    table.add_column("", style="dim")
    for one in shares:
        found = one.found
        said = found.why or f"{found.people.n:,} of {counted(found.judge.n, 'item')} seen by people"
        reach = _range(found.low, found.high, 100)
        table.add_row(one.name, _per_cent(found.share), reach, cell(said, "dim"))
    return table


def _add_answers(table: Cells, one: Answers) -> None:
    published = "" if one.published is None else f"{one.published:.0%}"
    if one.mean is not None and one.mean.value is not None:
        table.add_row(one.name, f"{one.mean.value:.2f}", _range(one.mean.low, one.mean.high, 1), "")
    if one.good is not None:
        name = one.name if one.mean is None and len(one.shares) == 2 else f"  {one.name}: good"
        table.add_row(name, _per_cent(one.good.share), _interval(one.good), published)
    if one.over_all is not None:
        name = "  over all items, those without counted as good"
        table.add_row(cell(name, "dim"), _per_cent(one.over_all.share), _interval(one.over_all), "")
    if one.weighted is not None and one.weighted.value is not None:
        times = 1 if one.mean is not None else 100
        value = f"{one.weighted.value * times:.{2 if times == 1 else 1}f}{'%' if times > 1 else ''}"
        said = _range(one.weighted.low, one.weighted.high, times)
        table.add_row(cell("  weighed by likelihood", "dim"), value, said, "")
    if len(one.shares) == 2 or not one.shares:
        return
    for value, share in list(one.shares.items())[: _TAGS if one.is_tags else _MOST_LEVELS]:
        if share.k:
            table.add_row(cell(f"  {value}", "dim"), _per_cent(share.share), _interval(share), "")


def _checked(controls: Controls) -> str:
    planted, seeds = controls.planted, controls.seeds
    said = []
    if planted is not None:
        each = ", ".join(f"{kind} {one.k}/{one.n}" for kind, one in controls.caught.items())
        said.append(f"planted errors caught {planted.k} of {planted.n} ({each})")
    if seeds is not None:
        said.append(f"tasks by people called good {seeds.k} of {seeds.n}")
    return "; ".join(said)


def _per_cent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _interval(share: Share) -> str:
    return _range(share.low, share.high, 100)


def _range(low: float | None, high: float | None, times: float) -> str:
    if low is None or high is None:
        return ""
    digits = 1 if times > 1 else 2
    return f"{low * times:.{digits}f}–{high * times:.{digits}f}"


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
