"""Small figures that several sections show: shares, bars, quantiles, samples."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


def share(part: float, whole: float) -> float:
    """``part`` of ``whole``, in [0, 1], to four places; 0 of nothing is 0."""
    return round(part / whole, 4) if whole else 0.0


def mean(values: Sequence[float]) -> float | None:
    """The mean to four places; None of nothing."""
    return round(sum(values) / len(values), 4) if values else None


def score_bars(scores: Iterable[float], width: float = 0.05) -> list[int]:
    """How many of ``scores``, in [0, 1], lie in each bin of ``width``; 1 is in the last."""
    bars = [0] * round(1 / width)
    for score in scores:
        # Scores such as 0.15 lie on a border but for their last bit: they belong above it.
        bars[min(int(score / width + 1e-9), len(bars) - 1)] += 1
    return bars


def length_bars(lengths: Iterable[int], width: int, count: int) -> list[int]:
    """How many of ``lengths`` lie in each bin of ``width``; the last holds all beyond it too."""
    bars = [0] * count
    for length in lengths:
        bars[min(length // width, count - 1)] += 1
    return bars


def quantile(ordered: Sequence[float], at: float) -> float:
    """The value below which ``at`` of ``ordered`` lie, drawn straight between neighbours."""
    place = at * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return round(ordered[low] + (ordered[high] - ordered[low]) * (place - low), 2)


def commonest(found: Mapping[str, int], most: int) -> list[tuple[str, int]]:
    """The ``most`` commonest keys; of equally common ones the first by letters."""
    return heapq.nsmallest(most, found.items(), key=lambda one: (-one[1], one[0]))


def counted(name: str, found: Counter[str], most: int) -> list[dict[str, Any]]:
    """The commonest, as rows of ``name`` and ``count``."""
    return [{name: key, "count": count} for key, count in commonest(found, most)]


def lowest(keys: Sequence[str], most: int, purpose: str) -> list[int]:
    """The places of a sample of ``most``, in order: those with the lowest digests.

    A larger sample holds the smaller one, and a growing set changes little of it.
    """
    if most >= len(keys):
        return list(range(len(keys)))
    digests = [(hashlib.sha256(f"{purpose}|{key}".encode("utf-8", "replace")).digest(), place)
               for place, key in enumerate(keys)]  # fmt: skip
    return sorted(place for _, place in heapq.nsmallest(most, digests))
