"""What is liked: by a judge, from comparisons, and by people, from their votes on pairs.

The two stand side by side in the same figures, raw and at equal length, and are never pooled.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selfinstruct.comparing.contests import Answer
from selfinstruct.comparing.reading import Ranking
from selfinstruct.evaluating.cases import Joined
from selfinstruct.reviewing.opinions import FIRST, SECOND
from selfinstruct.reviewing.votes import Row
from selfinstruct.statistics import length_controlled, mean, raw_agreement

Chosen = Mapping[tuple[str, frozenset[str]], str]
"""By prompt and its two answers, the digest of the better one; "" for a tie."""

_EVEN = 0.5  # the score of a tie


@dataclass(frozen=True, slots=True)
class Judged:
    """What a judge said in a comparison.

    Attributes:
        name: What the comparison is called.
        judge: The model.
        summary: The content of its ``summary.json``.
        chosen: What was preferred.
    """

    name: str
    judge: str
    summary: Mapping[str, Any]
    chosen: Chosen


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What one person said of pairs.

    Attributes:
        reviewer: Who.
        rows: The votes.
    """

    reviewer: str
    rows: Sequence[Row]


def preference(
    judged: Sequence[Judged], people: Sequence[Reviewed], models: Sequence[Joined]
) -> dict[str, Any]:
    """The block: every judge, every person, and how far any two of them agree.

    Args:
        judged: Comparisons.
        people: Votes.
        models: Whose answers are evaluated: by these the two of a pair get their names.
    """
    texts = {
        one.name: {Answer("", text).digest: len(text) for found in one.texts for text in found}
        for one in models
    }
    said: dict[str, Chosen] = {one.name: one.chosen for one in judged}
    said |= {one.reviewer: choices(one.rows) for one in people}
    return {
        "judged": [_judge(one) for one in judged],
        "people": [_person(one, said[one.reviewer], texts) for one in people],
        "agreement": [
            found
            for (one, first), (other, second) in itertools.combinations(said.items(), 2)
            if (found := _agreement(one, other, first, second))["pairs"]
        ],
    }


def chosen_of(rankings: Iterable[Ranking]) -> dict[tuple[str, frozenset[str]], str]:
    """What the judge of a comparison preferred of each pair; orders that disagree are a tie."""
    found: dict[tuple[str, frozenset[str]], str] = {}
    for one in rankings:
        if not one.ranks:
            continue
        digests = [Answer(each.contestant, each.text).digest for each in one.answers]
        for left, right in itertools.combinations(range(len(digests)), 2):
            pair = frozenset((digests[left], digests[right]))
            if len(pair) > 1:
                ahead = one.is_better(left, right), one.is_better(right, left)
                better = digests[left] if ahead[0] else digests[right] if ahead[1] else ""
                found[one.item, pair] = better
    return found


def choices(rows: Iterable[Row]) -> dict[tuple[str, frozenset[str]], str]:
    """What a person chose of each pair, by the digest of the answer; the last word counts.

    What was said after a judge's reason was shown is not the person's own and is left out.
    """
    found: dict[tuple[str, frozenset[str]], str] = {}
    told: set[str] = set()
    for row in rows:
        if row.revealed:
            told.add(row.item)
        if row.pair is None or not row.question or row.item in told:
            continue
        key = (row.item, frozenset(row.pair))
        if row.undo:
            found.pop(key, None)
        else:
            better = {FIRST: row.pair[0], SECOND: row.pair[1]}
            found[key] = better.get(str(row.answer), "")
    return found


def _judge(one: Judged) -> dict[str, Any]:
    summary = one.summary
    return {
        "name": one.name,
        "judge": one.judge,
        "pairs": summary["prompts"],
        "baseline": summary["baseline"],
        "consistent": summary["sway"]["consistent"],
        "contestants": [
            {
                key: row[key]
                for key in ("name", "wins", "ties", "losses", "win_rate", "length_controlled")
            }
            for row in summary["contestants"]
        ],
    }


def _person(one: Reviewed, said: Chosen, texts: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """The figures of a person, in the order in which the two of a pair were named."""
    pairs = {row.item: row.pair for row in one.rows if row.pair is not None}
    named = [(pairs[item], better) for (item, _), better in said.items()]
    scores = [_EVEN if not better else float(better == second) for (_, second), better in named]
    names = _names([pair for pair, _ in named], texts)
    lengths = {digest: size for own in texts.values() for digest, size in own.items()}
    longer = [lengths.get(second, -1) - lengths.get(first, -1) for (first, second), _ in named]
    known = bool(named) and all(digest in lengths for pair, _ in named for digest in pair)
    held = length_controlled(scores, longer).row() if known else None
    rows = []
    for name, own, control in (
        (names[0], [1 - score for score in scores], None),
        (names[1], scores, held),
    ):
        rows.append(
            {
                "name": name,
                "wins": own.count(1),
                "ties": own.count(_EVEN),
                "losses": own.count(0),
                "win_rate": mean(own).row(),
                "length_controlled": control,
            }
        )
    return {"name": one.reviewer, "pairs": len(named), "contestants": rows}


def _names(
    pairs: Sequence[tuple[str, str]], texts: Mapping[str, Mapping[str, int]]
) -> tuple[str, str]:
    """Whose answers the first and the second are: the models that gave every one of them."""
    sides = []
    for place, usual in enumerate(("named first", "named second")):
        whose = [name for name, own in texts.items() if all(pair[place] in own for pair in pairs)]
        sides.append(whose[0] if pairs and len(whose) == 1 else usual)
    return sides[0], sides[1]


def _agreement(one: str, other: str, first: Chosen, second: Chosen) -> dict[str, Any]:
    common = [key for key in first if key in second]
    found = raw_agreement([first[key] for key in common], [second[key] for key in common])
    return {"one": one, "other": other, "pairs": len(common), "share": found.row()["share"]}
