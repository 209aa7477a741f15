"""Shares and means with their intervals: published figures, plain oracles, and coverage."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfinstruct.statistics import (
    CONFIDENCE,
    ROUNDS,
    SEED,
    bootstrap,
    mean,
    paired_difference,
    resampling,
    sums_by_group,
    wilson,
)
from selfinstruct.statistics.resampling import draws, estimate

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


def test_what_is_policy():
    assert (CONFIDENCE, ROUNDS, SEED) == (0.95, 1000, 0)


@pytest.mark.parametrize(
    ("k", "low", "high"),
    [(184, 87.4, 95.0), (158, 72.8, 84.1), (116, 51.1, 64.6), (108, 47.1, 60.8)],
)
def test_the_intervals_of_the_papers_own_review_of_200(k, low, high):
    share = wilson(k, 200)
    assert (share.k, share.n, share.share, share.why) == (k, 200, k / 200, "")
    assert (round(100 * share.low, 1), round(100 * share.high, 1)) == (low, high)


@settings(deadline=None)
@given(COUNTS)
def test_wilsons_ends_solve_the_score_equation(counts):
    k, n = counts
    share = wilson(k, n)
    z = 1.959963984540054
    for end in (share.low, share.high):  # |p̂ − p| is z standard errors, as p itself has them
        assert math.isclose(abs(k / n - end), z * math.sqrt(end * (1 - end) / n), abs_tol=1e-9)
    assert 0 <= share.low <= share.share <= share.high <= 1
    mirrored = wilson(n - k, n)
    assert math.isclose(mirrored.low, 1 - share.high, abs_tol=1e-12)


def test_the_ends_of_the_scale_are_met_exactly():
    for n in range(1, 300):
        assert wilson(0, n).low == 0.0
        assert wilson(n, n).high == 1.0
        assert wilson(0, n).high > 0


def test_more_confidence_is_a_wider_interval():
    assert wilson(5, 10, confidence=0.99).high > wilson(5, 10).high > 0.5
    assert wilson(5, 10, confidence=0.95) == wilson(5, 10)


def test_a_share_of_nothing_is_undefined_and_says_so():
    share = wilson(0, 0)
    assert (share.share, share.low, share.high) == (None, None, None)
    assert share.why


@pytest.mark.parametrize(("k", "n"), [(-1, 3), (4, 3), (1, 0), (0, -1)])
def test_what_is_no_share_is_refused(k, n):
    with pytest.raises(ValueError, match="is no share"):
        wilson(k, n)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_what_is_no_confidence_is_refused(confidence):
    with pytest.raises(ValueError, match="between 0 and 1"):
        wilson(1, 2, confidence=confidence)
    with pytest.raises(ValueError, match="between 0 and 1"):
        mean([1, 2], confidence=confidence)


def slow_bootstrap(values, rounds, confidence):
    """The mean of each sample drawn anew, with the same random bits, one by one."""
    bits = np.random.PCG64(SEED)
    means = sorted(
        math.fsum(values[int(bits.random_raw()) % len(values)] for _ in values) / len(values)
        for _ in range(rounds)
    )
    ends = []
    for part in ((1 - confidence) / 2, (1 + confidence) / 2):
        place = part * (rounds - 1)
        below = int(place)
        above = min(below + 1, rounds - 1)
        ends.append(means[below] + (place - below) * (means[above] - means[below]))
    return ends


@pytest.mark.parametrize("confidence", [0.95, 0.8])
def test_the_bootstrap_against_a_plain_one(confidence):
    values = [random.Random(7).gauss(3, 2) for _ in range(25)] + [9.5]
    got = mean(values, confidence=confidence)
    low, high = slow_bootstrap(values, 1000, confidence)
    assert got.n == 26
    assert math.isclose(got.value, math.fsum(values) / 26)
    assert math.isclose(got.low, low)
    assert math.isclose(got.high, high)
    assert mean(values, confidence=confidence) == got
    assert mean(values, confidence=confidence, seed=1) != got
    assert mean(values, confidence=confidence, rounds=10) != got


def test_what_is_held_in_memory_together_changes_nothing(monkeypatch):
    whole = np.concatenate(list(draws(7, 51, 3)))
    monkeypatch.setattr(resampling, "_AT_ONCE", 20)
    blocks = list(draws(7, 51, 3))
    assert [len(block) for block in blocks] == [2] * 25 + [1]
    assert (np.concatenate(blocks) == whole).all()
    assert (whole.sum(axis=1) == 7).all()
    assert [len(block) for block in draws(30, 2, 3)] == [1, 1]  # more units than fit


@settings(deadline=None)
@given(VALUES, st.floats(-100, 100))
def test_the_interval_moves_with_its_values(values, by):
    one = mean(values, rounds=20)
    if one.low is None:
        assert one.why
        return
    moved, mirrored = (
        mean([v + by for v in values], rounds=20),
        mean([-v for v in values], rounds=20),
    )
    assert min(values) - 1e-6 <= one.low <= one.high <= max(values) + 1e-6
    assert math.isclose(moved.low, one.low + by, abs_tol=1e-6)
    assert math.isclose(mirrored.high, -one.low, abs_tol=1e-6)


def test_where_there_is_no_mean_and_where_no_interval():
    nothing, one, alike = mean([]), mean([3.0]), mean([0.1] * 10)
    assert (nothing.value, nothing.low, nothing.n) == (None, None, 0)
    assert (one.value, one.low, one.high, one.n) == (3.0, None, None, 1)
    assert math.isclose(alike.value, 0.1)
    assert (alike.low, alike.high, alike.n) == (None, None, 10)
    assert mean([1e6 / 3] * 11).low is None  # whatever rounding does to their sums
    assert nothing.why == "there is nothing to average"
    assert len({nothing.why, one.why, alike.why, ""}) == 4
    assert mean([1.0, 2.0]).why == ""
    with pytest.raises(ValueError, match="finite"):
        mean([1.0, math.nan])
    with pytest.raises(ValueError, match="a row for each unit"):
        bootstrap([1.0, 2.0])


def test_groups_are_drawn_whole():
    values = [0.0, 0.0, 1.0, 1.0, 1.0, 0.5]
    groups = ["a", "a", "b", "b", "b", "c"]
    assert sums_by_group([[v, 1] for v in values], groups).tolist() == [[0, 2], [3, 3], [0.5, 1]]
    got = mean(values, groups)
    assert got.n == 3
    assert math.isclose(got.value, 3.5 / 6)  # items weigh alike
    assert got == bootstrap([[0, 2], [3, 3], [0.5, 1]])
    assert (got.low, got.high) == (0.0, 1.0)  # nine tasks of 27 are one task thrice: 1/27 > 2.5%
    assert mean(values).n == 6
    with pytest.raises(ValueError, match="groups of 1"):
        mean(values, ["a"])


def test_a_statistic_that_some_samples_leave_undefined():
    never = bootstrap([[1.0, 0.0], [2.0, 0.0]])
    assert (never.value, never.n) == (None, 2)
    assert never.why == "the statistic is undefined for these values"
    rare = bootstrap([[1.0, 1.0], *[[0.0, 0.0]] * 5])
    assert (rare.value, rare.low) == (1.0, None)
    assert "undefined" in rare.why
    few = np.array([np.nan] * 5 + [0.0, *range(94)])
    assert estimate(50.0, few, 10).low is not None
    assert estimate(50.0, np.append(few, np.nan), 10).low is None


def test_any_statistic_of_sums_has_an_interval():
    rows = [[random.Random(k).random(), 1.0] for k in range(20)]
    root = bootstrap(rows, lambda sums: np.sqrt(sums[..., 0] / sums[..., 1]))
    plain = bootstrap(rows)
    assert math.isclose(root.value**2, plain.value)
    assert math.isclose(root.low**2, plain.low, rel_tol=1e-4)


def test_a_difference_is_paired_and_mirrored():
    draw = random.Random(1)
    hard = [draw.gauss(0, 10) for _ in range(40)]
    first, second = [h + 1 + draw.random() for h in hard], [h + draw.random() for h in hard]
    got, back = paired_difference(first, second), paired_difference(second, first)
    assert got.value == pytest.approx(sum(first) / 40 - sum(second) / 40)
    assert 0 < got.low < 1 < got.high < 2  # what is hard for both does not widen it
    assert (back.low, back.high) == pytest.approx((-got.high, -got.low))
    assert paired_difference(first, first).value == 0
    tasks = [k // 4 for k in range(40)]
    assert paired_difference(first, second, tasks).n == 10
    assert paired_difference(first, second, rounds=5, seed=2, confidence=0.5) == mean(
        [a - b for a, b in zip(first, second, strict=True)], rounds=5, seed=2, confidence=0.5
    )
    with pytest.raises(ValueError, match="cannot be paired"):
        paired_difference([1.0], [])


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    draw = np.random.default_rng(3)
    plain, by_task, ignored = 0, 0, 0
    for _ in range(200):
        values = draw.exponential(size=50)
        one = mean(values.tolist(), rounds=200)
        plain += one.low <= 1 <= one.high
        tasks = np.repeat(np.arange(25), 4)
        alike = draw.normal(size=25)[tasks] + 0.3 * draw.normal(size=100)
        for name, groups in (("task", tasks.tolist()), ("", None)):
            got = mean(alike.tolist(), groups, rounds=200)
            held = got.low <= 0 <= got.high
            by_task += held and name == "task"
            ignored += held and not name
    assert 176 <= plain <= 198
    assert 176 <= by_task <= 198
    assert ignored < 150  # why groups are drawn whole
