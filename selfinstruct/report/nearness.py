"""How near tasks are to the nearest seed, and to the nearest other task (Figure 4 of the paper)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from selfinstruct.engines import ALONE, Engine, Shared, sliced
from selfinstruct.report.figures import lowest, mean, score_bars
from selfinstruct.report.items import Item, Source, cut
from selfinstruct.report.texts import Encoder, Text, rouge_l

EXACT = 5000
"""So many texts are all compared with each other; of more, a sample with all others."""
_PAIRS = 10
_WIDTH = 0.05

_Pair = tuple[float, int, int]


def nearest_seed(source: Source, seeds: Sequence[Item]) -> dict[str, Any]:
    """Each task's highest ROUGE-L F1 to a seed task: mean, bars, and the ten nearest pairs."""
    encoder = Encoder(source.tokenizer)
    texts = encoder.encode(item.text for item in source.items)
    others = encoder.encode(seed.text for seed in seeds)
    pairs: list[_Pair] = []
    for first, scores in rouge_l(texts, others):
        best = scores.argmax(axis=1)
        rows = np.arange(len(best))
        pairs += zip(
            scores[rows, best].tolist(), (first + rows).tolist(), best.tolist(), strict=True
        )
    return _told(source, pairs, seeds) | {"seeds": len(seeds)}


def nearest_other(
    source: Source, sample: int, engine: Engine = ALONE, exact: int | None = None
) -> dict[str, Any]:
    """Each task's highest ROUGE-L F1 to another one of the set.

    The more tasks there are, the nearer is the nearest: the figures of two sets may be compared
    only where both have as many.

    Args:
        source: The set.
        sample: Of larger sets, so many are compared with all others.
        engine: Who computes.
        exact: Sets of so many tasks are compared as a whole; None for :data:`EXACT`.
    """
    most = EXACT if exact is None else exact
    count = len(source.items)
    texts = Encoder(source.tokenizer).encode(item.text for item in source.items)
    places = list(range(count))
    if count > most:
        places = lowest([item.id for item in source.items], sample, "nearest")
    shared = engine.share(texts)
    calls = ((shared, places[first:end]) for first, end in sliced(len(places), engine))
    pairs = list(itertools.chain.from_iterable(engine.map(_nearest_others, calls)))
    told = _told(source, pairs, source.items, both_ways=True)
    return told | {"of": count, "is_sample": count > most}


def _nearest_others(call: tuple[Shared[list[Text]], list[int]]) -> list[_Pair]:
    """Of each of some texts the highest score with another one, and which that is."""
    shared, places = call
    texts = shared.fetch()
    pairs: list[_Pair] = []
    for first, scores in rouge_l([texts[place] for place in places], texts):
        own = places[first : first + len(scores)]
        rows = np.arange(len(own))
        scores[rows, own] = -1.0
        best = scores.argmax(axis=1)
        pairs += zip(scores[rows, best].tolist(), own, best.tolist(), strict=True)
    return pairs


def _told(
    source: Source, pairs: Sequence[_Pair], others: Sequence[Item], *, both_ways: bool = False
) -> dict[str, Any]:
    scores = [score for score, _, _ in pairs]
    return {
        "n": len(scores),
        "mean": mean(scores),
        "threshold": source.threshold,
        "at_threshold": sum(score >= source.threshold - 1e-9 for score in scores),
        "width": _WIDTH,
        "bars": score_bars(scores, _WIDTH),
        "pairs": [
            {
                "score": round(score, 4),
                "id": source.items[one].id,
                "text": cut(source.items[one].text),
                "other_id": others[other].id,
                "other": cut(others[other].text),
            }
            for score, one, other in _nearest(pairs, both_ways=both_ways)
        ],
    }


def _nearest(pairs: Sequence[_Pair], *, both_ways: bool) -> list[_Pair]:
    """The nearest pairs; one that is each other's nearest is one pair."""
    found: dict[tuple[int, int], _Pair] = {}
    for pair in sorted(pairs, key=lambda one: (-one[0], one[1])):
        _, one, other = pair
        found.setdefault((min(one, other), max(one, other)) if both_ways else (one, other), pair)
        if len(found) == _PAIRS:
            break
    return list(found.values())
