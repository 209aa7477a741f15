"""Shares by a judge, corrected by people: by their definition, and how often they are right."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfinstruct.statistics import FEWEST, corrected_share, wilson


def review(p, sensitivity, specificity, n, total, seed):
    """What a judge with known errors says of ``total`` items, and people of the first ``n``."""
    draw = np.random.default_rng(seed)
    truth = draw.random(total) < p
    judge = np.where(truth, draw.random(total) < sensitivity, draw.random(total) >= specificity)
    return judge.tolist(), [bool(y) if k < n else None for k, y in enumerate(truth)]


def slow_corrected(judge, people, power=None):
    """The formulas of the papers, item by item, over a table with half an item more a cell."""
    known = [(f, y) for f, y in zip(judge, people, strict=True) if y is not None]
    unknown = [f for f, y in zip(judge, people, strict=True) if y is None]
    cells = {(f, y): 0.5 for f in (0, 1) for y in (0, 1)}
    for f, y in known:
        cells[int(f), int(y)] += 1

    def expected(of):
        return sum(many * of(f, y) for (f, y), many in cells.items()) / (len(known) + 2)

    if power is None:
        mean_f, mean_y = expected(lambda f, _: f), expected(lambda _, y: y)
        shared = expected(lambda f, y: (f - mean_f) * (y - mean_y))
        variance = expected(lambda f, _: (f - mean_f) ** 2)
        power = min(1, max(0, shared / ((1 + len(known) / len(unknown)) * variance)))
    share = power * sum(unknown) / len(unknown)
    share += sum(y - power * f for f, y in known) / len(known)
    mean_rest = expected(lambda f, y: y - power * f)
    rest = expected(lambda f, y: (y - power * f - mean_rest) ** 2)
    seen = (sum(unknown) + 1) / (len(unknown) + 2)
    error = math.sqrt(power**2 * seen * (1 - seen) / len(unknown) + rest / len(known))
    ends = (share, share - 1.959963984540054 * error, share + 1.959963984540054 * error)
    return [*(min(1, max(0, end)) for end in ends), power]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.booleans()), min_size=30, max_size=60),
    st.lists(st.booleans(), min_size=1, max_size=60),
    st.booleans(),
)
def test_the_correction_is_what_the_papers_say(known, unknown, tuned):
    judge = [f for f, _ in known] + unknown
    people = [y for _, y in known] + [None] * len(unknown)
    got = corrected_share(judge, people, tuned=tuned)
    expected = slow_corrected(judge, people, None if tuned else 1.0)
    assert [got.share, got.low, got.high, got.power] == pytest.approx(expected)
    assert 0 <= got.low <= got.share <= got.high <= 1
    assert got.low < got.high
    assert got.judge == wilson(sum(judge), len(judge))
    assert got.people == wilson(sum(y for _, y in known), len(known))
    # Yes for no, and the other way round.
    mirrored = corrected_share(
        [not f for f in judge], [None if y is None else not y for y in people], tuned=tuned
    )
    assert mirrored.share == pytest.approx(1 - got.share)
    assert mirrored.low == pytest.approx(1 - got.high)


def test_where_items_stand_changes_nothing():
    judge, people = review(0.6, 0.9, 0.8, 40, 200, 1)
    order = np.random.default_rng(2).permutation(200)
    shuffled = corrected_share([judge[k] for k in order], [people[k] for k in order])
    assert shuffled == pytest.approx(corrected_share(judge, people)) or (
        shuffled.share == pytest.approx(corrected_share(judge, people).share)
    )


def test_too_few_labels_are_said_and_correct_nothing():
    assert FEWEST == 30
    judge, people = review(0.6, 0.9, 0.8, 29, 100, 1)
    few = corrected_share(judge, people)
    assert (few.share, few.low, few.high, few.power) == (None, None, None, None)
    assert few.why == "too few: people labelled 29 items, and 30 are needed"
    assert few.people == wilson(sum(bool(y) for y in people), 29)
    assert few.judge.n == 100
    assert corrected_share(judge, review(0.6, 0.9, 0.8, 30, 100, 1)[1]).why == ""
    assert corrected_share([], []).why.startswith("too few")


def test_people_alone_where_they_labelled_everything():
    judge, people = review(0.6, 0.9, 0.8, 50, 50, 1)
    got = corrected_share(judge, people)
    assert (got.share, got.low, got.high) == (got.people.share, got.people.low, got.people.high)
    assert got.power == 0


def test_a_useless_judge_is_not_relied_on_and_a_good_one_is():
    useless = corrected_share(*review(0.6, 0.5, 0.5, 200, 4000, 1))
    good = corrected_share(*review(0.6, 0.98, 0.98, 200, 4000, 1))
    assert useless.power < 0.2
    assert good.power > 0.85
    width = good.people.high - good.people.low
    assert good.high - good.low < 0.5 * width
    assert useless.high - useless.low < 1.1 * width
    plain = corrected_share(*review(0.6, 0.5, 0.5, 200, 4000, 1), tuned=False)
    assert plain.power == 1
    assert plain.high - plain.low > 1.3 * width
    narrow = corrected_share(*review(0.6, 0.5, 0.5, 200, 4000, 1), confidence=0.5)
    assert narrow.high - narrow.low < useless.high - useless.low
    assert narrow.people.high < useless.people.high
    assert narrow.judge.high < useless.judge.high


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="1 items by the judge, but 0"):
        corrected_share([True], [])


@pytest.mark.parametrize("tuned", [True, False])
@pytest.mark.parametrize(
    ("p", "sensitivity", "specificity", "n", "total"),
    [
        (0.6, 0.9, 0.8, 50, 1000),
        (0.6, 0.5, 0.5, 60, 400),
        (0.8, 0.95, 0.4, 100, 2000),  # a judge who says yes too often
        (0.95, 0.98, 0.7, 30, 500),
        (0.97, 1.0, 1.0, 30, 500),  # no error is seen, which is not to say that there is none
    ],
)
def test_the_interval_holds_the_truth_where_the_judges_own_does_not(
    p, sensitivity, specificity, n, total, tuned
):
    held = alone = 0
    for seed in range(200):
        judge, people = review(p, sensitivity, specificity, n, total, seed)
        got = corrected_share(judge, people, tuned=tuned)
        held += got.low <= p <= got.high
        alone += got.judge.low <= p <= got.judge.high
    assert held >= 180
    if specificity < 0.5:
        assert alone == 0
