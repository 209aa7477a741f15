"""What a judging comes to: shares with their intervals, and what the judge made of its controls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selfinstruct.counts import counted
from selfinstruct.judging.items import PLANTED, Control
from selfinstruct.judging.job import Status
from selfinstruct.rubrics import NA, Question, Rubric, Scale
from selfinstruct.rubrics.rubric import ALL
from selfinstruct.statistics import Estimate, Share, mean, wilson

_MOST_TAGS = 50  # that are told of, the commonest first
_BELIEVABLE = 0.5  # of the planted errors, and of the seed tasks: fewer, and it hardly looks


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered to one question.

    Attributes:
        key: The question's, or ``all``.
        name: What tables call it.
        shares: Of each value, among the items that it was asked of and applies to.
        good: Of the answers that speak for the item, likewise; None where the rubric names none.
        over_all: The same of all items, those it does not apply to counted as good; None where it
            applied to all.
        mean: Of a scale of numbers.
        weighted: Of the likelihoods, where they were taken: the mean of what was expected.
        published: The share of good answers in a publication, as a share of 1.
        is_tags: Whether the values are tags, of which an item has several.
    """

    key: str
    name: str
    shares: Mapping[str, Share]
    good: Share | None = None
    over_all: Share | None = None
    mean: Estimate | None = None
    weighted: Estimate | None = None
    published: float | None = None
    is_tags: bool = False


@dataclass(frozen=True, slots=True)
class Controls:
    """What the judge made of items whose answer is known.

    Attributes:
        caught: Planted errors that it found, by kind.
        seeds: Seed tasks that it found nothing wrong with.
    """

    caught: Mapping[str, Share]
    seeds: Share | None

    @property
    def planted(self) -> Share | None:
        """Planted errors of all kinds that it found; None where there were none."""
        if not self.caught:
            return None
        each = self.caught.values()
        return wilson(sum(one.k for one in each), sum(one.n for one in each))

    @property
    def doubt(self) -> str:
        """Why the judge's shares say little, in a sentence; "" where nothing speaks against it."""
        planted, seeds = self.planted, self.seeds
        if planted and planted.share is not None and planted.share < _BELIEVABLE:
            return (
                f"The judge caught {planted.k} of {planted.n} planted errors, so what it calls "
                "good need not be."
            )
        if seeds and seeds.share is not None and seeds.share < _BELIEVABLE:
            return (
                f"The judge found fault with {seeds.n - seeds.k} of {counted(seeds.n, 'task')} "
                "that people wrote, so what it calls bad need not be."
            )
        return ""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a judging comes to.

    Attributes:
        items: How many rows tell of items, and not of controls.
        statuses: How many of them have each status.
        answers: By question, and ``all`` at the end where the rubric has it.
        controls: What became of the controls.
    """

    items: int
    statuses: Mapping[str, int]
    answers: tuple[Answers, ...]
    controls: Controls

    def row(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "items": self.items,
            "statuses": dict(self.statuses),
            "shares": {
                one.key: {value: _share(share) for value, share in one.shares.items()}
                for one in self.answers
            },
            "good": {one.key: _share(one.good) for one in self.answers if one.good},
            "over_all": {one.key: _share(one.over_all) for one in self.answers if one.over_all},
            "means": {one.key: _mean(one.mean) for one in self.answers if one.mean},
            **self._weighted(),
            "controls": {
                **{kind: _share(share) for kind, share in self.controls.caught.items()},
                "planted": _share(self.controls.planted),
                "seeds": _share(self.controls.seeds),
                "doubt": self.controls.doubt or None,
            },
        }

    def _weighted(self) -> dict[str, Any]:
        found = {one.key: _mean(one.weighted) for one in self.answers if one.weighted}
        return {"weighted": found} if found else {}

    def line(self) -> str:
        """The shares of good answers in a line, in per cent with their intervals."""
        said = [
            f"{one.name} {one.good.share:.0%} ({one.good.low * 100:.0f}–{one.good.high * 100:.0f})"
            for one in self.answers
            if one.good and one.good.share is not None
            if one.good.low is not None and one.good.high is not None
        ]
        said += [
            f"{one.name} {one.mean.value:.2f}"
            for one in self.answers
            if one.mean and one.mean.value is not None and one.good is None
        ]
        return ", ".join(said)


def summarize(rows: Iterable[Mapping[str, Any]], rubric: Rubric) -> Summary:
    """What the rows of a judging by ``rubric`` come to."""
    items: list[Mapping[str, Any]] = []
    controls: list[Mapping[str, Any]] = []
    for row in rows:
        (controls if row["control"] else items).append(row)
    read = [row for row in items if row["status"] == Status.READ]
    answers = [_answers(question, read) for question in rubric.questions]
    if rubric.all is not None:
        found = [verdict for row in read if (verdict := whole(row, rubric)) is not None]
        good = wilson(sum(found), len(found))
        shares = {"yes": good, "no": wilson(len(found) - good.k, len(found))}
        published = rubric.all.published
        answers.append(Answers(ALL, rubric.all.name, shares, good, published=published))
    statuses = Counter(str(row["status"]) for row in items)
    ordered = {status.value: statuses[status.value] for status in Status}
    return Summary(len(items), ordered, tuple(answers), _controls(controls, rubric))


def whole(row: Mapping[str, Any], rubric: Rubric) -> bool | None:
    """Whether all answers of ``row`` speak for its item; None where none says so."""
    found = [rubric_good(question, row) for question in rubric.questions]
    known = [verdict for verdict in found if verdict is not None]
    return all(known) if known else None


def worst(rows: Iterable[Mapping[str, Any]], rubric: Rubric, count: int) -> list[Mapping[str, Any]]:
    """The rows of ``count`` items against which most was said, the worst first."""
    read = [row for row in rows if row["status"] == Status.READ and not row["control"]]

    def place(row: Mapping[str, Any]) -> tuple[float, ...]:
        bad = sum(rubric_good(question, row) is False for question in rubric.questions)
        heights = [
            _height(question, row["answers"].get(question.key)) for question in rubric.questions
        ]
        return -bad, sum(heights)

    return sorted(read, key=place)[:count]


def _height(question: Question, value: Any) -> float:
    """How high ``value`` stands on the scale of ``question``, from 0 to 1; 1 off the scale."""
    values = list(question.values)
    if value not in values or question.scale is Scale.CHOICE:
        return 1.0
    place = values.index(value) / max(1, len(values) - 1)
    return place if question.scale is Scale.NUMBERS else 1 - place


def rubric_good(question: Question, row: Mapping[str, Any]) -> bool | None:
    """Whether the answer to ``question`` in ``row`` speaks for the item."""
    value = row["answers"].get(question.key)
    return question.is_good(tuple(value) if isinstance(value, list) else value)


def _answers(question: Question, read: Sequence[Mapping[str, Any]]) -> Answers:
    given = [row["answers"].get(question.key, NA) for row in read]
    values = [value for value in given if value != NA]
    good = over_all = None
    if question.tells_good:
        known = [verdict for value in values if (verdict := question.is_good(value)) is not None]
        good = wilson(sum(known), len(known))
        if len(values) < len(given):
            over_all = wilson(good.k + len(given) - len(values), len(given))
    numbers = question.scale is Scale.NUMBERS
    return Answers(
        question.key,
        question.name,
        _shares(question, values),
        good,
        over_all,
        mean(values) if numbers and values else None,
        _expected(question, read),
        question.published,
        question.scale is Scale.TAGS,
    )


def _expected(question: Question, read: Sequence[Mapping[str, Any]]) -> Estimate | None:
    """The mean of what was expected; None where no likelihoods were given."""
    found = (row.get("expected", {}).get(question.key) for row in read)
    values = [value for value in found if value is not None]
    return mean(values) if values else None


def _shares(question: Question, values: Sequence[Any]) -> dict[str, Share]:
    if question.scale is Scale.TAGS:
        tags = Counter(tag for found in values for tag in found)
        common = sorted(tags, key=lambda tag: (-tags[tag], tag))[:_MOST_TAGS]
        return {tag: wilson(tags[tag], len(values)) for tag in common}
    counts = Counter(values)
    return {_key(one): wilson(counts[one], len(values)) for one in question.values}


def _key(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _controls(rows: Sequence[Mapping[str, Any]], rubric: Rubric) -> Controls:
    found: dict[str, list[bool]] = {}
    for row in rows:
        verdict = whole(row, rubric) if row["status"] == Status.READ else None
        if verdict is not None:
            found.setdefault(row["control"], []).append(verdict)
    caught = {
        kind.value: wilson(found[kind].count(False), len(found[kind]))
        for kind in PLANTED
        if kind in found
    }
    seeds = found.get(Control.SEED)
    return Controls(caught, wilson(sum(seeds), len(seeds)) if seeds else None)


def _share(share: Share | None) -> dict[str, Any] | None:
    if share is None:
        return None
    return {
        "k": share.k,
        "n": share.n,
        "share": _rounded(share.share),
        "low": _rounded(share.low),
        "high": _rounded(share.high),
    }


def _mean(found: Estimate) -> dict[str, Any]:
    return {
        "mean": _rounded(found.value),
        "n": found.n,
        "low": _rounded(found.low),
        "high": _rounded(found.high),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
