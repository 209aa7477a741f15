"""Texts as numbers, to be handed to workers: a few bytes a token, and no strings to make again."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Spoken:
    """Texts as numbers of the words that they hold.

    Attributes:
        words: The different tokens.
        codes: For each token of each text in turn, its place in ``words``.
        lengths: Of each text, how many tokens it has.
    """

    words: list[str]
    codes: NDArray[np.uint32]
    lengths: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Coded:
    """Texts as codes of tokens: equal tokens have equal codes in all texts of one run.

    Attributes:
        codes: The codes, text after text.
        starts: Where each text begins in ``codes``, and where the last one ends.
    """

    codes: NDArray[np.uint32]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def of(self, place: int) -> list[int]:
        """The codes of one text."""
        found: list[int] = self.codes[self.starts[place] : self.starts[place + 1]].tolist()
        return found

    def some(self, places: Sequence[int]) -> Coded:
        """The texts in ``places``, in that order; -1 stands for one without tokens."""
        starts = self.starts.tolist()
        parts = [
            self.codes[starts[one] : starts[one + 1]] if one >= 0 else self.codes[:0]
            for one in places
        ]
        lengths = np.fromiter(map(len, parts), np.int64, len(parts))
        return Coded(np.concatenate(parts) if parts else self.codes[:0], _starts(lengths))


def spoken(texts: Iterable[Sequence[str]]) -> Spoken:
    """Texts, given as their tokens, as numbers."""
    places: dict[str, int] = {}
    codes: list[int] = []
    lengths: list[int] = []
    for tokens in texts:
        codes += [places.setdefault(token, len(places)) for token in tokens]
        lengths.append(len(tokens))
    return Spoken(list(places), np.array(codes, np.uint32), np.array(lengths, np.int64))


class Codes:
    """The codes of a run, given out in the order in which tokens are first seen."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def of(self, parts: Iterable[Spoken]) -> Coded:
        """All texts of ``parts``, one part after the other."""
        known = self._codes
        codes, lengths = [np.empty(0, np.uint32)], [np.empty(0, np.int64)]
        for part in parts:
            ours = [known.setdefault(word, len(known)) for word in part.words]
            codes.append(np.array(ours, np.uint32)[part.codes])
            lengths.append(part.lengths)
        return Coded(np.concatenate(codes), _starts(np.concatenate(lengths)))


def _starts(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.fromiter(itertools.accumulate(lengths.tolist(), initial=0), np.int64)
