"""128-bit signatures of token occurrences.

Each occurrence of a token sets one bit (the second "the" of a text sets another bit than the
first). If a text of m tokens has u bits that another text's signature lacks, at least u of its
occurrences are missing there, so their LCS is at most m − u. One AND and one population count thus
rule out a text without reading it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MASK = (1 << 64) - 1


def signature(occurrences: Iterable[int]) -> tuple[int, int]:
    """The low and the high 64 bits of the signature of a text, from its occurrences' codes."""
    bits = 0
    for code in occurrences:
        bits |= 1 << (code & 127)
    return bits & _MASK, bits >> 64


class Signatures:
    """The signatures of all texts by row, inverted: a set bit means "lacks this"."""

    def __init__(self) -> None:
        self._low = array("Q")
        self._high = array("Q")

    @property
    def nbytes(self) -> int:
        """Bytes held by the signatures."""
        return 8 * (len(self._low) + len(self._high))

    def add(self, low: int, high: int) -> None:
        """Keep the signature of the next row."""
        self._low.append(low ^ _MASK)
        self._high.append(high ^ _MASK)

    def add_many(
        self, codes: NDArray[np.uint32], starts: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> None:
        """Keep the signatures of the next rows, whose occurrences' codes stand in a row."""
        bits = np.left_shift(np.uint64(1), (codes & 63).astype(np.uint64))
        upper = (codes & 64).astype(bool)
        some = lengths > 0
        for held, part in (
            (self._low, np.where(upper, 0, bits).astype(np.uint64)),
            (self._high, np.where(upper, bits, 0).astype(np.uint64)),
        ):
            words = np.zeros(len(lengths), np.uint64)
            if some.any():
                words[some] = np.bitwise_or.reduceat(part, starts[some])
            held.frombytes((~words).tobytes())

    def cut(self, first: int) -> None:
        """Forget the rows from ``first`` on."""
        del self._low[first:], self._high[first:]

    def lacking_at_most(
        self, spare: NDArray[np.integer[Any]], low: int, high: int, rows: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Those of ``rows`` that lack at most ``spare`` bits (one number each) of the two words."""
        lacking = np.bitwise_count(np.frombuffer(self._low, np.uint64)[rows] & np.uint64(low))
        # Most lack too many in the first half already, and their second half is not fetched.
        left = np.flatnonzero(lacking <= spare)
        rows, lacking, spare = rows[left], lacking[left], spare[left]
        lacking += np.bitwise_count(np.frombuffer(self._high, np.uint64)[rows] & np.uint64(high))
        near: NDArray[np.int64] = rows[lacking <= spare]
        return near
