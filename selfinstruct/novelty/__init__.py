"""Novelty: exactly rouge-score's verdict, without comparing with everything.

An instruction is novel when its highest ROUGE-L F1 to all earlier ones is below a threshold.
:class:`NoveltyIndex` answers that in three steps: *encode* tokens as integers, *sketch* each
instruction as a 128-bit signature that rules out nearly all of the pool, *verify* the rest with
the true longest common subsequence and rouge-score's own formula.
"""

from __future__ import annotations

from selfinstruct.novelty.index import Match, NoveltyIndex
from selfinstruct.novelty.scoring import f1, least_lcs
from selfinstruct.novelty.similarity import Similar, SimilarityTable

__all__ = ["Match", "NoveltyIndex", "Similar", "SimilarityTable", "f1", "least_lcs"]
