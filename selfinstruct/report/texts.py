"""Texts as rows of small numbers, so that many of them can be compared at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import LCSseq

from selfinstruct.languages import Tokenizer

Scores: TypeAlias = NDArray[np.float64]
Text: TypeAlias = Sequence[int] | str
"""A text as its tokens, each a number or a character."""

_SURROGATES = range(0xD800, 0xE000)  # no characters, though numbers
_CHARACTERS = 0x110000
_CHUNK = 1_000_000  # pairs compared at a time: some 40 bytes each


class Encoder:
    """Texts as strings of one character a token, for libraries that compare strings.

    Args:
        tokenizer: What splits texts.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._codes: dict[str, int] = {}

    def encode(self, texts: Iterable[str]) -> list[Text]:
        """The texts, in order; as lists of numbers once there are more tokens than characters."""
        coded = [[self._code(token) for token in self._tokenizer.tokenize(text)] for text in texts]
        if self._codes and max(self._codes.values()) >= _CHARACTERS:
            return list(coded)
        return ["".join(map(chr, codes)) for codes in coded]

    def _code(self, token: str) -> int:
        code = len(self._codes)
        if code >= _SURROGATES.start:
            code += len(_SURROGATES)
        return self._codes.setdefault(token, code)


def rouge_l(left: Sequence[Text], right: Sequence[Text]) -> Iterable[tuple[int, Scores]]:
    """ROUGE-L F1 of each of ``left`` with all of ``right``, a few rows at a time.

    Yields:
        The place of the first row, and scores in [0, 1], one row for each of ``left``.
    """
    n = np.fromiter(map(len, right), np.int64, len(right))
    step = max(1, _CHUNK // max(len(right), 1))
    for first in range(0, len(left), step):
        rows = left[first : first + step]
        lcs = process.cdist(rows, right, scorer=LCSseq.similarity, dtype=np.int32)
        m = np.fromiter(map(len, rows), np.int64, len(rows))
        # F1 = 2·LCS / (m + n), which is rouge-score's formula but for the last bits.
        yield first, 2.0 * lcs / np.maximum(m[:, None] + n[None, :], 1)
