"""Rankings: by their equations, mirrored and renamed, and drawn by prompt."""

from __future__ import annotations

import math
import random
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfinstruct.statistics import PRIOR, Vote, elo, mean, rank
from selfinstruct.statistics.bradley_terry import connected, strengths, with_prior
from selfinstruct.statistics.newton import damping, sigmoid

WINS = st.integers(2, 6).flatmap(
    lambda m: st.lists(
        st.lists(st.integers(0, 50) | st.sampled_from([0, 0.5, 10_000]), min_size=m, max_size=m),
        min_size=m,
        max_size=m,
    )
)
MIRROR = {"first": "second", "second": "first", "tie": "tie", "inconsistent": "inconsistent"}


def chain(wins):
    """``wins`` with the prior, and every contestant connected with the next."""
    table = np.array(wins, dtype=float)
    np.fill_diagonal(table, 0)
    met = table + np.eye(len(table), k=1)
    return with_prior(table, met)


def test_what_is_policy():
    assert PRIOR == 0.5
    assert elo(0) == 1000
    assert elo(math.log(10)) == pytest.approx(1400)  # ten times the odds


@settings(deadline=None)
@given(WINS)
def test_the_score_equations_hold_at_the_optimum(wins):
    table = chain(wins)
    theta = strengths(table)
    games = table + table.T
    expected = (games * sigmoid(theta[:, None] - theta[None, :])).sum(axis=1)
    expected -= games.diagonal() / 2
    assert np.allclose(expected, table.sum(axis=1), rtol=1e-11, atol=1e-9)
    assert abs(theta.sum()) < 1e-9


@settings(deadline=None)
@given(WINS, st.randoms(use_true_random=False))
def test_strengths_know_no_names_and_are_mirrored(wins, draw):
    table = chain(wins)
    order = draw.sample(range(len(table)), len(table))
    theta = strengths(table)
    assert np.allclose(strengths(table[np.ix_(order, order)]), theta[order], atol=1e-7)
    assert np.allclose(strengths(table.T), -theta, atol=1e-7)
    together = strengths(np.stack((table, table.T)))
    assert np.allclose(together, [theta, -theta], atol=1e-7)


def test_two_contestants_have_the_logit_of_their_share():
    theta = strengths([[99, 30], [10, 99]])  # nobody meets itself
    assert theta[0] - theta[1] == pytest.approx(math.log(3))
    assert strengths(np.zeros((0, 0))).shape == (0,)
    assert strengths([[0.0]]).tolist() == [0]
    # Half a draw for the pair that met: 10 to 0 becomes 10.25 to 0.25.
    lost = with_prior(np.array([[0.0, 10, 0], [0, 0, 0], [0, 0, 0]]))
    assert lost.tolist() == [[0, 10.25, 0], [0.25, 0, 0], [0, 0, 0]]
    theta = strengths(lost[:2, :2])
    assert theta[0] - theta[1] == pytest.approx(math.log(41))


def test_wins_that_are_none_are_refused():
    for wrong in ([[0, 1]], [1, 2]):
        with pytest.raises(ValueError, match="square"):
            strengths(wrong)
    for wrong in ([[0, -1], [1, 0]], [[0, math.inf], [1, 0]]):
        with pytest.raises(ValueError, match="finite and not below 0"):
            strengths(wrong)


def test_the_step_is_whole_where_it_is_short():
    assert damping(np.array([0.0, 1e-12])).tolist() == pytest.approx([1, 1])
    assert damping(np.array([0.5]))[0] == pytest.approx(2 * math.log(1.5))
    assert damping(np.array([math.e - 1]))[0] == pytest.approx(1 / (math.e - 1))
    with np.errstate(all="raise"):
        assert sigmoid(np.array([-1e6, 0, 1e6])).tolist() == [0, 0.5, 1]
    assert sigmoid(np.array(1.5)) == pytest.approx(1 / (1 + math.exp(-1.5)))


def test_groups_that_met():
    wins = np.zeros((6, 6))
    wins[0, 5] = wins[4, 2] = wins[1, 2] = 1
    assert connected(wins) == [[1, 2, 4], [0, 5], [3]]


def votes_of(prompts, names, seed=0, better=0.3):
    draw = random.Random(seed)
    found = []
    for prompt in range(prompts):
        for j, second in enumerate(names):
            for i, first in enumerate(names[:j]):
                won = draw.random() < 1 / (1 + math.exp(better * (j - i)))
                verdict = draw.choice(["tie", *["first" if won else "second"] * 4])
                found.append(Vote(f"p{prompt}", first, second, verdict))
    return found


def test_a_ranking_counts_and_orders():
    votes = [
        Vote("p1", "a", "b", "first"),
        Vote("p1", "b", "a", "second"),
        Vote("p2", "a", "b", "tie"),
        Vote("p2", "c", "b", "second"),
        Vote("p3", "a", "c", "inconsistent"),
        Vote("p3", "x", "y", "first"),
        Vote("p4", "x", "y", "first"),
    ]
    got = rank(votes, "b")
    assert (got.baseline, got.prompts, got.unconnected) == ("b", 3, ("x", "y"))
    assert [s.name for s in got.standings] == ["a", "b", "c"]
    counts = {s.name: (s.wins, s.ties, s.losses) for s in got.standings}
    assert counts == {"a": (2, 2, 0), "b": (1, 1, 2), "c": (0, 1, 1)}
    assert [s.win_rate.value for s in got.standings] == [0.75, 0.375, 0.25]
    wins = [[0, 2.5, 0.5], [0.5, 0, 1], [0.5, 0, 0]]
    theta = strengths(with_prior(np.array(wins)))
    assert [s.strength.value for s in got.standings] == pytest.approx(theta.tolist())
    expected = sigmoid(theta - theta[1]).tolist()
    assert [s.against_baseline.value for s in got.standings] == pytest.approx(expected)
    assert {s.strength.n for s in got.standings} == {3}
    other = rank(votes, "y")
    assert (other.prompts, other.unconnected) == (2, ("a", "b", "c"))
    assert other.standings[0].strength.low is None  # always the same: no sample holds a loss
    assert "nothing varied" in other.standings[0].strength.why
    assert other.standings[0].against_baseline.value == pytest.approx(2.25 / 2.5)
    alone = rank(votes[:1], "a")
    assert [s.win_rate.value for s in alone.standings] == [1, 0]
    assert alone.standings[0].strength.low is None
    assert "one unit" in alone.standings[0].strength.why


def test_equal_strength_stands_by_name():
    votes = [Vote(f"p{k}", a, b, "tie") for k in range(3) for a, b in ("cb", "ba", "ac")]
    assert [s.name for s in rank(votes, "c").standings] == ["a", "b", "c"]


def test_whoever_the_votes_do_not_know_is_no_baseline():
    with pytest.raises(ValueError, match="no vote is about the baseline 'z'"):
        rank([Vote("p", "a", "b", "tie")], "z")
    with pytest.raises(ValueError, match="itself"):
        rank([Vote("p", "a", "a", "tie")], "a")
    with pytest.raises(ValueError, match="none of first"):
        rank([Vote("p", "a", "b", "A")], "a")


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000))
def test_names_and_sides_change_no_figure(seed):
    votes = votes_of(12, "abcd", seed)
    plain = rank(votes, "a", rounds=50)
    swapped = [Vote(v.prompt, v.second, v.first, MIRROR[v.verdict]) for v in votes]
    assert rank(swapped, "a", rounds=50) == plain
    lost = [Vote(v.prompt, v.first, v.second, MIRROR[v.verdict]) for v in votes]
    upside = {s.name: s for s in rank(lost, "a", rounds=50).standings}
    for one in plain.standings:
        other = upside[one.name]
        assert (other.wins, other.ties, other.losses) == (one.losses, one.ties, one.wins)
        assert other.strength.low == pytest.approx(-one.strength.high, abs=1e-7)
        assert other.win_rate.high == pytest.approx(1 - one.win_rate.low)
        if one.name != "a":
            expected = 1 - one.against_baseline.low
            assert other.against_baseline.high == pytest.approx(expected)


def test_intervals_come_from_whole_prompts():
    votes = votes_of(40, "abc")
    got = {s.name: s for s in rank(votes, "a", rounds=300, seed=4, confidence=0.9).standings}
    scores, prompts = [], []
    for vote in votes:
        if "b" in {vote.first, vote.second}:
            sided = vote.verdict if vote.first == "b" else MIRROR[vote.verdict]
            scores.append({"first": 1, "tie": 0.5, "second": 0}[sided])
            prompts.append(vote.prompt)
    expected = mean(scores, prompts, rounds=300, seed=4, confidence=0.9)
    assert got["b"].win_rate.low == pytest.approx(expected.low)
    assert got["b"].win_rate.high == pytest.approx(expected.high)
    assert got["b"].strength.low < got["b"].strength.value < got["b"].strength.high
    # The same votes once more, in the same prompts, tell nothing new.
    twice = {s.name: s for s in rank(votes * 2, "a", rounds=300, seed=4, confidence=0.9).standings}
    assert twice["b"].win_rate == got["b"].win_rate


def test_two_thousand_prompts_are_fast():
    votes = votes_of(2000, "abcdef")
    began = time.process_time()
    got = rank(votes, "a")
    assert time.process_time() - began < 5  # about 0.3 s; one by one the samples took minutes
    assert [s.name for s in got.standings] == list("fedcba")
    for place, one in enumerate(reversed(got.standings)):
        assert one.strength.low < one.strength.value < one.strength.high
        assert one.strength.value == pytest.approx(0.24 * (place - 2.5), abs=0.06)
