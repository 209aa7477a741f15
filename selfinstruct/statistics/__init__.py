"""Statistics: shares, means, agreement and rankings, with their intervals. Numbers in, values out.

Nothing here knows a task or a pool, and nothing but numpy is needed. What cannot be computed is
None with the reason. Wrong calls (lists of two lengths, labels off the scale) are ``ValueError``:
they are mistakes of the program, not of its user.
"""

from __future__ import annotations

from selfinstruct.statistics.agreement import (
    Confusion,
    cohen_kappa,
    confusion,
    raw_agreement,
)
from selfinstruct.statistics.bradley_terry import PRIOR, elo
from selfinstruct.statistics.corrected import FEWEST, Corrected, corrected_share
from selfinstruct.statistics.correlation import pearson, spearman
from selfinstruct.statistics.intervals import wilson
from selfinstruct.statistics.length import LengthControlled, length_controlled
from selfinstruct.statistics.means import mean, paired_difference
from selfinstruct.statistics.ranking import Ranking, Standing, Vote, rank
from selfinstruct.statistics.reliability import krippendorff_alpha
from selfinstruct.statistics.resampling import ROUNDS, SEED, bootstrap, sums_by_group
from selfinstruct.statistics.values import CONFIDENCE, Estimate, Figure, Share
from selfinstruct.statistics.verdicts import (
    Verdict,
    agreement_with_ties,
    agreement_without_ties,
    tie_discounted_accuracy,
)

__all__ = [
    "CONFIDENCE",
    "FEWEST",
    "PRIOR",
    "ROUNDS",
    "SEED",
    "Confusion",
    "Corrected",
    "Estimate",
    "Figure",
    "LengthControlled",
    "Ranking",
    "Share",
    "Standing",
    "Verdict",
    "Vote",
    "agreement_with_ties",
    "agreement_without_ties",
    "bootstrap",
    "cohen_kappa",
    "confusion",
    "corrected_share",
    "elo",
    "krippendorff_alpha",
    "length_controlled",
    "mean",
    "paired_difference",
    "pearson",
    "rank",
    "raw_agreement",
    "spearman",
    "sums_by_group",
    "tie_discounted_accuracy",
    "wilson",
]
