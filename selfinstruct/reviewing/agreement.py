"""How far people agree with each other and with judges, about the same items and questions."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from selfinstruct.annotations import Annotation
from selfinstruct.judging.summary import whole
from selfinstruct.reviewing.opinions import FIRST, SECOND, Value
from selfinstruct.rubrics import Question, Rubric, Scale, Unit
from selfinstruct.rubrics.rubric import ALL
from selfinstruct.statistics import (
    FEWEST,
    Confusion,
    Estimate,
    Figure,
    Share,
    Verdict,
    agreement_with_ties,
    agreement_without_ties,
    cohen_kappa,
    confusion,
    krippendorff_alpha,
    raw_agreement,
    spearman,
    tie_discounted_accuracy,
)


@dataclass(frozen=True, slots=True)
class Rater:
    """What one person or one judging said.

    Attributes:
        name: The reviewer, or the judging.
        is_person: Whether a person said it.
        said: By question and item.
    """

    name: str
    is_person: bool
    said: Mapping[str, Mapping[str, Value]]

    @classmethod
    def of(
        cls, name: str, found: Iterable[Annotation], rubric: Rubric, *, is_person: bool
    ) -> Rater:
        """The rater of whom ``found`` is all; with it what all questions come to."""
        by_item: dict[str, dict[str, Value]] = {}
        for one in found:
            if one.value is not None:
                by_item.setdefault(one.target.item, {})[one.question] = one.value
        said: dict[str, dict[str, Value]] = {}
        for item, answers in by_item.items():
            for question, value in answers.items():
                said.setdefault(question, {})[item] = value
            verdict = whole({"answers": answers}, rubric) if rubric.all else None
            if verdict is not None:
                said.setdefault(ALL, {})[item] = "yes" if verdict else "no"
        return cls(name, is_person, said)


@dataclass(frozen=True, slots=True)
class OfPairs:
    """Agreement about which of two answers is better.

    Attributes:
        with_ties: The share of one verdict (S1).
        without_ties: The same where both chose one of the two (S2).
        discounted: A tie of one of them counts half.
    """

    with_ties: Share
    without_ties: Share
    discounted: Estimate


@dataclass(frozen=True, slots=True)
class Two:
    """How far two raters agree in one question.

    Attributes:
        first: One of them; a judging, where there is one.
        second: The other.
        n: Items that both answered.
        raw: The share with one answer.
        kappa: Cohen's, beyond chance.
        weighted: The same where a step is less than two; None where there is no order.
        good: Kappa of what speaks for the item against what does not; None where that is the same.
        rho: Spearman's; None where there is no order.
        pairs: Of pairs.
        met: Which answer met which, the rows those of the first.
    """

    first: str
    second: str
    n: int
    raw: Share
    kappa: Figure
    weighted: Figure | None
    good: Figure | None
    rho: Figure | None
    pairs: OfPairs | None
    met: Confusion[Any]

    @property
    def is_few(self) -> bool:
        """Whether the items are too few to say much."""
        return self.n < FEWEST

    def row(self) -> dict[str, Any]:
        """As plain values."""
        more: dict[str, Any] = {}
        if self.pairs is not None:
            more = {
                "with_ties": _plain(self.pairs.with_ties.share),
                "without_ties": _plain(self.pairs.without_ties.share),
                "discounted": _plain(self.pairs.discounted.value),
            }
        return {
            "between": [self.first, self.second],
            "n": self.n,
            "too_few": self.is_few,
            "raw": _plain(self.raw.share),
            "kappa": _plain(self.kappa.value),
            "weighted": self.weighted and _plain(self.weighted.value),
            "good": self.good and _plain(self.good.value),
            "rho": self.rho and _plain(self.rho.value),
            **more,
            "levels": list(self.met.levels),
            "counts": [list(row) for row in self.met.counts],
        }


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement in one question.

    Attributes:
        key: The question's, or ``all``.
        name: What tables call it.
        two: Each two raters that share an item.
        people: Krippendorff's alpha of all people; None with fewer than two.
        everybody: The same of people and judges; None with fewer than three, or without judges.
    """

    key: str
    name: str
    two: tuple[Two, ...]
    people: Figure | None
    everybody: Figure | None

    def row(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "question": self.key,
            "two": [one.row() for one in self.two],
            "alpha_people": self.people and _figure(self.people),
            "alpha_everybody": self.everybody and _figure(self.everybody),
        }


@dataclass(frozen=True, slots=True)
class _Scale:
    """What agreement needs to know of a question."""

    key: str
    name: str
    levels: tuple[Value, ...]
    is_ordered: bool
    question: Question | None = field(default=None)

    def is_good(self, value: Value | None) -> bool | None:
        return self.question.is_good(value) if self.question and value is not None else None


def agreements(raters: Sequence[Rater], rubric: Rubric) -> tuple[Agreement, ...]:
    """Agreement in each question that two of ``raters`` answered about one item.

    Tags are not compared: there is no saying how near two sets of them are.
    """
    scales = [
        _Scale(
            one.key,
            one.name,
            one.values,
            one.scale in {Scale.LETTERS, Scale.NUMBERS},
            one if one.tells_good and one.scale is not Scale.YES_NO else None,
        )
        for one in rubric.questions
        if one.scale is not Scale.TAGS
    ]
    if rubric.all is not None:
        scales.append(_Scale(ALL, rubric.all.name, ("yes", "no"), is_ordered=False))
    found = (_agreement(raters, scale, is_pair=rubric.unit is Unit.PAIR) for scale in scales)
    return tuple(one for one in found if one.two)


def _agreement(raters: Sequence[Rater], scale: _Scale, *, is_pair: bool) -> Agreement:
    judges = [one for one in raters if not one.is_person]
    people = [one for one in raters if one.is_person]
    met = [*itertools.product(judges, people), *itertools.combinations(people, 2)]
    two = [_two(one, other, scale, is_pair=is_pair) for one, other in met]
    said = [one for one in people if one.said.get(scale.key)]
    heard = [one for one in judges if one.said.get(scale.key)]
    return Agreement(
        scale.key,
        scale.name,
        tuple(one for one in two if one.n),
        _alpha(said, scale) if len(said) > 1 else None,
        _alpha([*said, *heard], scale) if heard and len(said) + len(heard) > 2 else None,
    )


def _two(first: Rater, second: Rater, scale: _Scale, *, is_pair: bool) -> Two:
    one, other = first.said.get(scale.key, {}), second.said.get(scale.key, {})
    shared = [item for item in one if item in other]
    left, right = [one[item] for item in shared], [other[item] for item in shared]
    goods = [[scale.is_good(value) for value in side] for side in (left, right)]
    levels = scale.levels
    places = [[float(levels.index(value)) for value in side] for side in (left, right)]
    return Two(
        first.name,
        second.name,
        len(shared),
        raw_agreement(left, right),
        cohen_kappa(left, right, levels),
        cohen_kappa(left, right, levels, weights="quadratic") if scale.is_ordered else None,
        cohen_kappa(*goods) if scale.question is not None else None,
        spearman(*places) if scale.is_ordered else None,
        _of_pairs(left, right) if is_pair else None,
        confusion(left, right, levels),
    )


def _of_pairs(left: Sequence[Value], right: Sequence[Value]) -> OfPairs:
    one, other = [_verdict(value) for value in left], [_verdict(value) for value in right]
    return OfPairs(
        agreement_with_ties(one, other),
        agreement_without_ties(one, other),
        tie_discounted_accuracy(one, other),
    )


def _verdict(value: Value) -> Verdict:
    """What is said of a pair, where both being bad is a tie."""
    if value == FIRST:
        return "first"
    return "second" if value == SECOND else "tie"


def _alpha(raters: Sequence[Rater], scale: _Scale) -> Figure:
    items = dict.fromkeys(item for one in raters for item in one.said[scale.key])
    ratings = [[one.said[scale.key].get(item) for one in raters] for item in items]
    metric: Literal["nominal", "ordinal"] = "ordinal" if scale.is_ordered else "nominal"
    return krippendorff_alpha(ratings, scale.levels, metric=metric)


def _plain(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _figure(found: Figure) -> dict[str, Any]:
    return {"value": _plain(found.value), "n": found.n, "why": found.why or None}
