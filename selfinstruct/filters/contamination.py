"""Finding items of a benchmark in training data, in four ways.

A text is an item's if both are equal but for case, punctuation and spacing; if it holds the whole
of an item that is shorter than a run; if they share a run of so many words (13 in the GPT-3 paper,
Brown et al., arXiv 2005.14165, appendix C; a character of Han or kana counts as a word, two
syllables of Hangul do); or if their ROUGE-L F1 reaches a threshold. ROUGE-L is asked only of texts
of ten tokens and more: below, on public benchmarks, it found nothing but other questions of the
same frame ("What is the highest mountain in the world?", "What is the largest desert …?").
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from selfinstruct.filters.grounding import normalised
from selfinstruct.languages import UnicodeTokenizer
from selfinstruct.novelty import NoveltyIndex

WORDS = 13
_TELLING = 8  # words from which an input or an output alone tells where it is from
_LEAST_WHOLE = 5  # words of an item that is looked for inside longer texts
_LEAST_WHOLE_HAN = 8  # the same in characters: five of them are no more than a phrase
_LEAST_ROUGE = 10
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_HAN = re.compile("[\u3005-\u30ff\u31f0-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


class By(StrEnum):
    """How a hit was found, the plainest first."""

    EQUAL = "equal"
    WHOLE = "whole"
    NGRAM = "ngram"
    ROUGE = "rouge_l"


@dataclass(frozen=True, slots=True)
class Hit:
    """An item found in a text.

    Attributes:
        item: The number of the item, from 0.
        by: How.
        score: 1 for equal texts and whole items, the ROUGE-L F1, or the share of the item's runs
            of words that the text holds.
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
        self._items: list[tuple[int, str]] = []  # by row: the item, and its text
        self._indexed: list[int] = []  # by row of the index, the row
        self._equal: dict[str, list[int]] = {}  # by normalised text, rows
        self._whole: dict[int, dict[bytes, list[int]]] = {}  # by length and digest, rows
        self._runs: dict[bytes, list[int]] = {}  # by digest of a run of words, rows
        self._counts: list[int] = []  # by row, how many runs it has
        self._number = 0

    def __len__(self) -> int:
        return self._number

    @property
    def items(self) -> list[list[str]]:
        """The texts of each item, to make the same benchmark of elsewhere."""
        texts: list[list[str]] = [[] for _ in range(self._number)]
        for number, text in self._items:
            texts[number].append(text)
        return texts

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
            units = self._tokens.tokenize(text)
            if len(units) >= _LEAST_ROUGE:
                self._index.add(text)
                self._indexed.append(row)
            self._equal.setdefault(normalised(text, ()), []).append(row)
            runs = set(self._runs_of(units))
            self._counts.append(len(runs))
            for run in runs:
                self._runs.setdefault(run, []).append(row)
            if not runs and len(units) >= _least_whole(units):
                whole = self._whole.setdefault(len(units), {})
                whole.setdefault(_digest(units), []).append(row)
        self._number += 1

    def hits(self, texts: Sequence[str]) -> list[Hit]:
        """What of the benchmark ``texts`` hold: of each item the plainest hit, these first."""
        best: dict[int, Hit] = {}
        for text in dict.fromkeys(texts):
            for hit in self._of(text):
                before = best.get(hit.item)
                if before is None or _plainness(hit) < _plainness(before):
                    best[hit.item] = hit
        return sorted(best.values(), key=lambda hit: (*_plainness(hit), hit.item))

    def _of(self, text: str) -> Iterator[Hit]:
        if not text.strip():
            return
        plain = normalised(text, ())
        for row in self._equal.get(plain, ()) if plain else ():
            yield self._hit(row, By.EQUAL, 1.0, text)
        units = self._tokens.tokenize(text)
        yield from (self._hit(row, By.WHOLE, 1.0, text) for row in self._held_by(units))
        shared: dict[int, int] = {}
        for run in set(self._runs_of(units)):
            for row in self._runs.get(run, ()):
                shared[row] = shared.get(row, 0) + 1
        for row, count in shared.items():
            yield self._hit(row, By.NGRAM, count / self._counts[row], text)
        if len(units) >= _LEAST_ROUGE:
            for match in self._index.near(text):
                yield self._hit(self._indexed[match.row], By.ROUGE, match.score, text)

    def _held_by(self, units: Sequence[str]) -> Iterator[int]:
        """The rows of short items that stand whole in a text."""
        for length, items in self._whole.items():
            for window in {_digest(units[n : n + length]) for n in range(len(units) - length + 1)}:
                yield from items.get(window, ())

    def _hit(self, row: int, by: By, score: float, text: str) -> Hit:
        item, found = self._items[row]
        return Hit(item, by, round(score, 6), text, found)

    def _runs_of(self, units: Sequence[str]) -> Iterator[bytes]:
        # Two syllables of Hangul weigh about as much as a word; so runs that hold any are longer.
        for length, hangul in ((self._length, False), (2 * self._length, True)):
            for start in range(len(units) - length + 1):
                run = units[start : start + length]
                if any(map(_HANGUL.match, run)) is hangul:
                    yield _digest(run)


_PLAINNESS = {by: place for place, by in enumerate(By)}


def _plainness(hit: Hit) -> tuple[int, float]:
    return _PLAINNESS[hit.by], -hit.score


def _least_whole(units: Sequence[str]) -> int:
    """From how many tokens on an item is looked for inside longer texts."""
    if any(map(_HANGUL.match, units)):
        return 2 * _LEAST_WHOLE
    return _LEAST_WHOLE_HAN if any(map(_HAN.match, units)) else _LEAST_WHOLE


def _digest(units: Iterable[str]) -> bytes:
    """The same in every process, unlike Python's own hash."""
    return hashlib.blake2b("\n".join(units).encode("utf-8", "replace"), digest_size=8).digest()
