"""Bradley–Terry: strengths from who beat whom, whatever the order in which they met.

P(i beats j) = σ(θ_i − θ_j): Bradley and Terry, "Rank analysis of incomplete block designs" (1952).
Unlike Elo ratings that are kept up vote by vote, the strengths depend on the votes alone.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from selfinstruct.statistics.newton import SMALL, STEPS, damping, sigmoid
from selfinstruct.statistics.values import Floats

PRIOR = 0.5
"""Draws added to every pair that met, so that who never lost has a finite strength. Always on."""

ELO_MEAN = 1000.0
"""The Elo rating of a contestant of mean strength."""


def with_prior(wins: Floats, met: Floats | None = None) -> Floats:
    """``wins`` with :data:`PRIOR` draws for each pair that met: half a draw is a quarter each.

    Args:
        wins: ``wins[…, i, j]`` is how often i beat j, draws counting ½ for both.
        met: The wins that say which pairs met, where that is not ``wins`` itself: a sample drawn
            anew may lack a pair that the data have.
    """
    total = wins if met is None else met
    return wins + PRIOR / 2 * (total + np.swapaxes(total, -1, -2) > 0)


def strengths(wins: npt.ArrayLike) -> Floats:
    """The strengths θ, with mean 0, that make ``wins`` most likely.

    Newton's method on Σ w_ij log σ(θ_i − θ_j). At the result each contestant's expected wins are
    its own: Σ_j (w_ij + w_ji) σ(θ_i − θ_j) = Σ_j w_ij.

    Args:
        wins: Shape (…, m, m): how often i beat j, draws counting ½ for both, with the prior of
            :func:`with_prior`. All contestants must be connected by pairs that met. Leading
            dimensions are problems of their own, solved together.

    Returns:
        Shape (…, m), in logits.

    Raises:
        ValueError: ``wins`` is not square, or holds what is negative or not finite.
    """
    counts = np.asarray(wins, dtype=np.float64)
    if counts.ndim < 2 or counts.shape[-1] != counts.shape[-2]:
        raise ValueError("wins must be a square table")
    if not np.isfinite(counts).all() or (counts < 0).any():
        raise ValueError("wins must be finite and not below 0")
    many = counts.shape[-1]
    if many == 0:
        return np.zeros(counts.shape[:-1])
    itself = np.arange(many)
    counts = counts.copy()
    counts[..., itself, itself] = 0
    games = counts + np.swapaxes(counts, -1, -2)
    theta = np.zeros(counts.shape[:-1])
    for _ in range(STEPS):
        chance = sigmoid(theta[..., :, None] - theta[..., None, :])
        slope = (counts - games * chance).sum(axis=-1)
        curve = games * chance * np.swapaxes(chance, -1, -2)
        # The curvature says nothing of all strengths together. A constant everywhere fills that
        # direction, in which the slope is 0, and so chooses the step with mean 0.
        bend = curve.sum(axis=-1)
        filled = -curve + bend.mean(axis=-1)[..., None, None] / many
        filled[..., itself, itself] += bend
        step = np.linalg.solve(filled, slope[..., None])[..., 0] if many > 1 else 0 * slope
        reach = step.max(axis=-1) - step.min(axis=-1)
        theta = theta + damping(reach)[..., None] * step
        if (reach < SMALL).all():
            break
    return np.asarray(theta - theta.mean(axis=-1, keepdims=True))


def elo(strength: float) -> float:
    """A strength as an Elo rating: ten times the odds are 400 points, mean strength is 1000."""
    return ELO_MEAN + 400 / math.log(10) * strength


def connected(wins: Floats) -> list[list[int]]:
    """The contestants in groups that are connected by pairs that met, each in order.

    The largest group first; of two that are alike the one with the earlier contestant.
    """
    met = wins + wins.T > 0
    left = list(range(len(wins)))
    found: list[list[int]] = []
    while left:
        group, waiting = set[int](), [left[0]]
        while waiting:
            one = waiting.pop()
            group.add(one)
            waiting += [other for other in left if met[one, other] and other not in group]
        left = [one for one in left if one not in group]
        found.append(sorted(group))
    return sorted(found, key=len, reverse=True)
