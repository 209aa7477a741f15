"""Which earlier texts share a rare enough token: an inverted index with length-aware prefixes.

Order the occurrences of tokens from rare to frequent, the same way for all texts. If texts of m
and n tokens have an LCS of at least a, they share at least a occurrences; so one of the first
m − a + 1 of the one is among the first n − a + 1 of the other. Only that beginning of each text is
posted, and a posting says how long its text is and where in the order the occurrence stands, so
that a search passes over postings that cannot matter for its own length (prefix and positional
filtering, as in set-similarity joins: Bayardo et al. 2007, Xiao et al. 2008).

Tokens get their codes in the order in which they are first seen, and codes stand for rarity here:
what is frequent is seen early. Any fixed order is correct; a good one is only faster.
"""

from __future__ import annotations

import bisect
import itertools
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from selfinstruct.novelty.scoring import least_lcs, length_window

LONGEST = 255
"""Longer texts are not posted: they are few, and are searched one by one."""

_FINE = 16  # steps of the reach in one place
_WORD = np.uint64(0xFFFFFFFF)
_NONE, _NO_LENGTHS = np.empty(0, np.uint32), np.empty(0, np.uint8)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a search with a text of ``m`` tokens at one threshold needs to know.

    Attributes:
        least: By length n up to LONGEST, the least LCS; beyond any LCS where n cannot match.
        longest_at: By place of the search's own occurrence, the longest length (up to LONGEST)
            that can match there.
        reach: The least reach of a posting that matters; see :class:`Postings`.
        shortest: The shortest length that can match.
        longest: The longest length that can match.
    """

    least: NDArray[np.int32]
    longest_at: list[int]
    reach: int
    shortest: int
    longest: int


def plan(m: int, threshold: float) -> Plan:
    """The plan for texts of ``m`` tokens; worth keeping, as lengths recur."""
    shortest, longest = length_window(m, threshold)
    least = np.full(LONGEST + 1, 1 << 30, np.int32)
    for n in range(shortest, min(longest, LONGEST) + 1):
        least[n] = least_lcs(m, n, threshold)
    places = max(0, m - least_lcs(m, shortest, threshold) + 1)
    longest_at = [
        max((n for n in range(LONGEST + 1) if place <= m - least[n]), default=0)
        for place in range(places)
    ]
    # One step less than the sum says: rounding must never lose a posting.
    reach = max(0, int(_FINE * threshold * m / 2) - 1)
    return Plan(least, longest_at, reach, shortest, longest)


@dataclass(slots=True)
class _Posted:
    """The postings of one occurrence: of each text its row, its length and its reach."""

    rows: array[int]
    lengths: array[int]
    reaches: array[int]


class Postings:
    """The posted beginnings of texts; 7 bytes for each occurrence posted.

    An occurrence at place p of a text of n tokens matters to a search of m tokens when
    p ≤ n − t·(m + n)/2, that is when n·(1 − t/2) − p, its *reach*, is at least t·m/2. The reach is
    kept in sixteenths, so that one comparison tells. It is rounded so that nothing is lost; what
    passes for a rounding is ruled out by the signatures.

    Args:
        threshold: The lowest threshold t that searches will ask for, in (0, 1].
    """

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold
        self._posted: dict[int, _Posted] = {}
        self._begin: dict[int, int] = {}

    @property
    def nbytes(self) -> int:
        """Bytes held by the postings."""
        return sum(7 * len(posted.rows) for posted in self._posted.values())

    def add(self, row: int, rare_first: Sequence[int]) -> None:
        """Post the beginning of text ``row``, given the codes of its occurrences, rare first."""
        n = len(rare_first)
        if not 0 < n <= LONGEST:
            return
        reach = self._reach(n)
        for code in rare_first[: self._begins(n)]:
            posted = self._of(code)
            posted.rows.append(row)
            posted.lengths.append(n)
            posted.reaches.append(reach)
            reach -= _FINE

    def add_many(self, first: int, codes: NDArray[np.uint32], lengths: NDArray[np.int64]) -> None:
        """Post the beginnings of the texts from row ``first`` on, all at once.

        Args:
            first: The row of the first text.
            codes: The codes of all occurrences, text after text, in any order within a text.
            lengths: The number of occurrences of each text.
        """
        texts = np.repeat(np.arange(len(lengths), dtype=np.uint64), lengths)
        # Sorted by text, and within a text by falling code: rare first.
        keys = np.sort(texts << np.uint64(32) | (_WORD - codes.astype(np.uint64)))
        codes = (_WORD - (keys & _WORD)).astype(np.uint32)
        text = (keys >> np.uint64(32)).astype(np.int64)
        places = np.arange(len(keys)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        begins = np.array([self._begins(n) for n in range(LONGEST + 1)] + [0])
        posted = places < begins[np.minimum(lengths, LONGEST + 1)][text]
        order = np.flatnonzero(posted)
        order = order[np.argsort(codes[order], kind="stable")]
        codes, text, places = codes[order], text[order], places[order]
        n = lengths[text]
        reach = np.array([self._reach(n) for n in range(LONGEST + 1)])[n] - _FINE * places
        rows = (first + text).astype(np.uint32)
        borders = np.flatnonzero(np.diff(codes)) + 1
        for start, end in itertools.pairwise([0, *borders.tolist(), len(codes)]):
            if start < end:
                of = self._of(int(codes[start]))
                of.rows.frombytes(rows[start:end].tobytes())
                of.lengths.frombytes(n[start:end].astype(np.uint8).tobytes())
                of.reaches.frombytes(reach[start:end].astype(np.uint16).tobytes())

    def cut(self, first: int, codes: Iterable[int]) -> None:
        """Forget the texts from row ``first`` on, which hold the occurrences ``codes``."""
        for code in codes:
            if (posted := self._posted.get(code)) is not None:
                place = bisect.bisect_left(posted.rows, first)
                del posted.rows[place:], posted.lengths[place:], posted.reaches[place:]

    def _of(self, code: int) -> _Posted:
        posted = self._posted.get(code)
        if posted is None:
            posted = self._posted[code] = _Posted(array("I"), array("B"), array("H"))
        return posted

    def _begins(self, n: int) -> int:
        """How many occurrences of a text of ``n`` tokens are posted."""
        begin = self._begin.get(n)
        if begin is None:
            shortest, _ = length_window(n, self._threshold) if n else (0, 0)
            begin = n - least_lcs(shortest, n, self._threshold) + 1 if n else 0
            self._begin[n] = begin
        return begin

    def _reach(self, n: int) -> int:
        """The reach of the first occurrence of a text of ``n`` tokens."""
        return int(_FINE * n * (1 - self._threshold / 2))

    def near(
        self, rare_first: Sequence[int], unknown: int, the: Plan
    ) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
        """Rows that may be near and their lengths, repeated where they share more occurrences.

        Args:
            rare_first: Codes of the occurrences that the index knows, rare first.
            unknown: How many more it does not know; they count as the rarest.
            the: The plan for this length and threshold.
        """
        rows, lengths = [_NONE], [_NO_LENGTHS]
        for code, longest in zip(rare_first, the.longest_at[unknown:], strict=False):
            posted = self._posted.get(code)
            if posted is None:
                continue
            long = np.frombuffer(posted.lengths, np.uint8)
            reaching = np.frombuffer(posted.reaches, np.uint16) >= the.reach
            reaching &= long <= longest
            matters = reaching.nonzero()[0]
            rows.append(np.frombuffer(posted.rows, np.uint32)[matters])
            lengths.append(long[matters])
        return np.concatenate(rows), np.concatenate(lengths)
