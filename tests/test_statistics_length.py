"""Win rates without the effect of length."""

from __future__ import annotations

import math

import numpy as np
import pytest

from selfinstruct.statistics import length_controlled, mean
from selfinstruct.statistics.length import MUCH, RIDGE, LengthControlled
from selfinstruct.statistics.newton import sigmoid
from selfinstruct.statistics.values import Estimate


def test_what_is_policy():
    assert (MUCH, RIDGE) == (0.10, 1e-3)


def preferring(effect, seed=0, n=600, by=200):
    """Scores of equally good answers by a judge who prefers longer ones by ``effect``."""
    draw = np.random.default_rng(seed)
    longer = draw.normal(by, 300, n)
    chance = sigmoid(effect * np.tanh(longer / longer.std(ddof=1)))
    return (draw.random(n) < chance).astype(float).tolist(), longer.tolist()


def slow_fit(scores, differences, ridge=1e-3):
    """Gradient ascent until nothing moves."""
    spread = np.std(differences, ddof=1)
    terms = [math.tanh(d / spread) for d in differences]
    theta = phi = 0.0
    for _ in range(20_000):
        rest = [
            s - 1 / (1 + math.exp(-theta - phi * t)) for s, t in zip(scores, terms, strict=True)
        ]
        theta += 0.1 * (math.fsum(rest) - ridge * theta)
        phi += 0.1 * (math.fsum(r * t for r, t in zip(rest, terms, strict=True)) - ridge * phi)
    return 1 / (1 + math.exp(-theta)), phi


def test_the_fit_against_plain_ascent():
    scores, differences = [1, 0.5, 1, 0, 0, 1, 1, 0], [30, 10, 50, -20, 25, 5, -8, 2]
    got = length_controlled(scores, differences)
    share, phi = slow_fit(scores, differences)
    assert got.controlled.value == pytest.approx(share, abs=1e-7)
    assert got.phi == pytest.approx(phi, abs=1e-6)
    assert got.raw == mean(scores)


def test_a_preference_for_length_is_taken_out():
    scores, differences = preferring(3)
    got = length_controlled(scores, differences)
    assert got.raw.value > 0.65
    assert abs(got.controlled.value - 0.5) < 0.05
    assert got.controlled.low < 0.5 < got.controlled.high
    assert got.controlled.high - got.controlled.low < 0.2
    assert got.phi == pytest.approx(3, abs=0.5)
    assert got.moved == got.controlled.value - got.raw.value
    assert got.moved_much
    fair = length_controlled(*preferring(0))
    assert abs(fair.phi) < 0.4
    assert not fair.moved_much


def test_swapping_the_two_mirrors_it():
    scores, differences = preferring(2, n=60)
    there = length_controlled(scores, differences)
    back = length_controlled([1 - s for s in scores], [-d for d in differences])
    assert back.controlled.value == pytest.approx(1 - there.controlled.value)
    assert back.controlled.low == pytest.approx(1 - there.controlled.high)
    assert back.phi == pytest.approx(there.phi)
    assert back.moved == pytest.approx(-there.moved)


def test_where_length_says_nothing():
    same = length_controlled([1, 0.5, 0, 1], [0, 0, 0, 0])
    assert same.controlled == same.raw
    assert (same.phi, same.moved, same.moved_much) == (0, 0, False)
    shifted = length_controlled([1, 0, 1], [7, 7, 7])
    assert (shifted.controlled.value, shifted.phi, shifted.moved) == (None, None, None)
    assert "by the same" in shifted.controlled.why
    assert not shifted.moved_much
    nothing = length_controlled([], [])
    assert (nothing.raw.value, nothing.controlled.value, nothing.phi) == (None, None, None)
    itself = length_controlled([0.5] * 4, [1, -1, 2, -2])
    assert itself.controlled.value == 0.5
    assert (itself.controlled.low, itself.controlled.why) == (None, itself.raw.why)
    always = length_controlled([1.0] * 50, list(range(50)))
    assert always.controlled.value > 0.99
    assert always.controlled.low is None


def test_ten_points_are_not_yet_much():
    def moved_by(points):
        raw, controlled = Estimate(0.5, 9, None, None), Estimate(0.5 + points, 9, None, None)
        return LengthControlled(raw, controlled, 1.0).moved_much

    assert [moved_by(p) for p in (0.0999, 0.1001, -0.0999, -0.1001)] == [False, True, False, True]


def test_prompts_are_drawn_with_all_their_scores():
    scores, differences = preferring(1, n=60)
    prompts = [k % 60 for k in range(120)]
    once = length_controlled(scores, differences)
    # Both orders of each prompt agree: twice as many scores, and not a bit more is known.
    twice = length_controlled(scores * 2, differences * 2, prompts)
    assert (once.raw.n, twice.raw.n, twice.controlled.n) == (60, 60, 60)
    assert twice.controlled.low == pytest.approx(once.controlled.low, abs=0.01)
    assert twice.controlled.high == pytest.approx(once.controlled.high, abs=0.01)
    loose = length_controlled(scores * 2, differences * 2)
    assert loose.controlled.low > twice.controlled.low + 0.02
    how = {"rounds": 9, "seed": 3, "confidence": 0.5}
    other = length_controlled(scores, differences, **how)
    assert other.raw == mean(scores, **how)
    for change in ({"rounds": 12}, {"seed": 12}, {"confidence": 0.7}):
        changed = length_controlled(scores, differences, **{**how, **change})
        assert changed.controlled.low != other.controlled.low


def test_lists_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="2 scores, but 1 differences"):
        length_controlled([1, 0], [1])
    for scores, differences in (([1.1], [1]), ([-0.1], [1]), ([math.nan], [1]), ([1], [math.inf])):
        with pytest.raises(ValueError, match="must lie in"):
            length_controlled(scores, differences)
