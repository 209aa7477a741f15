"""Finding items of a benchmark in training data, in three ways.

A text is an item's if both are equal but for case, punctuation and spacing; if they share a run of
so many words (13 in the GPT-3 paper, Brown et al., arXiv 2005.14165, appendix C; a character of Han
or kana counts as a word, two syllables of Hangul do); or if their ROUGE-L F1 reaches a threshold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from selfinstruct.filters.grounding import normalised
from selfinstruct.languages import UnicodeTokenizer
from selfinstruct.novelty import NoveltyIndex

WORDS = 13
_TELLING = 8  # words from which an input or an output alone tells where it is from
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")


class By(StrEnum):
    """How a hit was found."""

    EQUAL = "equal"
    NGRAM = "ngram"
    ROUGE = "rouge_l"


@dataclass(frozen=True, slots=True)
class Hit:
    """An item found in a text.

    Attributes:
        item: The number of the item, from 0.
        by: How.
        score: 1 for equal texts, the ROUGE-L F1, or the share of the item's runs of words that the
            text holds.
        text: What of the task was compared.
        found: What of the item it is like.
    """

    item: int
    by: By
    score: float
    text: str
    found: str


class Benchmark:
    """The items of a benchmark, each as one or several texts.

    Args:
        index: An empty index, with the threshold of ROUGE-L.
        words: How long a shared run of words must be.
    """

    def __init__(self, index: NoveltyIndex, words: int = WORDS) -> None:
        self._index = index
        self._length = words
        self._tokens = UnicodeTokenizer()
        self._items: list[tuple[int, str]] = []  # by row of the index: the item, and its text
        self._equal: dict[str, int] = {}  # by normalised text, a row
        self._runs: dict[int, int] = {}  # by hash of a run of words, a row
        self._counts: list[int] = []  # by row, how many runs it has
        self._number = 0

    def __len__(self) -> int:
        return self._number

    def is_telling(self, text: str) -> bool:
        """Whether ``text`` is long enough to be told by itself: "Paris" is in every benchmark."""
        return len(self._tokens.tokenize(text)) >= _TELLING

    def add(self, texts: Sequence[str]) -> None:
        """Add an item with the texts that may be found of it."""
        for text in dict.fromkeys(texts):
            if not text.strip():
                continue
            row = len(self._items)
            self._items.append((self._number, text))
            self._index.add(text)
            self._equal.setdefault(normalised(text, ()), row)
            runs = set(self._runs_of(text))
            self._counts.append(len(runs))
            for run in runs:
                self._runs.setdefault(run, row)
        self._number += 1

    def hits(self, texts: Sequence[str]) -> list[Hit]:
        """What of the benchmark ``texts`` hold: of each way the best hit."""
        best: dict[By, Hit] = {}
        for text in dict.fromkeys(texts):
            for hit in self._of(text):
                if hit.by not in best or hit.score > best[hit.by].score:
                    best[hit.by] = hit
        return [best[by] for by in By if by in best]

    def _of(self, text: str) -> Iterator[Hit]:
        if not text.strip():
            return
        plain = normalised(text, ())
        if plain and (row := self._equal.get(plain)) is not None:
            yield self._hit(row, By.EQUAL, 1.0, text)
        shared: dict[int, int] = {}
        for run in set(self._runs_of(text)):
            if (row := self._runs.get(run)) is not None:
                shared[row] = shared.get(row, 0) + 1
        if shared:
            row = max(shared, key=lambda one: (shared[one] / self._counts[one], -one))
            yield self._hit(row, By.NGRAM, shared[row] / self._counts[row], text)
        if match := self._index.nearest(text):
            yield self._hit(match.row, By.ROUGE, match.score, text)

    def _hit(self, row: int, by: By, score: float, text: str) -> Hit:
        item, found = self._items[row]
        return Hit(item, by, round(score, 6), text, found)

    def _runs_of(self, text: str) -> Iterator[int]:
        units = self._tokens.tokenize(text)
        # Two syllables of Hangul weigh about as much as a word; so runs that hold any are longer.
        for length, hangul in ((self._length, False), (2 * self._length, True)):
            for start in range(len(units) - length + 1):
                run = units[start : start + length]
                if any(map(_HANGUL.match, run)) is hangul:
                    yield hash(tuple(run))
