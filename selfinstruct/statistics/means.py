"""Means with their intervals, over items or over groups of items, and differences of two."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from selfinstruct.statistics.resampling import ROUNDS, SEED, bootstrap, sums_by_group
from selfinstruct.statistics.values import CONFIDENCE, Estimate


def mean(
    values: Sequence[float],
    groups: Sequence[Hashable] | None = None,
    *,
    rounds: int = ROUNDS,
    seed: int = SEED,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """The mean of ``values``, in their unit, with a bootstrap interval.

    Args:
        values: One number for each item.
        groups: What each item belongs to, where items hang together (the task of an instance).
            Then groups are drawn, ``n`` is their number, and the mean still weighs items alike.
        rounds: How many samples are drawn.
        seed: What the draws begin with.
        confidence: The share of samples inside of the interval.

    Raises:
        ValueError: A value is not finite, or there are not as many groups as values.
    """
    rows = np.column_stack((np.asarray(values, dtype=np.float64), np.ones(len(values))))
    sums = rows if groups is None else sums_by_group(rows, groups)
    return bootstrap(sums, rounds=rounds, seed=seed, confidence=confidence)


def paired_difference(
    first: Sequence[float],
    second: Sequence[float],
    groups: Sequence[Hashable] | None = None,
    *,
    rounds: int = ROUNDS,
    seed: int = SEED,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """The mean of ``first`` minus that of ``second``, measured on the same items.

    An item is drawn with both of its values, so what makes it hard for both does not widen the
    interval. The other arguments are those of :func:`mean`.

    Raises:
        ValueError: The two are not of one length, or as :func:`mean` says.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} values cannot be paired with {len(second)}")
    differences = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    return mean(differences.tolist(), groups, rounds=rounds, seed=seed, confidence=confidence)
