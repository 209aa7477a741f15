"""Agreement about pairs: which of two answers is better, with ties and without.

The verdicts of two raters stand in two lists, pair by pair; None says that one left the pair out.
``inconsistent`` is a verdict that turned with the order in which the two were shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from selfinstruct.statistics.agreement import NOTHING_SHARED, rated_by_both, raw_agreement
from selfinstruct.statistics.means import mean
from selfinstruct.statistics.resampling import ROUNDS, SEED
from selfinstruct.statistics.values import CONFIDENCE, Estimate, Share, undefined

Verdict = Literal["first", "second", "tie", "inconsistent"]

_ONE_TIE = 0.5  # what a pair counts that is a tie to one of the two only


def settled(verdict: Verdict | None) -> Verdict | None:
    """The verdict, with an inconsistent one taken for the tie that it probably is.

    Raises:
        ValueError: It is none of the four.
    """
    match verdict:
        case "first" | "second" | "tie" | None:
            return verdict
        case "inconsistent":
            return "tie"
    raise ValueError(f"{verdict!r} is none of first, second, tie, inconsistent")


def agreement_with_ties(
    first: Sequence[Verdict | None],
    second: Sequence[Verdict | None],
    *,
    confidence: float = CONFIDENCE,
) -> Share:
    """The share of pairs with the same verdict; inconsistent ones count as ties.

    S1 of Zheng et al., "Judging LLM-as-a-judge with MT-bench and Chatbot Arena" (2023), Table
    5. A guess at random among the three agrees in a third of pairs.

    Raises:
        ValueError: The two lists are not of one length, or a verdict is none of the four.
    """
    one, other = [settled(verdict) for verdict in first], [settled(verdict) for verdict in second]
    return raw_agreement(one, other, confidence=confidence)


def agreement_without_ties(
    first: Sequence[Verdict | None],
    second: Sequence[Verdict | None],
    *,
    confidence: float = CONFIDENCE,
) -> Share:
    """The same share over the pairs in which both chose one of the two.

    S2 of the same table. A guess at random agrees in half of them.

    Raises:
        ValueError: The two lists are not of one length, or a verdict is none of the four.
    """
    one = [_choice(verdict) for verdict in first]
    other = [_choice(verdict) for verdict in second]
    return raw_agreement(one, other, confidence=confidence)


def tie_discounted_accuracy(
    first: Sequence[Verdict | None],
    second: Sequence[Verdict | None],
    *,
    rounds: int = ROUNDS,
    seed: int = SEED,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """The mean over pairs of 1 for the same verdict, ½ for one tie, 0 for opposite ones.

    Zhou et al., "LIMA: less is more for alignment" (2023), section 4.1 on inter-annotator
    agreement. In [0, 1], with a bootstrap interval over pairs.

    Raises:
        ValueError: The two lists are not of one length, or a verdict is none of the four.
    """
    one, other = [settled(verdict) for verdict in first], [settled(verdict) for verdict in second]
    pairs = rated_by_both(one, other)
    if not pairs:
        return undefined(0, NOTHING_SHARED)
    scores = [1.0 if a == b else _ONE_TIE * ("tie" in {a, b}) for a, b in pairs]
    return mean(scores, rounds=rounds, seed=seed, confidence=confidence)


def _choice(verdict: Verdict | None) -> Verdict | None:
    """The verdict if it chooses one of the two."""
    choice = settled(verdict)
    return None if choice == "tie" else choice
