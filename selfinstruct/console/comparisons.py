"""What a comparison came to, for a person: who wins, how surely, and what sways the judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selfinstruct.console.cells import Cells, Screen, cell
from selfinstruct.console.rows import add_failure, add_usage, two_columns
from selfinstruct.console.talk import duration, say
from selfinstruct.counts import counted

if TYPE_CHECKING:
    from selfinstruct.api.compare import CompareEstimate, CompareResult
    from selfinstruct.comparing.figures import Summary
    from selfinstruct.statistics import Estimate, Share

_CONTROLS = {"same": "one answer twice called a tie", "foreign": "answers to other prompts beaten"}


def show_compare_estimate(found: CompareEstimate) -> None:
    """What comparing will take, before it begins."""
    from selfinstruct.console.tables import show_estimate

    prompts = counted(found.prompts, "prompt is", "prompts are")
    said = f"{prompts} compared, controls among them, each in two orders"
    say(f"{said}; {found.left:,} are still to be asked about.")
    show_estimate(found.costs.row(), to_stderr=True)


def show_comparison(result: CompareResult) -> None:
    """What a comparison came to, on stderr."""
    summary, out = result.summary, Screen(stderr=True)
    about = two_columns()
    same = summary.prompts - summary.asked
    of_these = f", {same:,} of them the same text" if same else ""
    about.add_row("compared", f"{counted(summary.prompts, 'prompt')} by {result.model}{of_these}")
    for name, count in result.alone.items():
        if count:
            about.add_row("  left out", f"{counted(count, 'prompt')} that only {name} answers")
    out.print(about)
    _show_standings(summary, out)
    rest = two_columns()
    for status, count in summary.statuses.items():
        if status != "read" and count:
            rest.add_row(status.replace("_", " "), f"{count:,}")
    if summary.cut_off:
        rest.add_row(
            "cut off",
            f"{counted(summary.cut_off, 'answer, which loses', 'answers, which lose')} unfairly",
        )
    for name, said in _sway(summary):
        rest.add_row(name, said)
    known = [f"{_CONTROLS[kind]} {one.k} of {one.n}" for kind, one in summary.controls.items()]
    if known:
        rest.add_row("judge checked", "; ".join(known))
    add_usage(rest, result.usage, priced=result.priced)
    add_failure(rest, result.last_failure)
    rest.add_row("time", duration(result.seconds))
    rest.add_row("judgements", f"{result.folder / 'judgements.jsonl'}")
    out.print(rest)


def _show_standings(summary: Summary, out: Screen) -> None:
    ranking = summary.ranking
    if ranking is None:
        return
    table = Cells(box=None, pad_edge=False)
    table.add_column("", style="bold")
    for name in ("wins", "ties", "losses", "win rate", "95%", f"beats {ranking.baseline}"):
        table.add_column(name, justify="right")
    table.add_column("at equal length", justify="right", style="dim")
    for one in ranking.standings:
        controlled = summary.length_controlled.get(one.name)
        equal = "" if controlled is None else _per_cent(controlled.controlled)
        if controlled is not None and controlled.moved_much:
            equal += " !"
        beats = "" if one.name == ranking.baseline else _per_cent(one.against_baseline)
        table.add_row(
            one.name,
            f"{one.wins:,}",
            f"{one.ties:,}",
            f"{one.losses:,}",
            _per_cent(one.win_rate),
            _interval(one.win_rate),
            beats,
            equal,
        )
    out.print(table)
    if ranking.unconnected:
        out.sentence(f"Never met, not even through others: {', '.join(ranking.unconnected)}.")
    for key, values in summary.groups.items():
        by = Cells(box=None, pad_edge=False)
        names = [one.name for one in ranking.standings]
        by.add_column(f"by {key}", style="bold")
        for name in names:
            by.add_column(name, justify="right")
        for value, rates in values.items():
            shown = (rates.get(name) for name in names)
            by.add_row(cell(value), *("" if rate is None else f"{rate:.0%}" for rate in shown))
        out.print(by)


def _sway(summary: Summary) -> list[tuple[str, str]]:
    sway, said = summary.sway, []
    if sway.consistent is not None:
        said.append(("both orders agree", _share(sway.consistent)))
    if sway.first is not None:
        said.append(("first place chosen", _share(sway.first)))
    if sway.longer.n:
        said.append(("longer one won", _share(sway.longer)))
    if sway.listed.n:
        said.append(("one with a list won", _share(sway.listed)))
    if sway.longest.value is not None:
        said.append(("agrees with longest", f"{sway.longest.value:.0%}"))
    return said


def _share(share: Share) -> str:
    return "–" if share.share is None else f"{share.share:.0%} of {share.n:,}"


def _per_cent(found: Estimate) -> str:
    return "–" if found.value is None else f"{found.value:.1%}"


def _interval(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return ""
    return f"{found.low * 100:.1f}–{found.high * 100:.1f}"
