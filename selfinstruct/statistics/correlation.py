"""Whether two measures of the same items rise together.

The values stand in two lists, item by item; None says that one is missing, and such items do not
count.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from selfinstruct.statistics.agreement import rated_by_both
from selfinstruct.statistics.values import Figure, Floats


def pearson(first: Sequence[float | None], second: Sequence[float | None]) -> Figure:
    """Pearson's correlation, in [−1, 1]: how nearly the two lie on a line.

    Undefined for fewer than two items, and where one side is the same for all of them.

    Raises:
        ValueError: The lists are not of one length, or a value is not finite.
    """
    return _correlation(*_columns(first, second))


def spearman(first: Sequence[float | None], second: Sequence[float | None]) -> Figure:
    """Spearman's rank correlation, in [−1, 1]: how nearly the two have one order.

    Pearson's of the ranks, where equal values share the mean of their places. Undefined as
    Pearson's is.

    Raises:
        ValueError: The lists are not of one length, or a value is not finite.
    """
    one, other = _columns(first, second)
    return _correlation(mid_ranks(one), mid_ranks(other))


def mid_ranks(values: Floats) -> Floats:
    """The places of ``values`` in their order, from 1; equal ones share the mean of theirs."""
    _, where, many = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(many) - (many - 1) / 2)[where])


def _columns(
    first: Sequence[float | None], second: Sequence[float | None]
) -> tuple[Floats, Floats]:
    """Both values of the items that have both."""
    rows = np.asarray(rated_by_both(first, second), dtype=np.float64).reshape(-1, 2)
    if not np.isfinite(rows).all():
        raise ValueError("values must be finite numbers")
    return rows[:, 0], rows[:, 1]


def _correlation(one: Floats, other: Floats) -> Figure:
    n = len(one)
    if n < 2:
        return Figure(None, n, "fewer than two items have both values")
    for name, side in (("first", one), ("second", other)):
        if side.min() == side.max():
            return Figure(None, n, f"the {name} is the same for every item")
    left, right = _direction(one), _direction(other)
    # Rounding may lead a last bit beyond the ends.
    return Figure(float(np.clip(left @ right, -1, 1)), n)


def _direction(values: Floats) -> Floats:
    """What is left of the mean, of length 1; scaled first, so that no square is lost or endless."""
    scaled = values / np.abs(values).max()
    centred = scaled - scaled.mean()
    return np.asarray(centred / np.linalg.norm(centred))
