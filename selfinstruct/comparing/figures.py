"""What a comparison comes to: who wins, how surely, and what the judge is swayed by."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selfinstruct.comparing.contests import Control
from selfinstruct.comparing.orders import FIRST, SECOND, TIE
from selfinstruct.judging.job import Status
from selfinstruct.statistics import (
    Estimate,
    LengthControlled,
    Ranking,
    Share,
    Verdict,
    Vote,
    length_controlled,
    rank,
    tie_discounted_accuracy,
    wilson,
)

_EVEN = 0.5  # the score of a tie
_LISTED = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sway:
    """What verdicts hang on besides quality.

    Attributes:
        consistent: Pairs about which both orders said the same.
        first: Verdicts for the first place, of those in one order that are no ties.
        longer: Decided pairs that the longer answer won; equal lengths are left out.
        listed: Decided pairs with one list in them that the one with the list won.
        longest: How far a judge that always chooses the longer answer agrees, ties discounted.
        length: Mean characters of the winners' answers minus those of the losers.
    """

    consistent: Share | None
    first: Share | None
    longer: Share
    listed: Share
    longest: Estimate
    length: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What a comparison comes to.

    Attributes:
        prompts: How many prompts were compared and read.
        statuses: How many rows have each status.
        asked: How many of the read ones took a call: the others were the same text.
        ranking: The contestants; None where there was nothing to rank.
        length_controlled: By contestant, against the baseline.
        sway: What the judge is swayed by.
        groups: By key and value (``skill``, ``difficulty``), the win rates of the contestants.
        controls: Known outcomes that the judge got right, by kind.
        cut_off: Answers that a token limit had ended: they lose unfairly.
    """

    prompts: int
    statuses: Mapping[str, int]
    asked: int
    ranking: Ranking | None
    length_controlled: Mapping[str, LengthControlled]
    sway: Sway
    groups: Mapping[str, Mapping[str, Mapping[str, float | None]]]
    controls: Mapping[str, Share]
    cut_off: int

    def row(self) -> dict[str, Any]:
        """As plain values."""
        ranking, controlled = self.ranking, self.length_controlled
        return {
            "prompts": self.prompts,
            "statuses": dict(self.statuses),
            "asked": self.asked,
            "baseline": ranking.baseline if ranking else None,
            "contestants": [
                {
                    "name": one.name,
                    "wins": one.wins,
                    "ties": one.ties,
                    "losses": one.losses,
                    "win_rate": one.win_rate.row(),
                    "against_baseline": one.against_baseline.row(),
                    "strength": one.strength.row(),
                    "length_controlled": held.row() if (held := controlled.get(one.name)) else None,
                }
                for one in (ranking.standings if ranking else ())
            ],
            "unconnected": list(ranking.unconnected) if ranking else [],
            "sway": {
                "consistent": _row(self.sway.consistent),
                "first": _row(self.sway.first),
                "longer": self.sway.longer.row(),
                "listed": self.sway.listed.row(),
                "longest": self.sway.longest.row(),
                "length": self.sway.length,
            },
            "groups": self.groups,
            "controls": {kind: share.row() for kind, share in self.controls.items()},
            "cut_off": self.cut_off,
        }


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two answers to one prompt, and which was better."""

    prompt: str
    names: tuple[str, str]
    chars: tuple[int, int]
    listed: tuple[bool, bool]
    ranks: tuple[float, float]

    @property
    def score(self) -> float:
        """1 where the first is better, 0 where the second is, ½ for a tie."""
        one, other = self.ranks
        return _EVEN if one == other else float(one < other)


def summarize(
    rows: Iterable[Mapping[str, Any]], texts: Mapping[str, Sequence[str]], baseline: str
) -> Summary:
    """What the rows of a comparison come to.

    Args:
        rows: The lines of ``judgements.jsonl``.
        texts: By item, the answers' texts in the order of its row.
        baseline: Against whom win probabilities are given.
    """
    whole = [row for row in rows if not row["control"]]
    controls = [row for row in rows if row["control"]]
    read = [row for row in whole if row["status"] == Status.READ]
    pairs = [pair for row in read for pair in _pairs(row, texts[row["item"]])]
    names = {name for pair in pairs for name in pair.names}
    ranking = None
    if pairs and baseline in names:
        ranking = rank([_vote(pair) for pair in pairs], baseline)
    counted = Counter(str(row["status"]) for row in whole)
    return Summary(
        len(read),
        {status.value: counted[status.value] for status in Status},
        sum(bool(row["asked"]) for row in read),
        ranking,
        {name: _against(pairs, name, baseline) for name in sorted(names - {baseline})},
        _sway(read, pairs),
        _groups(read, pairs),
        _controls(controls),
        sum(bool(one.get("cut_off")) for row in whole for one in row["answers"]),
    )


def _pairs(row: Mapping[str, Any], texts: Sequence[str]) -> Iterator[_Pair]:
    answers, ranks = row["answers"], row["ranks"]
    listed = [bool(_LISTED.search(text)) for text in texts]
    for one, other in itertools.combinations(range(len(answers)), 2):
        yield _Pair(
            row["item"],
            (answers[one]["as"], answers[other]["as"]),
            (answers[one]["chars"], answers[other]["chars"]),
            (listed[one], listed[other]),
            (ranks[one], ranks[other]),
        )


def _vote(pair: _Pair) -> Vote:
    return Vote(pair.prompt, *pair.names, _greater(pair.score, _EVEN))


def _against(pairs: Sequence[_Pair], name: str, baseline: str) -> LengthControlled:
    """The win rate of ``name`` against the baseline, as it is and without the pull of length."""
    met = [pair for pair in pairs if set(pair.names) == {name, baseline}]
    scores, differences = [], []
    for pair in met:
        ours = pair.names[0] == name
        scores.append(pair.score if ours else 1 - pair.score)
        gap = pair.chars[0] - pair.chars[1]
        differences.append(float(gap if ours else -gap))
    return length_controlled(scores, differences, [pair.prompt for pair in met])


def _sway(read: Sequence[Mapping[str, Any]], pairs: Sequence[_Pair]) -> Sway:
    asked = [row for row in read if row["asked"] and row["verdicts"]]
    verdicts = [verdict for row in asked for verdict in row["verdicts"] if verdict != TIE]
    decided = [pair for pair in pairs if pair.score != _EVEN]
    unequal = [pair for pair in decided if pair.chars[0] != pair.chars[1]]
    one_list = [pair for pair in decided if pair.listed[0] != pair.listed[1]]
    won = [
        pair.chars[0] - pair.chars[1] if pair.score else pair.chars[1] - pair.chars[0]
        for pair in decided
    ]
    longer = [_longest(pair) for pair in pairs]
    return Sway(
        wilson(sum(row["consistent"] for row in asked), len(asked)) if asked else None,
        wilson(verdicts.count(FIRST), len(verdicts)) if asked else None,
        wilson(sum((p.chars[0] > p.chars[1]) == bool(p.score) for p in unequal), len(unequal)),
        wilson(sum(p.listed[0] == bool(p.score) for p in one_list), len(one_list)),
        tie_discounted_accuracy([_vote(pair).verdict for pair in pairs], longer),
        round(sum(won) / len(won), 2) if won else None,
    )


def _longest(pair: _Pair) -> Verdict:
    return _greater(*pair.chars)


def _greater(one: float, other: float) -> Verdict:
    return TIE if one == other else FIRST if one > other else SECOND


def _groups(
    read: Sequence[Mapping[str, Any]], pairs: Sequence[_Pair]
) -> dict[str, dict[str, dict[str, float | None]]]:
    of = {row["item"]: row.get("groups", {}) for row in read}
    scores: dict[str, dict[str, dict[str, list[float]]]] = {}
    for pair in pairs:
        for key, value in of[pair.prompt].items():
            table = scores.setdefault(key, {}).setdefault(value, {})
            table.setdefault(pair.names[0], []).append(pair.score)
            table.setdefault(pair.names[1], []).append(1 - pair.score)
    return {
        key: {
            value: {name: round(sum(all_) / len(all_), 4) for name, all_ in sorted(table.items())}
            for value, table in sorted(values.items())
        }
        for key, values in sorted(scores.items())
    }


def _controls(rows: Sequence[Mapping[str, Any]]) -> dict[str, Share]:
    found: dict[str, list[bool]] = {}
    for row in rows:
        if row["status"] == Status.READ:
            one, other = row["ranks"]
            right = one == other if row["control"] == Control.SAME else one < other
            found.setdefault(row["control"], []).append(right)
    return {kind: wilson(sum(all_), len(all_)) for kind, all_ in sorted(found.items())}


def _row(share: Share | None) -> dict[str, Any] | None:
    return None if share is None else share.row()
