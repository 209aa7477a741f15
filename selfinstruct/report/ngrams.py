"""An inverted index over runs of tokens: which texts hold a run, and how often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[np.int64]
Small: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Postings:
    """Lists of pairs, one list after the other.

    Attributes:
        starts: Of each list the place of its first pair; one more at the end.
        keys: What the pairs are about.
        times: How often.
    """

    starts: Numbers
    keys: Small
    times: Small

    def of(self, which: int) -> tuple[Small, Small]:
        """The keys and counts of one list."""
        part = slice(self.starts[which], self.starts[which + 1])
        return self.keys[part], self.times[part]


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of one length in all texts.

    Attributes:
        texts: Of each run the texts that hold it.
        runs: Of each query the runs that it holds; of other texts none are kept.
    """

    texts: Postings
    runs: Postings

    def sharing(self, query: int) -> Small:
        """The texts that hold a run of a query, in order; it is among them if it holds any."""
        found = [self.texts.of(run)[0] for run in self.runs.of(query)[0].tolist()]
        return np.unique(np.concatenate(found)) if found else np.empty(0, np.int32)

    def shared(self, query: int, places: Numbers, count: int) -> Numbers:
        """How many runs of a query texts hold too, each as often as both have it.

        Args:
            query: The query, by its place among them.
            places: Of each text its place in what is returned; below 0 for those not asked for.
            count: How many are asked for.
        """
        found = np.zeros(count, np.int64)
        for run, times in zip(*self.runs.of(query), strict=True):
            keys, held = self.texts.of(run)
            at = places[keys]
            found[at[at >= 0]] += np.minimum(held[at >= 0], times)
        return found


def indexed(texts: Sequence[Sequence[int]], longest: int, queries: Sequence[int]) -> list[Runs]:
    """The runs of 1, 2, … ``longest`` tokens in ``texts``, whose tokens are numbers.

    Args:
        texts: All of them.
        longest: Tokens of the longest runs.
        queries: The places of those whose own runs are asked for.
    """
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    tokens = np.fromiter((code for text in texts for code in text), np.int64, int(lengths.sum()))
    owner = np.repeat(np.arange(len(texts)), lengths)
    vocabulary = int(tokens.max(initial=0)) + 1
    runs, made = tokens, [_posted(tokens, owner, len(texts), queries)]
    for size in range(2, longest + 1):
        # A run of n tokens is one of n - 1 and the token behind it, where both are of one text.
        _, runs = np.unique(runs[:-1] * vocabulary + tokens[size - 1 :], return_inverse=True)
        whole = owner[size - 1 :] == owner[: len(runs)]
        made.append(_posted(runs[whole], owner[: len(runs)][whole], len(texts), queries))
    return made


def _posted(runs: Numbers, owner: Numbers, count: int, queries: Sequence[int]) -> Runs:
    kinds, runs = np.unique(runs, return_inverse=True)
    pairs, times = np.unique(runs * max(count, 1) + owner, return_counts=True)
    run, text = np.divmod(pairs, max(count, 1))
    number = np.full(count, -1, np.int64)
    number[np.asarray(queries, np.int64)] = np.arange(len(queries))
    asked = np.flatnonzero(number[text] >= 0)
    asked = asked[np.argsort(number[text[asked]], kind="stable")]
    ends = np.searchsorted(number[text[asked]], np.arange(len(queries) + 1))
    starts = np.searchsorted(run, np.arange(len(kinds) + 1))
    return Runs(
        Postings(starts, text.astype(np.int32), times.astype(np.int32)),
        Postings(ends, run[asked].astype(np.int32), times[asked].astype(np.int32)),
    )
