"""The novelty index: which earlier text is nearest, and is it too near?

Verdicts, scores and ties are those of ``rouge_score`` with the same tokenizer.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from selfinstruct.languages.tokenizers import Tokenizer
from selfinstruct.novelty.encoding import Vocabulary
from selfinstruct.novelty.postings import LONGEST, Plan, Postings, plan
from selfinstruct.novelty.scoring import f1, least_lcs
from selfinstruct.novelty.signatures import Signatures, signature

# Where a search without a floor lowers the bar step by step: most texts have a neighbour that
# spares the full scan.
_BARS = (0.7, 0.5, 0.35, 0.2, 1e-9)
_MOST_PLANS = 4096
_CHUNK = 20_000  # texts added at a time; bounds what adding many needs besides the index


@dataclass(frozen=True, slots=True)
class Match:
    """An earlier text and how near it is.

    Attributes:
        row: The text's number in the index, from 0 in the order of adding.
        score: ROUGE-L F1 in [0, 1].
    """

    row: int
    score: float


@dataclass(frozen=True, slots=True)
class _Search:
    """A text as it is searched for: its length, its known tokens, and its known occurrences."""

    m: int
    known: list[int]
    rare_first: list[int]
    low: int
    high: int


class NoveltyIndex:
    """Texts in the order they were added, searchable by ROUGE-L F1.

    Args:
        tokenizer: Any object with ``tokenize(text) -> list[str]``.
        threshold: Texts at or above this ROUGE-L F1, in (0, 1], count as near.

    Attributes:
        verified: How many pairs were compared in full so far.
    """

    def __init__(self, tokenizer: Tokenizer, threshold: float = 0.7) -> None:
        if not 0 < threshold <= 1:
            raise ValueError(f"threshold must be in (0, 1], not {threshold}")
        self.threshold = threshold
        self.verified = 0
        self._tokenizer = tokenizer
        self._vocabulary = Vocabulary()
        self._tokens = array("I")
        self._starts = array("Q", [0])
        self._signatures = Signatures()
        self._postings = Postings(threshold)
        self._long = array("Q")  # rows of texts that are too long to be posted
        self._plans: dict[tuple[int, float], Plan] = {}

    def __len__(self) -> int:
        return len(self._starts) - 1

    @property
    def nbytes(self) -> int:
        """Bytes of the index besides the texts and the strings of the vocabulary."""
        own = sum(held.itemsize * len(held) for held in (self._tokens, self._starts, self._long))
        return own + self._signatures.nbytes + self._postings.nbytes

    def add(self, text: str) -> int:
        """Add ``text`` without judging it; returns its row."""
        return self._add(self._tokenizer.tokenize(text))

    def add_many(self, texts: Iterable[str]) -> None:
        """:meth:`add` for each text in order, several times faster: for opening a large pool."""
        texts = iter(texts)
        while chunk := list(itertools.islice(texts, _CHUNK)):
            self._add_chunk([self._tokenizer.tokenize(text) for text in chunk])

    def nearest(
        self, text: str, floor: float | None = None, besides: int | None = None
    ) -> Match | None:
        """The nearest earlier text at or above ``floor`` (the index's threshold by default).

        Of equally near texts the earliest is given. With a floor of 0 the nearest text is
        found whatever its score, which costs more; None then means that the index is empty.

        Args:
            text: Any text.
            floor: See above.
            besides: The row of a text that does not count: the text itself, say.
        """
        tokens = self._tokenizer.tokenize(text)
        if floor is None:
            return self._nearest(tokens, self.threshold, besides)
        if floor > 0:
            return self._nearest(tokens, floor, besides)
        for bar in _BARS:
            if match := self._nearest(tokens, bar, besides):
                return match
        first = 1 if besides == 0 else 0
        return Match(first, 0.0) if len(self) > first else None

    def near(self, text: str) -> list[Match]:
        """All earlier texts at or above the index's threshold, nearest first.

        Of equally near texts the earlier goes first. The work is that of :meth:`nearest`.
        """
        tokens = self._tokenizer.tokenize(text)
        if not tokens:
            return []
        search = self._searched(tokens)
        rows = self._candidates(search, self.threshold)
        found = [self._nearer(None, row, search, self.threshold) for row in rows]
        return sorted(filter(None, found), key=lambda match: (-match.score, match.row))

    def admit(self, text: str) -> Match | None:
        """Add ``text`` if it is novel and return None; otherwise return what it is too near to."""
        tokens = self._tokenizer.tokenize(text)
        match = self._nearest(tokens, self.threshold)
        if match is None:
            self._add(tokens)
        return match

    def admit_many(self, texts: Iterable[str]) -> Iterator[Match | None]:
        """:meth:`admit` for each text in order: first come, first kept."""
        return (self.admit(text) for text in texts)

    def _add(self, tokens: list[str]) -> int:
        row = len(self)
        codes = self._vocabulary.learn(tokens)
        rare_first = self._vocabulary.learn_occurrences(codes)
        self._tokens.extend(codes)
        self._starts.append(len(self._tokens))
        self._signatures.add(*signature(rare_first))
        self._postings.add(row, rare_first)
        if len(codes) > LONGEST:
            self._long.append(row)
        return row

    def _add_chunk(self, texts: Sequence[Sequence[Hashable]]) -> None:
        first, learn = len(self), self._vocabulary.learn
        occurrences = array("I")
        for tokens in texts:
            codes = learn(tokens)
            self._tokens.extend(codes)
            self._starts.append(len(self._tokens))
            occurrences.extend(self._vocabulary.occurrences(codes))
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        ends = np.cumsum(lengths)
        codes_ = np.frombuffer(occurrences, np.uint32) if occurrences else np.empty(0, np.uint32)
        self._signatures.add_many(codes_, ends - lengths, lengths)
        self._postings.add_many(first, codes_, lengths)
        self._long.extend(int(row) for row in first + np.flatnonzero(lengths > LONGEST))

    def _nearest(self, tokens: list[str], floor: float, besides: int | None = None) -> Match | None:
        if not tokens:
            return None  # a text without tokens is near to nothing
        search = self._searched(tokens)
        best: Match | None = None
        for row in self._candidates(search, floor):
            if row != besides:
                best = self._nearer(best, row, search, floor)
        return best

    def _searched(self, tokens: Sequence[Hashable]) -> _Search:
        known = self._vocabulary.known(tokens)
        rare_first = self._vocabulary.known_occurrences(known)
        return _Search(len(tokens), known, rare_first, *signature(rare_first))

    def _candidates(self, search: _Search, floor: float) -> list[int]:
        """Rows that neither postings nor signatures rule out, in order."""
        m = search.m
        the = self._plans.get((m, floor))
        if the is None:
            if len(self._plans) == _MOST_PLANS:
                self._plans.clear()
            the = self._plans[m, floor] = plan(m, floor)
        rows: list[int] = []
        if the.shortest <= LONGEST:
            rows = self._posted(search, the) if floor >= self.threshold else self._all(search, the)
        if the.longest > LONGEST and self._long:
            rows += self._not_posted(search, the, floor)
        return rows

    def _posted(self, search: _Search, the: Plan) -> list[int]:
        unknown = search.m - len(search.rare_first)
        rows, lengths = self._postings.near(search.rare_first, unknown, the)
        return self._sketched(search, rows.astype(np.int64), lengths, the) if len(rows) else []

    def _all(self, search: _Search, the: Plan) -> list[int]:
        """Every row that the signatures do not rule out; for floors below the threshold."""
        lengths = np.diff(np.frombuffer(self._starts, np.uint64).astype(np.int64))
        rows = np.flatnonzero((lengths >= the.shortest) & (lengths <= min(the.longest, LONGEST)))
        return self._sketched(search, rows, lengths[rows], the) if len(rows) else []

    def _sketched(
        self, search: _Search, rows: NDArray[np.int64], lengths: NDArray[Any], the: Plan
    ) -> list[int]:
        spare = len(search.known) - the.least[lengths]
        near = self._signatures.lacking_at_most(spare, search.low, search.high, rows)
        return sorted(set(near.tolist()))

    def _not_posted(self, search: _Search, the: Plan, floor: float) -> list[int]:
        rows = np.frombuffer(self._long, np.uint64).astype(np.int64)
        lengths = [self._starts[row + 1] - self._starts[row] for row in self._long]
        spare = np.array(
            [
                len(search.known) - least_lcs(search.m, n, floor)
                if the.shortest <= n <= the.longest
                else -1
                for n in lengths
            ]
        )
        near = self._signatures.lacking_at_most(spare, search.low, search.high, rows)
        return sorted(near.tolist())

    def _nearer(self, best: Match | None, row: int, search: _Search, floor: float) -> Match | None:
        start, end = self._starts[row], self._starts[row + 1]
        n = end - start
        self.verified += 1
        bar = floor if best is None else best.score
        lcs = LCSseq.similarity(
            search.known,
            self._tokens[start:end].tolist(),
            score_cutoff=least_lcs(search.m, n, bar),
        )
        score = f1(lcs, search.m, n) if lcs else 0.0
        # Rows come in order, so of equal scores the earliest stays.
        return Match(row, score) if lcs and (best is None or score > best.score) else best
