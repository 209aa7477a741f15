"""The figures of a report against others' code, and against slow ways to the same."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.translate.bleu_score import sentence_bleu
from rouge_score.rouge_scorer import RougeScorer
from sets import WORDS, item, some_texts, source_of

from selfinstruct.report import Wanted, facts
from selfinstruct.report import nearness as nearness_room
from selfinstruct.report.bleu import nearest_bleu
from selfinstruct.report.figures import length_bars, lowest, quantile, score_bars
from selfinstruct.report.nearness import nearest_other, nearest_seed

TEXTS = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join), min_size=2, max_size=12
)


# Histograms hold everything, once.


@given(st.lists(st.floats(0, 1)))
def test_the_bars_of_scores_sum_to_their_number(scores):
    bars = score_bars(scores)
    assert len(bars) == 20
    assert sum(bars) == len(scores)


def test_a_score_on_a_border_belongs_above_it():
    assert score_bars([0.15, 0.3, 0.7, 1.0, 0.0]).index(1, 1) == 3
    assert score_bars([0.7])[14] == score_bars([0.3])[6] == score_bars([1.0])[19] == 1


@given(st.lists(st.integers(0, 500)))
def test_the_bars_of_lengths_sum_to_their_number(found):
    bars = length_bars(found, 5, 13)
    assert sum(bars) == len(found)
    assert bars[-1] == sum(length >= 60 for length in found)


@given(TEXTS)
def test_all_bars_of_a_set_sum_to_what_they_are_of(texts):
    told = facts(source_of(texts), Wanted())
    for key in ("nearest_other", "bleu"):
        assert sum(told[key]["bars"]) == told[key]["n"] == len(texts)
    for part in ("instruction", "output"):
        assert sum(told["lengths"][part]["bars"]) == told["lengths"][part]["n"] == len(texts)
    if "verbs" in told:
        ring = told["verbs"]
        drawn = sum(one["count"] for row in ring["top"] for one in row["objects"])
        assert drawn == ring["covered"] == sum(row["drawn"] for row in ring["top"])
        assert ring["coverage"] == pytest.approx(drawn / len(texts), abs=1e-4)
        assert ring["covered"] <= ring["found"] <= ring["n"]


def test_quartiles_are_those_of_the_textbook():
    assert [quantile([1, 2, 3, 4], at) for at in (0.25, 0.5, 0.75)] == [1.75, 2.5, 3.25]
    assert quantile([7], 0.5) == 7


# Nearest texts: rouge-score is the oracle.


@settings(max_examples=40)
@given(TEXTS)
def test_the_nearest_other_is_the_nearest_by_rouge_score(texts):
    scorer = RougeScorer(["rougeL"])
    nearest = [
        max(scorer.score(other, text)["rougeL"].fmeasure for m, other in enumerate(texts) if m != n)
        for n, text in enumerate(texts)
    ]
    told = nearest_other(source_of(texts), 2000)
    assert told["mean"] == pytest.approx(sum(nearest) / len(nearest), abs=1e-4)
    assert told["bars"] == score_bars(nearest)
    assert told["at_threshold"] == sum(score >= 0.7 for score in nearest)
    assert told["pairs"][0]["score"] == pytest.approx(max(nearest), abs=1e-4)


def test_a_nearest_pair_is_told_with_both_texts_and_once():
    texts = ["write a story about ships", "write a story about old ships", "list the two seas"]
    told = nearest_other(source_of(texts), 2000)
    first = told["pairs"][0]
    assert {first["text"], first["other"]} == set(texts[:2])
    assert first["score"] == pytest.approx(10 / 11, abs=1e-4)
    assert len(told["pairs"]) == 2


def test_seeds_are_compared_and_not_the_set_with_itself():
    texts = some_texts(30)
    seeds = [item(900 + n, text) for n, text in enumerate([texts[4], "name an island"])]
    told = nearest_seed(source_of(texts), seeds)
    scorer = RougeScorer(["rougeL"])
    nearest = [
        max(scorer.score(seed.text, text)["rougeL"].fmeasure for seed in seeds) for text in texts
    ]
    assert told["mean"] == pytest.approx(sum(nearest) / 30, abs=1e-4)
    assert told["pairs"][0]["other_id"] == "task_900"
    assert told["pairs"][0]["score"] == 1.0


def test_of_a_large_set_a_sample_is_compared_with_all(monkeypatch):
    monkeypatch.setattr(nearness_room, "EXACT", 50)
    texts = some_texts(80)
    everything = nearest_other(source_of(texts[:50]), 20)
    assert (everything["n"], everything["of"], everything["is_sample"]) == (50, 50, False)
    told = nearest_other(source_of(texts), 20)
    assert (told["n"], told["of"], told["is_sample"]) == (20, 80, True)
    places = lowest([f"task_{n}" for n in range(80)], 20, "nearest")
    scorer = RougeScorer(["rougeL"])
    nearest = [
        max(scorer.score(texts[m], texts[n])["rougeL"].fmeasure for m in range(80) if m != n)
        for n in places
    ]
    assert told["mean"] == pytest.approx(sum(nearest) / 20, abs=1e-4)


def test_a_larger_sample_holds_the_smaller_one():
    keys = [f"task_{n}" for n in range(500)]
    few, many = lowest(keys, 20, "x"), lowest(keys, 40, "x")
    assert set(few) < set(many)
    assert few == sorted(few)
    assert lowest(keys, 20, "y") != few
    assert lowest(keys[:10], 20, "x") == list(range(10))


# BLEU: nltk is the oracle.


def nltk_bleu(query, other):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that scores of 0 are of no use
        return sentence_bleu([other], query)


@settings(max_examples=40, deadline=None)
@given(TEXTS)
def test_the_nearest_bleu_is_the_highest_of_nltk(texts):
    tokens = [text.split() for text in texts]
    found = nearest_bleu(tokens, range(len(tokens)))
    for n, (score, other) in enumerate(found):
        best = max(nltk_bleu(tokens[n], tokens[m]) for m in range(len(tokens)) if m != n)
        assert score == pytest.approx(best, abs=1e-12)
        assert (other is None) == (best < 1e-9)
        if other is not None:
            assert other != n
            assert nltk_bleu(tokens[n], tokens[other]) == pytest.approx(best, abs=1e-12)


def test_repeated_runs_count_as_often_as_both_have_them():
    tokens = [["a"] * 9, ["a"] * 5 + ["b"] * 3, ["c", "d"]]
    (score, other), (back, _), (none, nobody) = nearest_bleu(tokens, [0, 1, 2])
    assert score == pytest.approx(nltk_bleu(tokens[0], tokens[1]), abs=1e-12)
    assert back == pytest.approx(nltk_bleu(tokens[1], tokens[0]), abs=1e-12)
    assert (other, none, nobody) == (1, 0.0, None)
