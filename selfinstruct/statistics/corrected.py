"""A judge's share set right by people: what they would have said of everything it judged.

A judge that errs gives a share that is wrong however many items it judges, and Wilson's interval
around it does not say so. People's labels of some of its items measure its error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from selfinstruct.statistics.intervals import normal_quantile, wilson
from selfinstruct.statistics.values import CONFIDENCE, Floats, Share

FEWEST = 30
"""So many of people's labels are needed: below, the normal approximation does not hold."""

_SMOOTHING = 0.5  # items added to each cell of judge × people when spreads are measured


@dataclass(frozen=True, slots=True)
class Corrected:
    """A share by a judge, corrected by people.

    Attributes:
        share: The corrected share, in [0, 1]; None where it cannot be said.
        low: The lower end of its interval.
        high: The upper end of its interval.
        power: How far the judge is relied on: 0 is people alone, 1 is the judge plus its measured
            error.
        judge: What the judge said, of all items.
        people: What people said, of theirs; its interval is right whatever the judge does.
        why: Why there is no corrected share; empty where there is one.
    """

    share: float | None
    low: float | None
    high: float | None
    power: float | None
    judge: Share
    people: Share
    why: str = ""


def corrected_share(
    judge: Sequence[bool],
    people: Sequence[bool | None],
    *,
    tuned: bool = True,
    confidence: float = CONFIDENCE,
) -> Corrected:
    """The share that people would have found among all items, with its interval.

    Prediction-powered inference: Angelopoulos et al., "Prediction-powered inference" (Science 382,
    2023), algorithm for a mean. With Y by people, f by the judge, and f̃ of the items that only the
    judge saw: mean(λ·f̃) + mean(Y − λ·f), whose variance is λ²·var(f̃)/(N − n) + var(Y − λ·f)/n. The
    items that people labelled must be a random sample of all.

    Shares of a few dozen labels may show no error at all, and the plain variance would then be 0.
    So variances are those of a table with half an item more in each of its four cells, as Agresti
    and Min, "Simple improved confidence intervals for comparing matched proportions" (2005).

    Args:
        judge: What the judge said of each of the N items.
        people: What people said of the same items; None where nobody did.
        tuned: Choose λ so that the variance is least (Angelopoulos, Duchi and Zrnic, "PPI++",
            2023: power tuning), within [0, 1]: a useless judge is then not relied on. Else λ is 1.
        confidence: How often the interval is to hold the truth.

    Returns:
        The corrected share, clipped to [0, 1] with its interval. With fewer than :data:`FEWEST`
        labels there is none, for its interval would be too narrow; that of ``people`` alone is
        there with any number. Where people labelled everything, theirs is the corrected one.

    Raises:
        ValueError: The lists are not of one length, or ``confidence`` is not between 0 and 1.
    """
    if len(judge) != len(people):
        raise ValueError(f"{len(judge)} items by the judge, but {len(people)} by people")
    said = np.asarray(judge, dtype=np.float64)
    seen = np.asarray([label is not None for label in people], dtype=bool)
    true = np.asarray([bool(label) for label in people], dtype=np.float64)[seen]
    of_judge = wilson(int(said.sum()), len(said), confidence=confidence)
    of_people = wilson(int(true.sum()), len(true), confidence=confidence)
    if len(true) < FEWEST:
        why = f"too few: people labelled {len(true)} items, and {FEWEST} are needed"
        return Corrected(None, None, None, None, of_judge, of_people, why)
    if seen.all():
        share, low, high = of_people.share, of_people.low, of_people.high
        return Corrected(share, low, high, 0.0, of_judge, of_people)
    known, unknown = said[seen], said[~seen]
    power = _power(known, true, len(unknown)) if tuned else 1.0
    value = float(power * unknown.mean() + (true - power * known).mean())
    spread = power**2 * _unseen_variance(unknown) / len(unknown)
    spread += _variance_of_rest(known, true, power) / len(true)
    reach = normal_quantile(confidence) * spread**0.5
    share, low, high = np.clip([value, value - reach, value + reach], 0, 1).tolist()
    return Corrected(share, low, high, power, of_judge, of_people)


def _cells(judge: Floats, people: Floats) -> tuple[Floats, Floats, Floats]:
    """The four cells: what the judge said, what people said, and the smoothed share of items."""
    said, true = np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.0, 1.0, 0.0, 1.0])
    counts = [((judge == f) & (people == y)).sum() for f, y in zip(said, true, strict=True)]
    smoothed = np.asarray(counts) + _SMOOTHING
    return said, true, smoothed / smoothed.sum()


def _variance_of_rest(judge: Floats, people: Floats, power: float) -> float:
    """The variance of Y − λ·f."""
    said, true, shares = _cells(judge, people)
    rest = true - power * said
    return float(shares @ rest**2 - (shares @ rest) ** 2)


def _unseen_variance(judge: Floats) -> float:
    """The variance of f̃, with an item more of each kind."""
    share = (judge.sum() + 1) / (len(judge) + 2)
    return float(share * (1 - share))


def _power(judge: Floats, people: Floats, unseen: int) -> float:
    """The λ with the least variance: cov(Y, f)/((1 + n/(N − n))·var(f)), kept in [0, 1]."""
    said, true, shares = _cells(judge, people)
    shared = shares @ (said * true) - (shares @ said) * (shares @ true)
    variance = (shares @ said) * (1 - shares @ said)
    return float(np.clip(shared / ((1 + len(judge) / unseen) * variance), 0, 1))
