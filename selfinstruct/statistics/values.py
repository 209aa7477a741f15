"""What a computed figure is: its value, what it rests on, and why it may be missing.

A figure that cannot be computed is ``None`` with the reason in ``why``: never 0 or 1, which a
reader would take for a result. Shares and their intervals are fractions in [0, 1], not per cent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

CONFIDENCE = 0.95
"""How often an interval is to hold the truth, unless somebody asks otherwise."""

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number without an interval.

    Attributes:
        value: The number; None where it is undefined.
        n: How many units it rests on (items, or pairs of ratings).
        why: Why ``value`` is None; empty where there is one.
    """

    value: float | None
    n: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """``k`` of ``n``, with its interval.

    Attributes:
        k: How many had the property.
        n: How many were looked at.
        share: k/n in [0, 1]; None where n is 0.
        low: The lower end of the interval, in [0, 1].
        high: The upper end of the interval, in [0, 1].
        why: Why there is no share; empty where there is one.
    """

    k: int
    n: int
    share: float | None
    low: float | None
    high: float | None
    why: str = ""

    def row(self) -> dict[str, float | int | None]:
        """As plain values, rounded to six digits."""
        share, low, high = map(rounded, (self.share, self.low, self.high))
        return {"k": self.k, "n": self.n, "share": share, "low": low, "high": high}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean, or another statistic of a sample, with its interval.

    Attributes:
        value: The statistic of the sample; None where it is undefined.
        n: How many units it rests on: those that are drawn again for the interval.
        low: The lower end of the interval; None where there is none.
        high: The upper end of the interval; None where there is none.
        why: Why ``value``, or only the interval, is None; empty where all are there.
    """

    value: float | None
    n: int
    low: float | None
    high: float | None
    why: str = ""

    def row(self) -> dict[str, float | int | None]:
        """As plain values, rounded to six digits."""
        value, low, high = map(rounded, (self.value, self.low, self.high))
        return {"value": value, "n": self.n, "low": low, "high": high}


def rounded(value: float | None) -> float | None:
    """``value`` with as many digits as files hold."""
    return None if value is None else round(value, 6)


def undefined(n: int, why: str) -> Estimate:
    """An :class:`Estimate` without a value."""
    return Estimate(None, n, None, None, why)
