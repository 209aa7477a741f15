"""Which threshold does to one tokenizer what another threshold does to another.

The cut-off belongs to the tokenizer: on characters, unrelated texts score far higher than on words.
So a threshold is chosen by what it refuses: the same share of near-duplicates.
"""

from __future__ import annotations

from collections.abc import Sequence

from selfinstruct.languages import Tokenizer
from selfinstruct.novelty.index import NoveltyIndex

_ANY = 1e-9  # a floor that every text with a common token reaches
_STEPS = 100


def nearest_scores(texts: Sequence[str], tokenizer: Tokenizer) -> list[float]:
    """The highest ROUGE-L F1 of each text to any other, exactly."""
    best = [0.0] * len(texts)
    for order in (range(len(texts)), range(len(texts) - 1, -1, -1)):
        index = NoveltyIndex(tokenizer, 1.0)
        for place in order:  # once against those before it, once against those behind it
            if len(index) and (match := index.nearest(texts[place], floor=0.0)):
                best[place] = max(best[place], match.score)
            index.add(texts[place])
    return best


def pair_score(first: str, second: str, tokenizer: Tokenizer) -> float:
    """The ROUGE-L F1 of two texts; 0 where one has no tokens."""
    index = NoveltyIndex(tokenizer, 1.0)
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
