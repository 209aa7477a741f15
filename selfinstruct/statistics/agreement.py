"""How far two raters agree about the same items: plainly, and beyond chance.

Ratings stand in two lists, item by item; None says that a rater left the item out, and such items
do not count. Labels may be anything hashable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

import numpy as np

from selfinstruct.statistics.distances import Level, Weights, places_of, step_distances
from selfinstruct.statistics.intervals import wilson
from selfinstruct.statistics.values import CONFIDENCE, Figure, Integers, Share

NOTHING_SHARED = "no item was rated by both"


@dataclass(frozen=True, slots=True)
class Confusion(Generic[Level]):
    """Which label of one rater met which of the other.

    Attributes:
        levels: The labels, in the order of the scale.
        counts: ``counts[i][j]`` items were ``levels[i]`` to the first rater and ``levels[j]`` to
            the second.
    """

    levels: tuple[Level, ...]
    counts: tuple[tuple[int, ...], ...]


def rated_by_both(
    first: Sequence[Level | None], second: Sequence[Level | None]
) -> list[tuple[Level, Level]]:
    """The pairs of ratings without a gap.

    Raises:
        ValueError: The two lists are not of one length.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} ratings cannot be paired with {len(second)}")
    pairs = zip(first, second, strict=True)
    return [(one, other) for one, other in pairs if one is not None and other is not None]


def raw_agreement(
    first: Sequence[Level | None],
    second: Sequence[Level | None],
    *,
    confidence: float = CONFIDENCE,
) -> Share:
    """The share of items that got the same label from both, with Wilson's interval.

    Raises:
        ValueError: The two lists are not of one length.
    """
    pairs = rated_by_both(first, second)
    return wilson(sum(one == other for one, other in pairs), len(pairs), confidence=confidence)


def confusion(
    first: Sequence[Level | None],
    second: Sequence[Level | None],
    levels: Sequence[Level] | None = None,
) -> Confusion[Level]:
    """The table of both raters' labels; without ``levels`` in the order in which they occur.

    Raises:
        ValueError: The lists are not of one length, or a label is not among ``levels``.
    """
    pairs = rated_by_both(first, second)
    places = places_of([label for pair in pairs for label in pair], levels)
    counts = _table(pairs, places)
    return Confusion(tuple(places), tuple(tuple(row) for row in counts.tolist()))


def cohen_kappa(
    first: Sequence[Level | None],
    second: Sequence[Level | None],
    levels: Sequence[Level] | None = None,
    *,
    weights: Weights = "nominal",
) -> Figure:
    """Cohen's kappa: 1 is agreement in everything, 0 what chance would bring, below it less.

    1 − Σ D·O / Σ D·E, with the distances D of labels, the observed table O, and the table E that
    the raters' own frequencies would give: Cohen, "A coefficient of agreement for nominal scales"
    (1960), and with weights "Weighted kappa" (1968).

    Args:
        first: The labels of one rater.
        second: The labels of the other, of the same items.
        levels: The scale in its order; needed where distances count.
        weights: How far apart two levels are: ``nominal``, ``linear`` or ``quadratic`` steps.

    Returns:
        The kappa over the items rated by both. It is undefined where nothing is shared, and where
        both raters gave one and the same label throughout: then chance alone agrees in all.

    Raises:
        ValueError: The lists are not of one length, a label is not among ``levels``, or weights
            are asked for without ``levels``.
    """
    if levels is None and weights != "nominal":
        raise ValueError(f"{weights} weights need the levels in their order")
    pairs = rated_by_both(first, second)
    places = places_of([label for pair in pairs for label in pair], levels)
    if not pairs:
        return Figure(None, 0, NOTHING_SHARED)
    observed = _table(pairs, places)
    distances = step_distances(len(places), weights)
    # Both sides times n², so that they are whole numbers and their quotient is exact.
    by_chance = float((distances * np.outer(observed.sum(axis=1), observed.sum(axis=0))).sum())
    if by_chance == 0:
        return Figure(None, len(pairs), "both raters gave one and the same label to every item")
    return Figure(1 - len(pairs) * float((distances * observed).sum()) / by_chance, len(pairs))


def _table(pairs: list[tuple[Level, Level]], places: dict[Level, int]) -> Integers:
    counts = np.zeros((len(places), len(places)), dtype=np.int64)
    for one, other in pairs:
        counts[places[one], places[other]] += 1
    return counts
