"""What people said, for a person: shares, pairs, tiredness, and how far they agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from selfinstruct.console.cells import Cells, Screen, cell
from selfinstruct.console.judgings import answers_table, corrected_table
from selfinstruct.console.rows import two_columns
from selfinstruct.console.talk import say
from selfinstruct.counts import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selfinstruct.api.review import AgreementResult, ReviewResult
    from selfinstruct.judging.summary import Answers
    from selfinstruct.reviewing.agreement import Agreement, Two
    from selfinstruct.reviewing.published import Published
    from selfinstruct.reviewing.summary import Review
    from selfinstruct.statistics import Figure, Share

_MEASURES = {
    "kappa": "kappa",
    "good": "kappa, good or not",
    "rho": "Spearman",
    "with_ties": "agree, with ties (S1)",
    "without_ties": "agree, without ties (S2)",
    "discounted": "agree, a tie counts half",
}
_MOST_LEVELS = 12  # of a scale whose confusion is drawn


def show_reviews(result: ReviewResult) -> None:
    """What people said, on stdout."""
    if not result.reviews:
        say(f"Nobody has answered {result.rubric} yet; the votes would be in {result.folder}.")
    for one in result.reviews:
        _show_review(one, result)
    if result.left:
        say(f"{counted(result.left, 'item is', 'items are')} left; the same command goes on.")


def _show_review(one: Review, result: ReviewResult) -> None:
    out = Screen()
    about = two_columns()
    about.add_row("reviewed", f"{counted(one.items, 'item')} by {one.reviewer}: {result.by.about}")
    out.print(about)
    out.print(answers_table(one.summary, result.by))
    rest = two_columns()
    if one.sides is not None:
        first, second = result.names or ("the first", "the second")
        rest.add_row("  chosen", f"{second} over {first}: {_share(one.sides.second)}")
        rest.add_row("  by place", f"the one shown first: {_share(one.sides.left)}")
    if one.begun:
        rest.add_row("begun", f"{counted(one.begun, 'item')} of which some questions are open")
    if one.gone:
        rest.add_row("gone", f"{counted(one.gone, 'item')} changed since, or gone")
    if one.seconds is not None:
        halves = (
            f" (first half {one.halves[0]:.0f}, second {one.halves[1]:.0f})" if one.halves else ""
        )
        rest.add_row("seconds", f"{one.seconds:.0f} an answer{halves}")
    if one.items > 1 and one.drift:
        said = "; ".join(
            f"{drift.name} {_level(drift.first)}, then {_level(drift.second)}"
            for drift in one.drift
        )
        rest.add_row("two halves", said)
    if one.changed.n:
        said = f"{one.changed.k:,} of {one.changed.n:,} after the judge's reason was shown"
        rest.add_row("changed", said)
    out.print(rest)


def show_agreement(found: AgreementResult) -> None:
    """How far people agree, on stdout."""
    out = Screen()
    about = two_columns()
    about.add_row("people", ", ".join(found.people))
    about.add_row("judgings", ", ".join(found.judges) or "none by this rubric")
    out.print(about)
    if not found.questions:
        out.sentence("Nobody shares an item with somebody else: let another review the same ones.")
    for question in found.questions:
        _show_question(out, question)
    if found.published and found.questions:
        out.print(_published(found.published))
    for name, shares in found.corrected.items():
        out.sentence(f"\n{name}")
        out.print(corrected_table(shares))


def _show_question(out: Screen, question: Agreement) -> None:
    table = Cells(box=None, pad_edge=False)
    table.add_column(question.name, style="bold")
    names = [name for name in _MEASURES if any(_figure(one, name) for one in question.two)]
    for name in ("items", "agree", *(_MEASURES[name] for name in names), ""):
        table.add_column(name, justify="right" if name else "left")
    for one in question.two:
        figures = [_figure(one, name) or "–" for name in names]
        few = cell("too few", "yellow") if one.is_few else cell("")
        between = f"{one.first} and {one.second}"
        table.add_row(between, f"{one.n:,}", _per_cent(one.raw.share), *figures, few)
    out.print()
    out.print(table)
    for who, alpha in (("people", question.people), ("everybody", question.everybody)):
        if alpha is not None:
            value = alpha.why if alpha.value is None else f"{alpha.value:.2f}"
            out.sentence(f"  alpha of {who}: {value} ({counted(alpha.n, 'item')})", "dim")
    for one in question.two:
        if 1 < len(one.met.levels) <= _MOST_LEVELS:
            out.print(_confusion(one))


def _confusion(one: Two) -> Cells:
    table = Cells(box=None, pad_edge=False)
    table.add_column(cell(f"  {one.first} ↓  {one.second} →"), style="dim")
    for level in one.met.levels:
        table.add_column(cell(_value(level)), justify="right", style="dim")
    for level, counts in zip(one.met.levels, one.met.counts, strict=True):
        table.add_row(cell(f"  {_value(level)}", "dim"), *(f"{count:,}" for count in counts))
    return table


def _published(figures: Sequence[Published]) -> Cells:
    table = Cells(box=None, pad_edge=False)
    table.add_column("published", style="dim")
    table.add_column("", justify="right", style="dim")
    table.add_column("", style="dim")
    for one in figures:
        shares = one.measure in {"with_ties", "without_ties", "discounted"}
        value = f"{one.value:.0%}" if shares else f"{one.value:.2f}"
        table.add_row(_MEASURES[one.measure], value, one.who)
    return table


def _figure(one: Two, name: str) -> str:
    """A measure of two raters; "" where it says nothing of this question."""
    match name:
        case "kappa":
            return _number(one.kappa)
        case "good":
            return _number(one.good)
        case "rho":
            return _number(one.rho)
    if one.pairs is None:
        return ""
    if name == "discounted":
        return _per_cent(one.pairs.discounted.value)
    return _per_cent((one.pairs.with_ties if name == "with_ties" else one.pairs.without_ties).share)


def _number(found: Figure | None) -> str:
    return "" if found is None else "–" if found.value is None else f"{found.value:.2f}"


def _per_cent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _share(one: Share) -> str:
    if one.share is None or one.low is None or one.high is None:
        return "never chosen"
    return f"{one.k:,} of {one.n:,}, {one.share:.1%} ({one.low * 100:.1f}–{one.high * 100:.1f})"


def _level(found: Answers) -> str:
    if found.mean is not None and found.mean.value is not None:
        return f"{found.mean.value:.2f}"
    return _per_cent(found.good.share if found.good else None)


def _value(level: object) -> str:
    return f"{level:g}" if isinstance(level, float) else str(level)
