"""In which orders answers are shown, and what two orders together say.

A judge that sees a pair in one order only prefers the first place: GPT-4 kept its verdict in 65% of
nearly equal pairs, Claude-v1 in 24% (Zheng et al., arXiv 2306.05685, table 2). So each contest is
asked in two orders, and an answer wins only where both say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from selfinstruct.judging.sampling import rank

NEAR = 0.5  # two mean scores that differ by less are a tie
FIRST: Final = "first"
SECOND: Final = "second"
TIE: Final = "tie"

Order = tuple[int, ...]


def orders_of(contest: str, count: int, seed: int) -> tuple[Order, Order]:
    """The two orders in which ``count`` answers are shown: as given for a pair, and its reverse."""
    if count == 2:
        return (0, 1), (1, 0)
    drawn = tuple(sorted(range(count), key=lambda place: rank(seed, contest, str(place))))
    return drawn, drawn[::-1]


def winner(verdict: str, order: Order) -> int | None:
    """Which answer a verdict about a pair shown in ``order`` means; None for a tie."""
    return None if verdict == TIE else order[0 if verdict == FIRST else 1]


def ranks_of_pair(verdicts: Sequence[str], orders: Sequence[Order]) -> tuple[list[float], bool]:
    """The ranks of two answers, and whether both orders said the same."""
    said = {winner(verdict, order) for verdict, order in zip(verdicts, orders, strict=True)}
    if len(said) > 1:
        return [1.5, 1.5], False
    best = said.pop()
    if best is None:
        return [1.5, 1.5], True
    return ([1.0, 2.0] if best == 0 else [2.0, 1.0]), True


def ranks_of_list(scores: Sequence[Sequence[float]]) -> list[float]:
    """The ranks of answers by their scores in two orders; those that tie share their places.

    Two answers tie where their means differ by less than half a point, or the two orders disagree
    about them.
    """
    count = len(scores[0])
    ranks = []
    for one in range(count):
        ahead = [_before(scores, other, one) for other in range(count) if other != one]
        better, tied = ahead.count(1), ahead.count(0)
        ranks.append(1 + better + tied / 2)
    return ranks


def _before(scores: Sequence[Sequence[float]], one: int, other: int) -> int:
    """1 where ``one`` is better than ``other``, −1 where it is worse, 0 where they tie."""
    differences = [row[one] - row[other] for row in scores]
    if abs(sum(differences)) / len(differences) < NEAR:
        return 0
    if min(differences) < 0 < max(differences):
        return 0
    return 1 if sum(differences) > 0 else -1
