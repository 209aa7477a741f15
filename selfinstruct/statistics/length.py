"""The win rate that is left when longer answers are not preferred for their length."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from selfinstruct.statistics.means import mean
from selfinstruct.statistics.newton import SMALL, STEPS, damping, sigmoid
from selfinstruct.statistics.resampling import ROUNDS, SEED, draws, estimate
from selfinstruct.statistics.values import (
    CONFIDENCE,
    Estimate,
    Floats,
    Integers,
    rounded,
    undefined,
)

MUCH = 0.10
"""How far the win rate may move before it is flagged: ten points, AlpacaEval's own rule."""

RIDGE = 1e-3
"""The pull of θ and φ towards 0, so that they are finite where one side always wins."""


@dataclass(frozen=True, slots=True)
class LengthControlled:
    """A win rate as it is, and as it would be between answers of one length.

    Attributes:
        raw: The mean score, in [0, 1].
        controlled: σ(θ), in [0, 1]: *length-controlled (minimal)*.
        phi: How much a longer answer is preferred, in logits; above 0 if it is.
    """

    raw: Estimate
    controlled: Estimate
    phi: float | None

    @property
    def moved(self) -> float | None:
        """The controlled win rate minus the raw one."""
        if self.controlled.value is None or self.raw.value is None:
            return None
        return self.controlled.value - self.raw.value

    @property
    def moved_much(self) -> bool:
        """Whether length explains more than :data:`MUCH` of the win rate."""
        return self.moved is not None and abs(self.moved) > MUCH

    def row(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "raw": self.raw.row(),
            "controlled": self.controlled.row(),
            "phi": rounded(self.phi),
            "moved_much": self.moved_much,
        }


def length_controlled(
    scores: Sequence[float],
    differences: Sequence[float],
    groups: Sequence[Hashable] | None = None,
    *,
    rounds: int = ROUNDS,
    seed: int = SEED,
    confidence: float = CONFIDENCE,
) -> LengthControlled:
    """The win rate with the effect of length taken out.

    logit P(win) = θ + φ·tanh(Δ/sd(Δ)), fitted to the scores with a tiny ridge; σ(θ) is what
    remains at equal lengths. This is the formula ``length_controlled_minimal`` of Dubois et al.,
    "Length-controlled AlpacaEval" (2024), whose full one needs data on the difficulty
    of its own instructions: the two are not comparable.

    Args:
        scores: 1 for a win, ½ for a tie, 0 for a loss; anything between is possible.
        differences: How much longer the contestant's answer was than the other's, in characters.
        groups: The prompt of each score, where prompts have several; they are drawn together.
        rounds: How many samples are drawn.
        seed: What the draws begin with.
        confidence: The share of samples inside of the intervals.

    Returns:
        Both win rates with intervals. Where all answers are of equal length nothing is to be
        controlled: φ is 0 and both are the same. Where all differ by one and the same number, the
        effects of length and of quality cannot be told apart: the controlled one is None.

    Raises:
        ValueError: The lists are not of one length, a score is not in [0, 1], or a difference is
            not finite.
    """
    won = np.asarray(scores, dtype=np.float64)
    longer = np.asarray(differences, dtype=np.float64)
    if won.shape != longer.shape:
        raise ValueError(f"{len(won)} scores, but {len(longer)} differences of length")
    if not ((won >= 0) & (won <= 1)).all() or not np.isfinite(longer).all():
        raise ValueError("scores must lie in [0, 1], and differences must be finite")
    raw = mean(won.tolist(), groups, rounds=rounds, seed=seed, confidence=confidence)
    if raw.value is None or not longer.any():
        return LengthControlled(raw, raw, None if raw.value is None else 0.0)
    if longer.min() == longer.max():
        why = "all answers differ in length by the same, so its effect cannot be told from quality"
        return LengthControlled(raw, undefined(raw.n, why), None)
    terms = np.tanh(longer / longer.std(ddof=1))
    theta, phi = _fit(terms, won, np.ones((1, len(won))))[0]
    value = float(sigmoid(theta))
    if raw.low is None:
        return LengthControlled(raw, Estimate(value, raw.n, None, None, raw.why), float(phi))
    labels = range(len(won)) if groups is None else groups
    order = {label: place for place, label in enumerate(dict.fromkeys(labels))}
    places = [order[label] for label in labels]
    # The scale of lengths is that of the data in all samples.
    fits = [_fit(terms, won, counts[:, places]) for counts in draws(raw.n, rounds, seed)]
    samples = sigmoid(np.concatenate(fits)[:, 0])
    return LengthControlled(raw, estimate(value, samples, raw.n, confidence), float(phi))


def _fit(terms: Floats, won: Floats, weights: Floats | Integers) -> Floats:
    """θ and φ for each row of ``weights``, shape (fits, n): the result is (fits, 2).

    Newton's method on the weighted log-likelihood minus RIDGE/2·(θ² + φ²).
    """
    design = np.column_stack((np.ones(len(terms)), terms))
    squares = np.stack((design[:, 0], terms, terms**2), axis=1)  # of 1·1, 1·t and t·t
    fitted = np.zeros((len(weights), 2))
    for _ in range(STEPS):
        chance = sigmoid(fitted @ design.T)
        slope = (weights * (won - chance)) @ design - RIDGE * fitted
        ones, mixed, twos = ((weights * chance * (1 - chance)) @ squares).T
        ones, twos = ones + RIDGE, twos + RIDGE
        inverse = np.stack((twos, -mixed, -mixed, ones), axis=1).reshape(-1, 2, 2)
        step = np.einsum("rij,rj->ri", inverse, slope) / (ones * twos - mixed**2)[:, None]
        reach = np.abs(step @ design.T).max(axis=1)
        fitted = fitted + damping(reach)[:, None] * step
        if (reach < SMALL).all():
            break
    return fitted
