"""ROUGE-L F1 from an integer LCS, to the last bit as rouge-score computes it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


def f1(lcs: int, m: int, n: int) -> float:
    """ROUGE-L F1 of texts of ``m`` and ``n`` tokens whose longest common subsequence is ``lcs``.

    The operations and their order are those of ``rouge_score.scoring.fmeasure``, so that ties at
    a threshold fall the same way. An empty side gives 0. The result is in [0, 1] and symmetric.
    """
    if lcs == 0:
        return 0.0
    precision, recall = lcs / n, lcs / m
    return 2 * precision * recall / (precision + recall)


@dataclass(frozen=True, slots=True)
class Bar:
    """What the ROUGE-L F1 of two texts must reach for them to be near.

    Attributes:
        threshold: Of texts that are long enough, in (0, 1].
        below: From how many tokens on a text is long enough.
        least: Where one of them is not.
    """

    threshold: float
    below: int = 0
    least: float = 0.0

    def of(self, m: int, n: int) -> float:
        """That of texts of ``m`` and ``n`` tokens."""
        return self.least if min(m, n) < self.below else self.threshold


def with_ties(threshold: float) -> float:
    """A threshold at which texts of exactly ``threshold`` are near, however the formula rounds.

    rouge-score's own makes 0.7499999999999999 of 2·12/(19+13), and 0.75 of other pairs that are as
    near. Scores are fractions of small numbers: none but those ties lies in so narrow a gap.
    """
    return threshold - 1e-9


@lru_cache(maxsize=1 << 16)
def least_lcs(m: int, n: int, threshold: float) -> int:
    """The least LCS with which texts of ``m`` and ``n`` tokens reach ``threshold``.

    Larger than ``min(m, n)`` when no subsequence is long enough. ``threshold`` is in (0, 1].
    """
    lcs = max(1, int(threshold * (m + n) / 2) - 1)
    # One less than the division says, which may be off by one; the formula itself decides.
    while lcs <= min(m, n) and f1(lcs, m, n) < threshold:
        lcs += 1
    return lcs


@lru_cache(maxsize=1 << 12)
def length_window(m: int, threshold: float) -> tuple[int, int]:
    """The shortest and the longest text, in tokens, that can reach ``threshold`` with ``m`` ≥ 1.

    From F1 = 2·LCS/(m+n) and LCS ≤ min(m, n): n lies in m·t/(2−t) … m·(2−t)/t.
    """
    least = max(1, int(m * threshold / (2 - threshold)) - 1)
    # No text has 2⁴⁰ tokens; beyond it, steps of one would be lost in a float.
    most = min(int(m * (2 - threshold) / threshold) + 2, 1 << 40)
    while least_lcs(m, least, threshold) > least:
        least += 1
    while least_lcs(m, most, threshold) > m:
        most -= 1
    return least, most
