"""A novelty index with a tail: texts that are not kept yet, and may not be.

A block of texts is judged by many workers at the same time. Each has what was kept before and,
behind it, the whole block; so one search finds what a text is near to in both.
"""

from __future__ import annotations

from collections.abc import Sequence

from selfinstruct.novelty.coded import Coded
from selfinstruct.novelty.index import Match, NoveltyIndex
from selfinstruct.novelty.scoring import Bar

_CHUNK = 20_000  # texts added at a time, as in the index


class _Spelt:
    """The tokenizer of an index that is given tokens: no text ever comes to it."""

    def tokenize(self, text: str) -> list[str]:
        """The text as one token."""
        return [text]


class TailedIndex(NoveltyIndex):
    """An index of texts that are codes of tokens already; the last can be taken out again."""

    def __init__(self, bar: Bar) -> None:
        super().__init__(_Spelt(), bar.threshold)
        self._bar = bar

    def add_coded(self, texts: Coded) -> None:
        """Add texts without judging them."""
        for first in range(0, len(texts), _CHUNK):
            end = min(first + _CHUNK, len(texts))
            self._add_chunk([texts.of(place) for place in range(first, end)])

    def cut(self, count: int) -> None:
        """Keep the first ``count`` texts alone. What their tokens are called stays as it is."""
        start = self._starts[count]
        held: set[int] = set()
        for row in range(count, len(self)):
            codes = self._tokens[self._starts[row] : self._starts[row + 1]].tolist()
            held.update(self._vocabulary.occurrences(codes))
        self._postings.cut(count, held)
        self._signatures.cut(count)
        while self._long and self._long[-1] >= count:
            self._long.pop()
        del self._tokens[start:], self._starts[count + 1 :]

    def near_in_both(
        self, codes: Sequence[int], first: int, reach: int
    ) -> tuple[Match | None, list[Match]]:
        """What is near to a text: the nearest before the tail, and all of the tail.

        Args:
            codes: The text.
            first: The row where the tail begins.
            reach: The row where what is looked at ends.
        """
        if not codes:
            return None, []
        search = self._searched(codes)
        best: Match | None = None
        tail: list[Match] = []
        for row in self._candidates(search, self.threshold):
            if row >= reach:
                continue
            if row < first and not self._bar.below:
                best = self._nearer(best, row, search, self.threshold)
                continue
            floor = self._bar.of(search.m, self._starts[row + 1] - self._starts[row])
            if (found := self._nearer(None, row, search, floor)) is None:
                continue
            if row >= first:
                tail.append(found)
            elif best is None or (-found.score, row) < (-best.score, best.row):
                best = found
        return best, tail
