"""Intervals by the percentile bootstrap: what the statistic would be in samples drawn anew.

Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13. Units are drawn with
replacement. Where values hang together (instances of a task, votes about a prompt), their *groups*
are the units, each drawn with all that belongs to it (Davison and Hinkley 1997, section 3.8).

The same values in the same order give the same interval, with every version of numpy: what is
drawn comes from the bits of PCG64, which are promised never to change. Callers hand units over in
an order that does not depend on timing (by id).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from selfinstruct.statistics.intervals import normal_quantile
from selfinstruct.statistics.values import CONFIDENCE, Estimate, Floats, Integers, undefined

ROUNDS = 1000
"""How many samples are drawn anew."""

SEED = 0
"""What the draws begin with, unless somebody asks otherwise."""

_AT_ONCE = 1 << 21  # draws held in memory together: 16 MB of numbers
_ROUNDING = 1e-12  # what sums of equal numbers in another order may differ by

Statistic = Callable[[Floats], Floats]
"""From sums, shape (…, k), to the statistic, shape (…); not a number where it is undefined."""


def ratio(sums: Floats) -> Floats:
    """The first of two sums divided by the second: a mean from (sum of values, count)."""
    below = np.where(sums[..., 1] == 0, np.nan, sums[..., 1])
    return np.asarray(sums[..., 0] / below)


def draws(units: int, rounds: int, seed: int) -> Iterator[Integers]:
    """How often each unit was drawn: blocks of shape (rounds of the block, units).

    Each row sums to ``units``; together the blocks have ``rounds`` rows.
    """
    bits = np.random.PCG64(seed)
    at_once = max(1, _AT_ONCE // units)
    for begin in range(0, rounds, at_once):
        many = min(at_once, rounds - begin)
        drawn = bits.random_raw(many * units) % np.uint64(units)
        places = drawn.astype(np.int64) + np.repeat(np.arange(many) * units, units)
        yield np.bincount(places, minlength=many * units).reshape(many, units)


def resampled(sums: Floats, *, rounds: int = ROUNDS, seed: int = SEED) -> Floats:
    """The totals of samples drawn anew: from (units, k) to (rounds, k)."""
    return np.concatenate([counts @ sums for counts in draws(len(sums), rounds, seed)])


def percentiles(samples: Floats, confidence: float = CONFIDENCE) -> tuple[Floats, Floats]:
    """The two ends of the middle ``confidence`` of ``samples``, along the first axis."""
    tail = (1 - confidence) / 2
    low, high = np.quantile(samples, [tail, 1 - tail], axis=0)
    return low, high


def estimate(value: float, samples: Floats, units: int, confidence: float = CONFIDENCE) -> Estimate:
    """A value with the interval of what samples of ``units`` units gave, one number a sample.

    Samples in which it is undefined (not a number) are left out. There is no interval where they
    are so many that they would reach beyond it, nor where all samples gave one value: ten wins of
    ten do not show that there will never be a loss, though no sample of them holds one.
    """
    if units < 2:
        return Estimate(value, units, None, None, "one unit says nothing of how far others differ")
    defined = samples[np.isfinite(samples)]
    if len(defined) < confidence * len(samples):
        return Estimate(value, units, None, None, "undefined in too many of the samples")
    if np.ptp(defined) <= _ROUNDING * max(1, abs(value)):
        return Estimate(value, units, None, None, "all samples gave one value: nothing varied")
    low, high = percentiles(defined, confidence)
    return Estimate(value, units, float(low), float(high))


def sums_by_group(values: npt.ArrayLike, groups: Sequence[Hashable]) -> Floats:
    """The rows of ``values``, shape (n, k), added up by group: shape (groups, k).

    Groups stand in the order in which they first occur.

    Raises:
        ValueError: There are not as many groups as rows.
    """
    rows = np.asarray(values, dtype=np.float64)
    if len(rows) != len(groups):
        raise ValueError(f"{len(rows)} rows, but the groups of {len(groups)}")
    places = {group: place for place, group in enumerate(dict.fromkeys(groups))}
    sums = np.zeros((len(places), *rows.shape[1:]))
    np.add.at(sums, [places[group] for group in groups], rows)
    return sums


def bootstrap(
    sums: npt.ArrayLike,
    statistic: Statistic = ratio,
    *,
    rounds: int = ROUNDS,
    seed: int = SEED,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Any statistic of sums over units, with the interval that drawing units anew gives.

    Args:
        sums: What each unit adds, shape (units, k): one row an item or a group.
        statistic: From totals of shape (…, k) to values of shape (…).
        rounds: How many samples are drawn, 1 or more.
        seed: What the draws begin with.
        confidence: The share of samples inside of the interval.

    Returns:
        The statistic of the totals. There is no interval with fewer than two units, nor where
        samples do not say what it is, as :func:`estimate` tells.

    Raises:
        ValueError: ``sums`` has not two dimensions or holds what is not finite; or ``confidence``
            is not between 0 and 1.
    """
    rows = np.asarray(sums, dtype=np.float64)
    normal_quantile(confidence)  # refuses what is no confidence
    if rows.ndim != 2 or not np.isfinite(rows).all():
        raise ValueError("sums must be finite numbers, a row for each unit")
    units = len(rows)
    if units == 0:
        return undefined(0, "there is nothing to average")
    value = float(statistic(rows.sum(axis=0)))
    if not np.isfinite(value):
        return undefined(units, "the statistic is undefined for these values")
    samples = statistic(resampled(rows, rounds=rounds, seed=seed))
    return estimate(value, samples, units, confidence)
