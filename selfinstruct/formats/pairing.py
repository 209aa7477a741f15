"""Pairs out of a ranking: of two answers the better one and the worse one.

Answers that are equal make no pair, and neither do two on which the orders of showing disagreed.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum

from selfinstruct.comparing.orders import ranks_of_list
from selfinstruct.comparing.reading import Answer, Ranking

LEFT_OUT = {
    "unjudged": "prompts of which no verdict could be read",
    "empty_prompts": "prompts without a text",
    "empty_answers": "answers without a text",
    "inconsistent": "pairs whose verdict changed with the order in which they were shown",
    "ties": "pairs judged equal",
    "same_text": "pairs of the same text",
}
"""Why something of a comparison is left out, and what is counted."""


class Pairs(StrEnum):
    """Which pairs of a ranking are taken."""

    ALL = "all"
    BEST_WORST = "best-worst"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers, the one better than the other.

    Attributes:
        chosen: The better one.
        rejected: The worse one.
        margin: By how much: the difference of the mean scores, or of the ranks where there are
            no scores, which is 1 for two answers.
    """

    chosen: Answer
    rejected: Answer
    margin: float


def usable(ranking: Ranking, left_out: Counter[str]) -> Ranking | None:
    """``ranking`` without answers that say nothing; None where it says nothing itself.

    What is left out is counted.
    """
    if not ranking.ranks:
        left_out["unjudged"] += 1
        return None
    if not (ranking.instruction.strip() or ranking.input.strip()):
        left_out["empty_prompts"] += 1
        return None
    places = [n for n, answer in enumerate(ranking.answers) if answer.text.strip()]
    if empty := len(ranking.answers) - len(places):
        left_out["empty_answers"] += empty
    if len(places) < 2:
        return None
    if not ranking.is_settled:
        left_out["inconsistent"] += 1
        return None
    if not empty:
        return ranking
    scores = ranking.scores and [[row[n] for n in places] for row in ranking.scores]
    return replace(
        ranking,
        answers=[ranking.answers[n] for n in places],
        ranks=ranks_of_list(scores) if scores else [ranking.ranks[n] for n in places],
        scores=scores,
    )


def pairs(ranking: Ranking, which: Pairs, left_out: Counter[str]) -> list[Pair]:
    """The pairs of a ranking, the best answers first; what makes none is counted."""
    order = sorted(range(len(ranking.answers)), key=lambda n: (ranking.ranks[n], _draw(ranking, n)))
    # The last of those that share the worst rank is as good as the first: the digest has drawn it.
    places = (
        [(order[0], order[-1])] if which is Pairs.BEST_WORST else itertools.combinations(order, 2)
    )
    found = []
    for better, worse in places:
        chosen, rejected = ranking.answers[better], ranking.answers[worse]
        if not ranking.is_better(better, worse):
            left_out["ties"] += 1
        elif chosen.text.split() == rejected.text.split():
            left_out["same_text"] += 1
        else:
            found.append(Pair(chosen, rejected, round(ranking.margin(better, worse), 6)))
    return found


def _draw(ranking: Ranking, place: int) -> bytes:
    """Where an answer stands among its equals: drawn, but by its text and not by its place."""
    text = f"{ranking.item}\n{ranking.answers[place].text}"
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
