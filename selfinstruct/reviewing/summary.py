"""What one person's votes come to: the shares of a rubric, and whether the person grew tired."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from selfinstruct.judging.summary import Answers, Summary, summarize
from selfinstruct.reviewing.opinions import (
    FIRST,
    SECOND,
    Current,
    Opinions,
    is_sorted,
    of_sorted,
    turned,
    whole_rows,
)
from selfinstruct.reviewing.votes import Row
from selfinstruct.rubrics import Rubric, Unit
from selfinstruct.statistics import Share, wilson


@dataclass(frozen=True, slots=True)
class Drift:
    """The answers to one question in the first half of a review, and in the second.

    Attributes:
        key: The question's, or ``all``.
        name: What tables call it.
        first: The answers of the first half.
        second: The answers of the second.
    """

    key: str
    name: str
    first: Answers
    second: Answers


@dataclass(frozen=True, slots=True)
class Sides:
    """What people chose of pairs, where they chose one.

    Attributes:
        second: How often the one that was named second.
        left: How often the one that was shown first: half, if places do not matter.
    """

    second: Share
    left: Share


@dataclass(frozen=True, slots=True)
class Review:
    """One person's review by one rubric.

    Attributes:
        reviewer: Who.
        items: Items whose questions are all answered.
        begun: Items of which only some are.
        gone: Items that have changed since, or are no longer there.
        summary: The shares, as of a judging.
        drift: The two halves, by question; empty for fewer than two items.
        seconds: The median look at a question; None where nobody knows.
        halves: The same of each half of the votes.
        changed: Items on which an answer changed after a judge's reason was shown, of those on
            which one was.
        sides: Of pairs.
    """

    reviewer: str
    items: int
    begun: int
    gone: int
    summary: Summary
    drift: tuple[Drift, ...]
    seconds: float | None
    halves: tuple[float, float] | None
    changed: Share
    sides: Sides | None = None

    def row(self) -> dict[str, Any]:
        """As plain values."""
        told = self.summary.row()
        del told["controls"], told["statuses"]
        return {
            "reviewer": self.reviewer,
            **told,
            "begun": self.begun,
            "gone": self.gone,
            "seconds": self.seconds,
            "halves": self.halves and list(self.halves),
            "changed": {"k": self.changed.k, "n": self.changed.n},
            "drift": {one.key: [_half(one.first), _half(one.second)] for one in self.drift},
        } | ({} if self.sides is None else {"sides": _sides(self.sides)})


def review_of(
    reviewer: str,
    rows: Sequence[Row],
    rubric: Rubric,
    current: Current | None,
    named: Mapping[str, tuple[str, str]] | None = None,
) -> Review:
    """What ``rows`` of ``reviewer`` come to.

    Args:
        reviewer: Who.
        rows: The whole file.
        rubric: By which rubric.
        current: What the source holds; None for pairs.
        named: Of pairs, the order in which the two are named now, by item; None for the order of
            each vote.
    """
    opinions = Opinions(rubric, rows)
    found = whole_rows(opinions, rubric, current)
    if rubric.unit is Unit.PAIR:
        found = [_as_named(row, named) for row in found if named is None or row["item"] in named]
    if named is not None:
        items = {(row["item"], row["digest"]) for row in found}
        live = {key: one for key, one in opinions.by_item.items() if key[0] in named}
    else:
        items = {(row["item"], row["digest"]) for row in found}
        live = {
            key: one
            for key, one in opinions.by_item.items()
            if current is None or current.digests.get(key[0]) == key[1]
        }
    half = (len(found) + 1) // 2
    votes = [row for one in live.values() for row in one.now.values()]
    votes.sort(key=lambda row: row.time)
    looked = [row.seconds for row in votes if row.seconds is not None]
    return Review(
        reviewer,
        len(found),
        sum(bool(one.now) and key not in items for key, one in live.items()),
        sum(bool(one.now) for key, one in opinions.by_item.items() if key not in live),
        summarize(found, rubric),
        _drift(found[:half], found[half:], rubric) if len(found) > 1 else (),
        statistics.median(looked) if looked else None,
        _halves(looked),
        _changed([one for key, one in live.items() if key in items]),
        _sides_of(votes, named) if rubric.unit is Unit.PAIR else None,
    )


def _as_named(
    row: Mapping[str, Any], named: Mapping[str, tuple[str, str]] | None
) -> dict[str, Any]:
    """A row about a pair as the two are named, and not in the order of their digests."""
    pair = row["pair"] if named is None else named[row["item"]]
    if is_sorted(pair):
        return dict(row)
    return {**row, "answers": {key: turned(value) for key, value in row["answers"].items()}}


def _drift(
    first: Sequence[Mapping[str, Any]], second: Sequence[Mapping[str, Any]], rubric: Rubric
) -> tuple[Drift, ...]:
    halves = zip(summarize(first, rubric).answers, summarize(second, rubric).answers, strict=True)
    return tuple(
        Drift(one.key, one.name, replace(one, shares={}), replace(other, shares={}))
        for one, other in halves
        if one.good is not None or one.mean is not None
    )


def _halves(looked: Sequence[float]) -> tuple[float, float] | None:
    half = (len(looked) + 1) // 2
    if len(looked) < 2:
        return None
    return statistics.median(looked[:half]), statistics.median(looked[half:])


def _changed(opinions: Sequence[Any]) -> Share:
    shown = [one for one in opinions if one.revealed and one.own]
    changed = sum(
        any(
            of_sorted(one.now[key]) != of_sorted(row)
            for key, row in one.own.items()
            if key in one.now
        )
        for one in shown
    )
    return wilson(changed, len(shown))


def _sides_of(votes: Sequence[Row], named: Mapping[str, tuple[str, str]] | None) -> Sides:
    chosen = [row for row in votes if row.answer in {FIRST, SECOND}]
    second = left = 0
    for row in chosen:
        place = 0 if row.answer == FIRST else 1
        left += row.shown is not None and row.shown[0] == place
        same = named is None or row.pair == named.get(row.item, row.pair)
        second += (place == 1) == same
    return Sides(wilson(second, len(chosen)), wilson(left, len(chosen)))


def _half(found: Answers) -> dict[str, Any]:
    share = found.good.share if found.good else None
    value = found.mean.value if found.mean else None
    return {
        "n": found.good.n if found.good else found.mean.n if found.mean else 0,
        "good": None if share is None else round(share, 6),
        "mean": None if value is None else round(value, 6),
    }


def _sides(found: Sides) -> dict[str, Any]:
    return {
        name: {"k": one.k, "n": one.n, "share": one.share, "low": one.low, "high": one.high}
        for name, one in (("second", found.second), ("left", found.left))
    }
