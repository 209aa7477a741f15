"""How far apart two values of a scale are, for agreement that weighs by it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Literal, TypeVar

import numpy as np

from selfinstruct.statistics.values import Floats

Weights = Literal["nominal", "linear", "quadratic"]
"""Distance of two levels: 1 where they differ, steps between them, or steps squared."""

Level = TypeVar("Level", bound=Hashable)


def step_distances(levels: int, weights: Weights) -> Floats:
    """The distance between every two of so many ordered levels: shape (levels, levels).

    Raises:
        ValueError: ``weights`` is none of the three.
    """
    steps = np.abs(np.subtract.outer(np.arange(levels), np.arange(levels))).astype(np.float64)
    match weights:
        case "nominal":
            return np.asarray(steps > 0, dtype=np.float64)
        case "linear":
            return steps
        case "quadratic":
            return np.asarray(steps**2)
    raise ValueError(f"{weights!r} is none of nominal, linear, quadratic")


def ordinal_distances(frequencies: Floats) -> Floats:
    """The squared distance of ordered levels, counted in how many ratings lie between them.

    (Σ_{g=c…k} n_g − (n_c + n_k)/2)², with half of each end: Krippendorff, "Computing
    Krippendorff's alpha-reliability" (2011), section on ordinal data.
    """
    middles = np.cumsum(frequencies) - frequencies / 2
    return np.asarray(np.subtract.outer(middles, middles) ** 2)


def interval_distances(values: Sequence[float]) -> Floats:
    """The squared difference of every two numbers."""
    numbers = np.asarray(values, dtype=np.float64)
    return np.asarray(np.subtract.outer(numbers, numbers) ** 2)


def places_of(used: Sequence[Level], levels: Sequence[Level] | None) -> dict[Level, int]:
    """Where each level stands on its scale: as given, or in the order first used.

    Raises:
        ValueError: A level stands twice on the scale, or one that was used is missing there.
    """
    places = {level: place for place, level in enumerate(dict.fromkeys(levels or used))}
    if levels is not None and len(places) != len(levels):
        raise ValueError("a level stands twice on the scale")
    for level in used:
        if level not in places:
            raise ValueError(f"{level!r} is not on the scale")
    return places
