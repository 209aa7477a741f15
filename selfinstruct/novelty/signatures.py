"""128-bit signatures of token occurrences, kept on one shelf per text length.

Each occurrence of a token sets one bit (the second "the" of a text sets another bit than the
first). If a candidate of m tokens has u bits that another text's signature lacks, at least u of
its occurrences are missing there, so their LCS is at most m − u. One AND and one population
count thus rule out a text without reading it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

_MASK = (1 << 64) - 1
_STEP = 37  # odd, so the occurrences of one token walk over all 128 bits


def signature(tokens: Sequence[int]) -> tuple[int, int]:
    """The low and the high 64 bits of the signature of ``tokens`` (their integer codes)."""
    bits = 0
    seen: dict[int, int] = {}
    for token in tokens:
        count = seen.get(token, 0)
        seen[token] = count + 1
        bits |= 1 << ((token + _STEP * count) & 127)
    return bits & _MASK, bits >> 64


class Shelf:
    """The signatures of all texts of one length, inverted: a set bit means "lacks this".

    Arrays grow by half when full, so adding is amortised constant time; 20 bytes a text.
    """

    def __init__(self) -> None:
        self._lacks_low: Words = np.empty(8, np.uint64)
        self._lacks_high: Words = np.empty(8, np.uint64)
        self._rows: NDArray[np.uint32] = np.empty(8, np.uint32)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def nbytes(self) -> int:
        """Bytes held by the arrays."""
        return self._lacks_low.nbytes + self._lacks_high.nbytes + self._rows.nbytes

    def add(self, low: int, high: int, row: int) -> None:
        """Put the text numbered ``row`` with the signature ``(low, high)`` on the shelf."""
        if self._count == len(self._rows):
            size = self._count + self._count // 2
            self._lacks_low = np.resize(self._lacks_low, size)
            self._lacks_high = np.resize(self._lacks_high, size)
            self._rows = np.resize(self._rows, size)
        self._lacks_low[self._count] = low ^ _MASK
        self._lacks_high[self._count] = high ^ _MASK
        self._rows[self._count] = row
        self._count += 1

    def lacking_at_most(self, low: int, high: int, most: int) -> list[int]:
        """Rows whose signature lacks at most ``most`` bits of ``(low, high)``, in order."""
        count = self._count
        lacking = np.bitwise_count(self._lacks_low[:count] & np.uint64(low))
        lacking += np.bitwise_count(self._lacks_high[:count] & np.uint64(high))
        rows: list[int] = self._rows[np.flatnonzero(lacking <= most)].tolist()
        return rows
