"""BLEU-4 of each query with the nearest other one (Gudibande et al., The False Promise, 2023).

Unsmoothed: a text that shares no run of four tokens with another has 0. The paper does not publish
its settings; these are nltk's ``sentence_bleu`` with one reference, over the tokenizer of the set.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from selfinstruct.report.figures import lowest, mean, score_bars, share
from selfinstruct.report.items import Source, cut
from selfinstruct.report.ngrams import Numbers, Runs, indexed

SAMPLE = 1000
_LONGEST = 4
_WIDTH = 0.05
_PAIRS = 5


def bleu(source: Source) -> dict[str, Any]:
    """Mean BLEU-4 to the nearest other, over a sample of 1,000 compared with all."""
    places = lowest([item.id for item in source.items], SAMPLE, "bleu")
    best = nearest_bleu((source.tokenizer.tokenize(item.text) for item in source.items), places)
    order = sorted(range(len(places)), key=lambda at: (-best[at][0], places[at]))
    return {
        "n": len(places),
        "of": len(source.items),
        "mean": mean([score for score, _ in best]),
        "nothing_shared": sum(other is None for _, other in best),
        "share_nothing_shared": share(sum(other is None for _, other in best), len(best)),
        "width": _WIDTH,
        "bars": score_bars((score for score, _ in best), _WIDTH),
        "pairs": [
            {
                "score": round(best[at][0], 4),
                "id": source.items[places[at]].id,
                "text": cut(source.items[places[at]].text),
                "other_id": source.items[other].id,
                "other": cut(source.items[other].text),
            }
            for at in order[:_PAIRS]
            if (other := best[at][1]) is not None
        ],
    }


def nearest_bleu(
    texts: Iterable[Sequence[str]], queries: Sequence[int]
) -> list[tuple[float, int | None]]:
    """Of each query the highest BLEU-4 with another text, and which; (0, None) where none shares.

    Args:
        texts: Tokens of all texts.
        queries: The places of those that are looked at.
    """
    codes: dict[str, int] = {}
    coded = [array("I", (codes.setdefault(one, len(codes)) for one in text)) for text in texts]
    runs = indexed(coded, _LONGEST, queries)
    lengths = np.fromiter(map(len, coded), np.int64, len(coded))
    places = np.full(len(coded), -1, np.int64)
    return [_nearest(number, query, runs, lengths, places) for number, query in enumerate(queries)]


def _nearest(
    number: int, query: int, runs: Sequence[Runs], lengths: Numbers, places: Numbers
) -> tuple[float, int | None]:
    rows = runs[-1].sharing(number)
    rows = rows[rows != query]
    if not len(rows):
        return 0.0, None
    places[rows] = np.arange(len(rows))
    m = int(lengths[query])
    logs = np.zeros(len(rows))
    for size, held in enumerate(runs, 1):
        logs += np.log(held.shared(number, places, len(rows)) / (m - size + 1)) / _LONGEST
    places[rows] = -1
    penalty = np.minimum(0.0, 1.0 - lengths[rows] / m)  # for being shorter than the reference
    scores = np.exp(logs + penalty)
    best = int(scores.argmax())
    return float(scores[best]), int(rows[best])
