"""The interval of a share: Wilson's, which is right for few items and for shares near 0 or 1."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

from selfinstruct.statistics.values import CONFIDENCE, Share


def normal_quantile(confidence: float) -> float:
    """How many standard errors an interval reaches to either side: 1.96 for 0.95.

    Raises:
        ValueError: ``confidence`` is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
    return NormalDist().inv_cdf((1 + confidence) / 2)


def wilson(k: int, n: int, *, confidence: float = CONFIDENCE) -> Share:
    """The share ``k`` of ``n`` and its score interval, without continuity correction.

    (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n): Wilson, "Probable inference, the law of
    succession, and statistical inference", JASA 22 (1927). The interval always lies in [0, 1]
    and holds the share.

    Raises:
        ValueError: ``k`` is not in 0…n, or ``confidence`` is not between 0 and 1.
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no share")
    z = normal_quantile(confidence)
    if n == 0:
        return Share(k, n, None, None, None, "nothing was counted")
    share = k / n
    centre = share + z * z / (2 * n)
    reach = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    width = 1 + z * z / n
    # At either end the formula gives exactly 0 or 1, but for the last bits of a float.
    low = 0.0 if k == 0 else (centre - reach) / width
    high = 1.0 if k == n else (centre + reach) / width
    return Share(k, n, share, low, high)
