"""Near-duplicates that small edits make of texts, and how near they are to what they were."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from selfinstruct.languages import Tokenizer
from selfinstruct.languages.edits import ALL, SPACING, Edits, variants
from selfinstruct.novelty.calibration import pair_score, share_refused


@dataclass(frozen=True, slots=True)
class Scores:
    """ROUGE-L F1 of near-duplicates to what they were made from, by kind of edit."""

    by_kind: dict[str, list[float]]

    def all(self) -> list[float]:
        """Those that count for the threshold: every kind but spacing, which English has not."""
        return [one for kind, some in self.by_kind.items() if kind != SPACING for one in some]

    def refused(self, found: float, usual: float) -> dict[str, dict[str, float]]:
        """By kind, how many there are and which share is refused, at two thresholds."""
        return {
            kind: {
                "count": len(some),
                "mean": round(sum(some) / len(some), 3),
                "at_threshold": round(share_refused(some, found), 3),
                "at_pack_threshold": round(share_refused(some, usual), 3),
            }
            for kind, some in sorted(self.by_kind.items(), key=lambda one: one[0] == ALL)
        }


def near_duplicates(texts: Sequence[str], edits: Edits, used: Tokenizer) -> Scores:
    """Near-duplicates of each text, scored against it."""
    by_kind: dict[str, list[float]] = {}
    for text in texts:
        for kind, changed in variants(text, edits, random.Random(text)).items():
            by_kind.setdefault(kind, []).append(pair_score(text, changed, used))
    return Scores(by_kind)
