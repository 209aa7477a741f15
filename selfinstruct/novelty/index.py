"""The novelty index: which earlier text is nearest, and is it too near?

Verdicts, scores and ties are those of ``rouge_score`` with the same tokenizer. Tokens become
integers, so neither the size of the vocabulary nor the length of a text is limited by what a
character can encode.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq

from selfinstruct.languages.tokenizers import Tokenizer
from selfinstruct.novelty.scoring import f1, least_lcs, length_window
from selfinstruct.novelty.signatures import Shelf, signature


@dataclass(frozen=True, slots=True)
class Match:
    """An earlier text and how near it is.

    Attributes:
        row: The text's number in the index, from 0 in the order of adding.
        score: ROUGE-L F1 in [0, 1].
    """

    row: int
    score: float


class NoveltyIndex:
    """Texts in the order they were added, searchable by ROUGE-L F1.

    Args:
        tokenizer: Any object with ``tokenize(text) -> list[str]``.
        threshold: Texts at or above this ROUGE-L F1, in (0, 1], count as near.
    """

    def __init__(self, tokenizer: Tokenizer, threshold: float = 0.7) -> None:
        if not 0 < threshold <= 1:
            raise ValueError(f"threshold must be in (0, 1], not {threshold}")
        self.threshold = threshold
        self._tokenizer = tokenizer
        self._codes: dict[str, int] = {}
        self._tokens = array("I")
        self._starts = array("Q", [0])
        self._shelves: dict[int, Shelf] = {}

    def __len__(self) -> int:
        return len(self._starts) - 1

    @property
    def nbytes(self) -> int:
        """Bytes of the index's arrays, without the texts and without the vocabulary's strings."""
        arrays = self._tokens.itemsize * len(self._tokens) + self._starts.itemsize * len(self)
        return arrays + sum(shelf.nbytes for shelf in self._shelves.values())

    def add(self, text: str) -> int:
        """Add ``text`` without judging it; returns its row."""
        return self._add(self._tokenizer.tokenize(text))

    def nearest(self, text: str, floor: float | None = None) -> Match | None:
        """The nearest earlier text at or above ``floor`` (the index's threshold by default).

        Of equally near texts the earliest is given. With a floor of 0 the nearest text is
        found whatever its score, which costs more; None then means that the index is empty.
        """
        tokens = self._tokenizer.tokenize(text)
        if floor is None:
            return self._search(tokens, self.threshold)
        if floor > 0:
            return self._search(tokens, floor)
        # Lower the bar step by step: most texts have a neighbour that spares the full scan.
        for bar in (0.7, 0.5, 0.35, 0.2, 1e-9):
            if match := self._search(tokens, bar):
                return match
        return Match(0, 0.0) if len(self) else None

    def nearest_many(self, texts: Iterable[str]) -> Iterator[Match | None]:
        """:meth:`nearest` for each text; nothing is added in between."""
        return (self.nearest(text) for text in texts)

    def admit(self, text: str) -> Match | None:
        """Add ``text`` if it is novel and return None; otherwise return what it is too near to."""
        tokens = self._tokenizer.tokenize(text)
        match = self._search(tokens, self.threshold)
        if match is None:
            self._add(tokens)
        return match

    def admit_many(self, texts: Iterable[str]) -> Iterator[Match | None]:
        """:meth:`admit` for each text in order: first come, first kept."""
        return (self.admit(text) for text in texts)

    def _add(self, tokens: list[str]) -> int:
        codes = self._codes
        encoded = [codes.setdefault(token, len(codes)) for token in tokens]
        row = len(self)
        self._tokens.extend(encoded)
        self._starts.append(len(self._tokens))
        if encoded:  # a text without tokens is near to nothing, so no shelf needs it
            shelf = self._shelves.setdefault(len(encoded), Shelf())
            shelf.add(*signature(encoded), row)
        return row

    def _search(self, tokens: list[str], floor: float) -> Match | None:
        if not tokens:
            return None
        m = len(tokens)
        # A token the index has never seen matches nothing: it only lengthens the text.
        codes = self._codes
        known = [code for token in tokens if (code := codes.get(token)) is not None]
        low, high = signature(known)
        shortest, longest = length_window(m, floor)
        best: Match | None = None
        for n, shelf in self._shelves.items():
            if not shortest <= n <= longest:
                continue
            spare = len(known) - least_lcs(m, n, floor)
            if spare < 0:
                continue
            for row in shelf.lacking_at_most(low, high, spare):
                best = self._nearer(best, row, known, m, n, floor)
        return best

    def _nearer(
        self, best: Match | None, row: int, known: list[int], m: int, n: int, floor: float
    ) -> Match | None:
        start = self._starts[row]
        other = self._tokens[start : start + n].tolist()
        bar = floor if best is None else best.score
        lcs = LCSseq.similarity(known, other, score_cutoff=least_lcs(m, n, bar))
        if not lcs:
            return best
        score = f1(lcs, m, n)
        if best is None or score > best.score or (score == best.score and row < best.row):
            return Match(row, score)
        return best
