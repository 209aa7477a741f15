"""Agreement beyond chance against nltk, plain oracles, and published examples."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask

from selfinstruct.statistics import (
    agreement_with_ties,
    agreement_without_ties,
    cohen_kappa,
    confusion,
    krippendorff_alpha,
    mean,
    pearson,
    raw_agreement,
    spearman,
    tie_discounted_accuracy,
    wilson,
)
from selfinstruct.statistics.correlation import mid_ranks

LEVELS = "ABCD"
LABEL = st.sampled_from(LEVELS)
PAIRS = st.lists(st.tuples(LABEL, LABEL), min_size=2, max_size=30)
TABLES = st.lists(
    st.lists(st.none() | st.integers(1, 5), min_size=3, max_size=3), min_size=1, max_size=12
)
VERDICT = st.sampled_from(["first", "second", "tie", "inconsistent"])
WEIGHTS = {
    "nominal": lambda a, b: float(a != b),
    "linear": lambda a, b: abs(LEVELS.index(a) - LEVELS.index(b)),
    "quadratic": lambda a, b: (LEVELS.index(a) - LEVELS.index(b)) ** 2,
}

# Krippendorff, "Computing Krippendorff's alpha-reliability": four observers, twelve units.
OBSERVERS = ["123321412...", "1233224125.3", ".3332342251.", "1233244125 1.".replace(" ", "")]
UNITS = [[None if row[unit] == "." else int(row[unit]) for row in OBSERVERS] for unit in range(12)]


def nltk_task(ratings, distance):
    """``ratings`` by rater and item, as nltk wants them."""
    rows = [
        (f"rater {rater}", f"item {item}", label)
        for item, labels in enumerate(ratings)
        for rater, label in enumerate(labels)
        if label is not None
    ]
    return AnnotationTask(data=rows, distance=distance)


@pytest.mark.parametrize("weights", WEIGHTS)
@settings(deadline=None)
@given(pairs=PAIRS)
def test_kappa_is_that_of_nltk(weights, pairs):
    first, second = zip(*pairs, strict=True)
    got = cohen_kappa(first, second, LEVELS, weights=weights)
    assert got.n == len(pairs)
    if len(set(first + second)) == 1:
        assert got.value is None
        assert "one and the same" in got.why
        return
    expected = nltk_task(pairs, WEIGHTS[weights]).weighted_kappa()
    assert math.isclose(got.value, expected, abs_tol=1e-9)
    assert -10 < got.value <= 1
    assert cohen_kappa(second, first, LEVELS, weights=weights).value == pytest.approx(got.value)
    backwards = cohen_kappa(first, second, LEVELS[::-1], weights=weights)
    assert backwards.value == pytest.approx(got.value)


@settings(deadline=None)
@given(PAIRS, st.permutations(LEVELS))
def test_kappa_of_labels_knows_no_names(pairs, others):
    first, second = zip(*pairs, strict=True)
    named = dict(zip(LEVELS, others, strict=True))
    renamed = [[named[label] for label in side] for side in (first, second)]
    assert cohen_kappa(*renamed) == cohen_kappa(first, second)


def test_kappa_of_the_textbook():
    # 20 and 15 of 50 together, 5 and 10 apart: p_o = 0.7, p_e = 0.5.
    first, second = "yyyy" * 5 + "y" * 5 + "n" * 25, "yyyy" * 5 + "n" * 5 + "y" * 10 + "n" * 15
    assert cohen_kappa(first, second).value == pytest.approx(0.4)
    table = confusion(first, second, "yn")
    assert (table.levels, table.counts) == (("y", "n"), ((20, 5), (10, 15)))
    assert confusion(second, first, "ny").counts == ((15, 5), (10, 20))
    assert confusion("ab", "bb").levels == ("a", "b")
    assert raw_agreement(first, second) == wilson(35, 50)
    assert raw_agreement(first, second, confidence=0.5) == wilson(35, 50, confidence=0.5)


def test_one_rater_without_variety_agrees_by_chance_only():
    assert cohen_kappa("aaaa", "aaab").value == 0


def test_gaps_do_not_count():
    first, second = ["a", None, "b", "a"], ["a", "b", None, "b"]
    assert raw_agreement(first, second) == wilson(1, 2)
    assert cohen_kappa(first, second).n == 2
    unshared = cohen_kappa([None], ["a"])
    assert (unshared.value, unshared.n, unshared.why) == (None, 0, "no item was rated by both")
    assert raw_agreement([], []).share is None
    # A level that nobody used changes nothing, whatever the weights.
    assert cohen_kappa("abba", "abab", "abc", weights="linear").value == 0


def test_wrong_calls_are_refused():
    with pytest.raises(ValueError, match="cannot be paired"):
        raw_agreement(["a"], [])
    with pytest.raises(ValueError, match="'c' is not on the scale"):
        cohen_kappa("ac", "aa", "ab")
    with pytest.raises(ValueError, match="stands twice"):
        cohen_kappa("ab", "aa", "aab")
    with pytest.raises(ValueError, match="levels in their order"):
        cohen_kappa("ab", "aa", weights="linear")
    with pytest.raises(ValueError, match="none of nominal"):
        cohen_kappa("ab", "aa", "ab", weights="cubic")
    with pytest.raises(ValueError, match="none of nominal"):
        krippendorff_alpha([[1, 2]], metric="ratio")
    with pytest.raises(ValueError, match="is no number"):
        krippendorff_alpha([["a", "b"]], metric="ordinal")
    for number in ("1", math.inf):
        with pytest.raises(ValueError, match="is no number"):
            krippendorff_alpha([[1, number]], metric="interval")


@pytest.mark.parametrize(
    ("metric", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_krippendorffs_own_example(metric, alpha):
    got = krippendorff_alpha(UNITS, metric=metric)
    assert round(got.value, 3) == alpha
    assert got.n == 11  # the last unit was seen by one observer only


def slow_alpha(ratings, distance):
    """Pair by pair, as the definition says."""
    items = [[one for one in item if one is not None] for item in ratings]
    items = [item for item in items if len(item) > 1]
    everything = [one for item in items for one in item]
    observed = sum(
        sum(distance(a, b, everything) for a, b in permutations(item, 2)) / (len(item) - 1)
        for item in items
    )
    by_chance = sum(distance(a, b, everything) for a, b in permutations(everything, 2))
    return 1 - observed / by_chance * (len(everything) - 1)


def between(a, b, everything):
    """The ordinal distance: how many ratings lie between two, with half of either end."""
    low, high = sorted((a, b))
    inside = sum(low <= one <= high for one in everything)
    return (inside - (everything.count(a) + everything.count(b)) / 2) ** 2 if a != b else 0


DISTANCES = {
    "nominal": lambda a, b, _: float(a != b),
    "ordinal": between,
    "interval": lambda a, b, _: (a - b) ** 2,
}


@pytest.mark.parametrize("metric", DISTANCES)
@settings(deadline=None)
@given(ratings=TABLES, order=st.permutations(range(3)))
def test_alpha_is_what_its_definition_says_and_that_of_nltk(metric, ratings, order):
    got = krippendorff_alpha(ratings, metric=metric)
    pairable = [[one for one in item if one is not None] for item in ratings]
    pairable = [item for item in pairable if len(item) > 1]
    assert got.n == len(pairable)
    if len({one for item in pairable for one in item}) < 2:
        assert got.value is None
        assert got.why
        return
    assert math.isclose(got.value, slow_alpha(ratings, DISTANCES[metric]), abs_tol=1e-9)
    if metric != "ordinal":
        expected = nltk_task(pairable, lambda a, b: DISTANCES[metric](a, b, ())).alpha()
        assert math.isclose(got.value, expected, abs_tol=1e-9)
    assert got.value <= 1
    shuffled = [[item[place] for place in order] for item in reversed(ratings)]
    assert krippendorff_alpha(shuffled, metric=metric).value == pytest.approx(got.value)


def test_the_scale_orders_what_is_no_number():
    named = [[one and "zyxwv"[one - 1] for one in unit] for unit in UNITS]
    by_number = krippendorff_alpha(UNITS, metric="ordinal")
    assert krippendorff_alpha(named, "zyxwv", metric="ordinal") == by_number
    assert krippendorff_alpha(named, "zxyvw", metric="ordinal") != by_number
    assert krippendorff_alpha(UNITS, [5, 1, 4, 2, 3], metric="ordinal") != by_number
    assert krippendorff_alpha(named, "vwxyz") == krippendorff_alpha(UNITS)
    with pytest.raises(ValueError, match="not on the scale"):
        krippendorff_alpha(named, "zyx")


def test_where_alpha_is_undefined():
    alone, alike = krippendorff_alpha([[1], [None, 2]]), krippendorff_alpha([[1, 1], [1, 1], [2]])
    assert (alone.value, alone.n, alone.why) == (None, 0, "no item has two ratings")
    assert (alike.value, alike.n, alike.why) == (None, 2, "all ratings are one and the same value")
    assert krippendorff_alpha([[1, 1], [2, 2]]).value == 1


FIRST = ["first", "first", "tie", "first", "inconsistent", "second", None]
SECOND = ["first", "second", "tie", "tie", "tie", "second", "first"]


def test_verdicts_with_ties_and_without():
    assert agreement_with_ties(FIRST, SECOND) == wilson(4, 6)
    assert agreement_without_ties(FIRST, SECOND) == wilson(2, 3)
    got = tie_discounted_accuracy(FIRST, SECOND)
    assert (got.value, got.n) == (4.5 / 6, 6)
    assert got.low < got.value < got.high <= 1
    unshared = tie_discounted_accuracy([None], ["tie"])
    assert (unshared.value, unshared.n, unshared.why) == (None, 0, "no item was rated by both")
    for second, score in (("first", 1), ("tie", 0.5), ("inconsistent", 0.5), ("second", 0)):
        assert tie_discounted_accuracy(["first"], [second]).value == score
    for of in (agreement_with_ties, agreement_without_ties):
        assert of(FIRST, SECOND, confidence=0.5).low > of(FIRST, SECOND).low
    how = {"rounds": 30, "seed": 5, "confidence": 0.1}
    few = tie_discounted_accuracy(FIRST, SECOND, **how)
    assert few == mean([1, 0, 1, 0.5, 1, 1], **how) != got
    for of in (agreement_with_ties, agreement_without_ties, tie_discounted_accuracy):
        with pytest.raises(ValueError, match="'A' is none of"):
            of(["A"], ["tie"])
        with pytest.raises(ValueError, match="cannot be paired"):
            of(["tie"], [])


@settings(deadline=None)
@given(st.lists(st.tuples(VERDICT, VERDICT), max_size=20))
def test_verdicts_know_no_sides_and_no_raters(pairs):
    first, second = [list(side) for side in zip(*pairs, strict=True)] or [[], []]
    mirror = {"first": "second", "second": "first"}
    mirrored = [[mirror.get(one, one) for one in side] for side in (first, second)]
    for of in (agreement_with_ties, agreement_without_ties, tie_discounted_accuracy):
        assert of(*mirrored) == of(first, second) == of(second, first)
    if first:
        assert agreement_with_ties(first, second).share <= (
            tie_discounted_accuracy(first, second).value + 1e-12
        )


def slow_ranks(values):
    return [sum(v < one for v in values) + (1 + values.count(one)) / 2 for one in values]


def slow_pearson(first, second):
    a, b = math.fsum(first) / len(first), math.fsum(second) / len(second)
    top = math.fsum((x - a) * (y - b) for x, y in zip(first, second, strict=True))
    return top / math.sqrt(
        math.fsum((x - a) ** 2 for x in first) * math.fsum((y - b) ** 2 for y in second)
    )


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=2, max_size=20))
def test_correlations_against_plain_ones(pairs):
    first, second = [list(side) for side in zip(*pairs, strict=True)]
    assume(len(set(first)) > 1 and len(set(second)) > 1)
    line, order = pearson(first, second), spearman(first, second)
    ranks = slow_ranks(first), slow_ranks(second)
    assert mid_ranks(np.array(first)).tolist() == ranks[0]
    assert math.isclose(line.value, slow_pearson(first, second), abs_tol=1e-9)
    assert math.isclose(order.value, slow_pearson(*ranks), abs_tol=1e-9)
    assert order.n == len(pairs)
    assert -1 <= order.value <= 1
    # Only the order counts, and a mirrored side mirrors.
    assert spearman([x**3 for x in first], second) == order
    assert spearman([-x for x in first], second).value == pytest.approx(-order.value)


def test_where_a_correlation_is_undefined():
    for of in (pearson, spearman):
        assert of([1, 2, None, 4], [2, 4, 5, 8]).value == pytest.approx(1)
        two = of([1, 2, None, 4], [2, 4, 5, None])
        assert (two.value, two.n) == (pytest.approx(1), 2)
        assert of([], []).n == 0
        assert (
            of([1, None], [None, 1]).why
            == of([1], [1]).why
            == ("fewer than two items have both values")
        )
        assert of([1, 1], [1, 2]).why == "the first is the same for every item"
        assert of([1, 2], [3, 3]).why == "the second is the same for every item"
        assert of([1, 2], [3, 3]).value is None
        with pytest.raises(ValueError, match="finite"):
            of([1, math.inf], [1, 2])
    for size in (1e-200, 1e200):  # squares that vanish or overflow
        assert pearson([size, 2 * size, 4 * size], [1, 2, 4]).value == pytest.approx(1)
