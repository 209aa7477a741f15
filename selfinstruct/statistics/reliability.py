"""Krippendorff's alpha: how far any number of raters agree beyond chance, gaps allowed."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Literal, TypeVar

import numpy as np

from selfinstruct.statistics.distances import (
    interval_distances,
    ordinal_distances,
    places_of,
    step_distances,
)
from selfinstruct.statistics.values import Figure, Floats

Metric = Literal["nominal", "ordinal", "interval"]
"""What differs: labels, places on a scale, or numbers (by the square of their difference)."""

Rating = TypeVar("Rating", bound=Hashable)


def krippendorff_alpha(
    ratings: Sequence[Sequence[Rating | None]],
    levels: Sequence[Rating] | None = None,
    *,
    metric: Metric = "nominal",
) -> Figure:
    """Krippendorff's alpha: 1 is agreement in everything, 0 what chance would bring.

    1 − D_o/D_e over the table of coincidences, in which each item adds its pairs of ratings with
    the weight 1/(m − 1) for its m ratings: Krippendorff, "Content Analysis" (2004), chapter 11;
    "Computing Krippendorff's alpha-reliability" (2011).

    Args:
        ratings: For each item what each rater said; None where one left it out. Who said what
            does not matter, so items need not have equally many.
        levels: The scale in its order, for ``ordinal``; numbers are ordered by themselves.
        metric: ``nominal`` for labels, ``ordinal`` for places on a scale, ``interval`` for
            numbers.

    Returns:
        Alpha over the ``n`` items with two ratings or more. It is undefined where there is none,
        and where all their ratings are one and the same value.

    Raises:
        ValueError: A rating is not among ``levels``, ``ordinal`` labels come without ``levels``,
            or ``interval`` meets what is no finite number.
    """
    items = [[one for one in item if one is not None] for item in ratings]
    items = [item for item in items if len(item) > 1]
    used = [one for item in items for one in item]
    places = places_of(used, _scale(used, levels, metric))
    if not items:
        return Figure(None, 0, "no item has two ratings")
    if len(set(used)) == 1:
        return Figure(None, len(items), "all ratings are one and the same value")
    counts = np.zeros((len(items), len(places)))
    for row, item in zip(counts, items, strict=True):
        for one in item:
            row[places[one]] += 1
    weights = 1 / (counts.sum(axis=1, keepdims=True) - 1)
    # A rating met with itself stands on the diagonal, where distances are 0.
    coincidences = (counts * weights).T @ counts
    frequencies = counts.sum(axis=0)
    distances = _distances(metric, list(places), frequencies)
    observed = float((distances * coincidences).sum())
    by_chance = float((distances * np.outer(frequencies, frequencies)).sum()) / (len(used) - 1)
    return Figure(1 - observed / by_chance, len(items))


def _scale(
    used: Sequence[Rating], levels: Sequence[Rating] | None, metric: Metric
) -> Sequence[Rating] | None:
    """The scale as given, or made of numbers; None where there is no order."""
    match metric:
        case "nominal":
            return levels
        case "ordinal" if levels is not None:
            return levels
        case "ordinal" | "interval":
            numbers = [_number(one) for one in used]
            order = sorted(range(len(used)), key=numbers.__getitem__)
            return list(dict.fromkeys(used[place] for place in order))
    raise ValueError(f"{metric!r} is none of nominal, ordinal, interval")


def _number(rating: Hashable) -> float:
    if isinstance(rating, (int, float)) and np.isfinite(rating):
        return float(rating)
    raise ValueError(f"{rating!r} is no number: its place needs the levels in their order")


def _distances(metric: Metric, levels: Sequence[Hashable], frequencies: Floats) -> Floats:
    match metric:
        case "nominal":
            return step_distances(len(levels), "nominal")
        case "ordinal":
            return ordinal_distances(frequencies)
        case "interval":
            return interval_distances([_number(level) for level in levels])
