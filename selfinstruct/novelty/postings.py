"""Which earlier texts share a rare enough token: an inverted index with length-aware prefixes.

Order the occurrences of tokens from rare to frequent, the same way for all texts. If texts of m and
n tokens have an LCS of at least a, they share at least a occurrences; so one of the first m − a + 1
of the one is among the first n − a + 1 of the other. Only that beginning of each text is posted, and
a posting says how long its text is and where in the order the occurrence stands, so that a search
passes over postings that cannot matter for its own length (prefix and positional filtering, as in
set-similarity joins: Bayardo et al. 2007, Xiao et al. 2008).

Tokens get their codes in the order in which they are first seen, and codes stand for rarity here:
what is frequent is seen early. Any fixed order is correct; a good one is only faster.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from selfinstruct.novelty.scoring import least_lcs, length_window

LONGEST = 255
"""Longer texts are not posted: they are few, and are searched one by one."""

_LENGTH = 32  # bits of a posting: the row below, the length from here, the place from 48
_PLACE = 48


@dataclass(frozen=True, slots=True)
class Plan:
    """What a search with a text of ``m`` tokens at one threshold needs to know.

    Attributes:
        least: By length n up to LONGEST, the least LCS; beyond any LCS where n cannot match.
        limits: By place i of the search's own occurrence and length n, the last place in the
            posted text that matters; −1 where none does.
        shortest: The shortest length that can match.
        longest: The longest length that can match.
    """

    least: NDArray[np.int32]
    limits: NDArray[np.int16]
    shortest: int
    longest: int


def plan(m: int, threshold: float) -> Plan:
    """The plan for texts of ``m`` tokens; worth keeping, as lengths recur."""
    shortest, longest = length_window(m, threshold)
    least = np.full(LONGEST + 1, 1 << 30, np.int32)
    for n in range(shortest, min(longest, LONGEST) + 1):
        least[n] = least_lcs(m, n, threshold)
    places = max(0, m - least_lcs(m, shortest, threshold) + 1)
    lengths = np.arange(LONGEST + 1)
    reach = np.where(least <= m, lengths - least, -1)
    own = np.arange(places)[:, None]
    limits = np.where(own <= m - least[None, :], reach[None, :], -1)
    return Plan(least, limits.astype(np.int16), shortest, longest)


class Postings:
    """The posted beginnings of texts.

    Args:
        threshold: The lowest threshold that searches will ask for, in (0, 1].
    """

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold
        self._posted: dict[int, array[int]] = {}
        self._begin: dict[int, int] = {}

    @property
    def nbytes(self) -> int:
        """Bytes held by the postings."""
        return sum(8 * len(posted) for posted in self._posted.values())

    def add(self, row: int, rare_first: Sequence[int]) -> None:
        """Post the beginning of text ``row``, given the codes of its occurrences, rare first."""
        n = len(rare_first)
        if not 0 < n <= LONGEST:
            return
        begin = self._begin.get(n)
        if begin is None:
            shortest, _ = length_window(n, self._threshold)
            begin = self._begin[n] = n - least_lcs(shortest, n, self._threshold) + 1
        posting = n << _LENGTH | row
        posted = self._posted
        for place in range(begin):
            code = rare_first[place]
            if code in posted:
                posted[code].append(place << _PLACE | posting)
            else:
                posted[code] = array("Q", (place << _PLACE | posting,))

    def rows(self, rare_first: Sequence[int], unknown: int, the: Plan) -> NDArray[np.int64]:
        """Rows that may be near, repeated where they share more than one occurrence.

        Args:
            rare_first: Codes of the occurrences that the index knows, rare first.
            unknown: How many more it does not know; they count as the rarest.
            the: The plan for this length and threshold.
        """
        found, places = [], []
        for place in range(unknown, min(len(the.limits), unknown + len(rare_first))):
            posted = self._posted.get(rare_first[place - unknown])
            if posted is not None:
                found.append(np.frombuffer(posted, np.uint64))
                places.append(place)
        if not found:
            return np.empty(0, np.int64)
        postings = np.concatenate(found)
        own = np.repeat(places, [len(part) for part in found])
        parts = postings.view(np.uint16).reshape(-1, 4)  # little-endian: row, row, length, place
        near = parts[:, 3] <= the.limits[own, parts[:, 2]]
        return (postings[near] & np.uint64(0xFFFFFFFF)).astype(np.int64)
