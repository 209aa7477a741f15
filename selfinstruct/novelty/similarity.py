"""Similarity to everything: the figures that the released Self-Instruct code stores.

For each accepted instruction it keeps the most similar earlier ones and the mean over all of them.
That needs a score for every pair, so it is linear in the pool and only done on request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import LCSseq

from selfinstruct.languages.tokenizers import Tokenizer
from selfinstruct.novelty.scoring import f1

_CHARACTERS = 0x110000  # as many tokens can be told apart as characters


@dataclass(frozen=True, slots=True)
class Similar:
    """How one text relates to all earlier ones.

    Attributes:
        most: Rows and scores of the most similar texts, best first; of equal ones the earliest.
        mean: The mean ROUGE-L F1 over all earlier texts; 0 when there are none.
    """

    most: tuple[tuple[int, float], ...]
    mean: float


class SimilarityTable:
    """All texts so far, as strings of one character a token.

    Args:
        tokenizer: What ROUGE-L is computed over.
        count: How many of the most similar texts to tell.
    """

    def __init__(self, tokenizer: Tokenizer, count: int) -> None:
        self._tokenizer = tokenizer
        self._count = count
        self._codes: dict[str, int] = {}
        self._texts: list[Sequence[int] | str] = []
        self._lengths: list[int] = []

    def add(self, text: str) -> None:
        """Count ``text`` among the earlier ones."""
        encoded = self._encoded(text)
        self._texts.append(encoded)
        self._lengths.append(len(encoded))

    def similar(self, text: str) -> Similar:
        """The figures for ``text`` against all texts added so far."""
        if not self._texts:
            return Similar((), 0.0)
        encoded = self._encoded(text)
        lcs = process.cdist([encoded], self._texts, scorer=LCSseq.similarity, dtype=np.int32)[0]
        scores = self._scores(lcs, len(encoded))
        best = np.argsort(-scores, kind="stable")[: self._count]
        most = tuple((int(row), float(scores[row])) for row in best)
        return Similar(most, float(scores.mean()))

    def _scores(self, lcs: NDArray[np.int32], m: int) -> NDArray[np.float64]:
        # Few pairs of numbers occur, so rouge-score's formula is evaluated once for each.
        pairs, places = np.unique(
            np.stack([lcs, np.array(self._lengths, np.int32)]), axis=1, return_inverse=True
        )
        values = [f1(int(length), m, int(n)) if length else 0.0 for length, n in pairs.T]
        return np.array(values)[places.reshape(-1)]

    def _encoded(self, text: str) -> Sequence[int] | str:
        codes = self._codes
        encoded = [codes.setdefault(token, len(codes)) for token in self._tokenizer.tokenize(text)]
        if len(codes) < _CHARACTERS:
            return "".join(map(chr, encoded))
        if self._texts and isinstance(self._texts[0], str):
            self._texts = [list(map(ord, text)) for text in self._texts if isinstance(text, str)]
        return encoded
