"""Which threshold does to one tokenizer what another threshold does to another.

The cut-off belongs to the tokenizer: on characters, unrelated texts score far higher than on words.
So a threshold is chosen by what it refuses: the same share of near-duplicates.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from selfinstruct.engines import ALONE, Engine, Shared, sliced
from selfinstruct.languages import Tokenizer, naming, tokenizer
from selfinstruct.novelty.index import NoveltyIndex

_ANY = 1e-9  # a floor that every text with a common token reaches
_STEPS = 100


def nearest_scores(texts: Sequence[str], tokenizer: str, engine: Engine = ALONE) -> list[float]:
    """The highest ROUGE-L F1 of each text to any other, exactly.

    Args:
        texts: The texts.
        tokenizer: The name of what splits them.
        engine: Who computes.
    """
    shared = engine.share(_Others(uuid.uuid4().hex, tuple(texts), tokenizer))
    calls = ((shared, first, end) for first, end in sliced(len(texts), engine))
    return list(itertools.chain.from_iterable(engine.map(_nearest_others, calls)))


@dataclass(frozen=True, slots=True)
class _Others:
    """Texts of which each is compared with all others.

    Attributes:
        name: Which texts these are, for a worker that has others at hand.
        texts: They.
        tokenizer: The name of what splits them.
    """

    name: str
    texts: tuple[str, ...]
    tokenizer: str


def _nearest_others(call: tuple[Shared[_Others], int, int]) -> list[float]:
    shared, first, end = call
    others = shared.fetch()
    index = _index(others.name, others)
    found = (
        index.nearest(others.texts[place], floor=0.0, besides=place) for place in range(first, end)
    )
    return [match.score if match else 0.0 for match in found]


_indices: dict[str, NoveltyIndex] = {}  # the one of the texts that were last wanted here


def _index(name: str, others: _Others) -> NoveltyIndex:
    if name not in _indices:
        with naming({others.tokenizer}):  # the person has named it, where this was begun
            index = NoveltyIndex(tokenizer(others.tokenizer), 1.0)
        index.add_many(others.texts)
        _indices.clear()
        _indices[name] = index
    return _indices[name]


def pair_score(first: str, second: str, used: Tokenizer) -> float:
    """The ROUGE-L F1 of two texts; 0 where one has no tokens."""
    index = NoveltyIndex(used, 1.0)
    index.add(first)
    match = index.nearest(second, floor=_ANY)
    return match.score if match else 0.0


def share_refused(scores: Sequence[float], threshold: float) -> float:
    """The share of ``scores`` at or above ``threshold``."""
    return sum(score >= threshold for score in scores) / len(scores) if scores else 0.0


def threshold_for(scores: Sequence[float], share: float) -> float:
    """The largest threshold, in hundredths, that refuses at least ``share`` of ``scores``."""
    candidates = (step / _STEPS for step in range(_STEPS, 0, -1))
    refusing = (one for one in candidates if share_refused(scores, one) >= share)
    return next(refusing, 1 / _STEPS)


def quantile(scores: Sequence[float], part: float) -> float:
    """The score below which the share ``part`` of ``scores`` lies."""
    ordered = sorted(scores)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
