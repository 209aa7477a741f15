"""Exact match and ROUGE-L: against rouge_score, and against the rules written down in ten lines."""

from __future__ import annotations

import os
import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.stem.porter import PorterStemmer
from rouge_score.rouge_scorer import RougeScorer

from selfinstruct.evaluating.metrics import NORMALISERS, RougeL, Stems, exact
from selfinstruct.languages import tokenizer

TEXTS = int(os.environ.get("TEXTS", "400"))  # `make long` tries 10,000
SCORER = RougeScorer(["rougeL"], use_stemmer=True)
STEM = PorterStemmer().stem
OURS = RougeL(Stems())
SEEN = "running runs ran Berlin's universities cats cat. the a x-ray 3,5 -- ... 강 東京 naïve İT ß"
WORDS = st.sampled_from(SEEN.split())
TEXT = st.one_of(st.text(max_size=30), st.lists(WORDS, max_size=9).map(" ".join))
REFERENCES = st.lists(TEXT, min_size=1, max_size=3)


def same(one, other):
    """Exact match as Tk-Instruct's script has it."""
    kept = [[c for c in text.lower() if c not in string.punctuation] for text in (one, other)]
    return "".join(kept[0]).split() == "".join(kept[1]).split()


def longest(one, other):
    """The length of the longest common subsequence."""
    before = [0] * (len(other) + 1)
    for mine in one:
        row = [0]
        for place, theirs in enumerate(other):
            row.append(before[place] + 1 if mine == theirs else max(before[place + 1], row[place]))
        before = row
    return before[-1]


def rouge_l(one, other):
    """ROUGE-L F1 over Porter stems, as it is defined."""
    mine, theirs = (
        [STEM(word) if len(word) > 3 else word for word in re.findall("[a-z0-9]+", text.lower())]
        for text in (one, other)
    )
    common = longest(mine, theirs)
    return 2 * common / (len(mine) + len(theirs)) if common else 0.0


@settings(max_examples=TEXTS, deadline=None)
@given(TEXT, REFERENCES)
def test_whatever_is_said_both_metrics_are_those_of_the_published_script(said, references):
    theirs = [SCORER.score(prediction=said, target=one)["rougeL"].fmeasure for one in references]
    assert OURS.score(said, references) == max(theirs)
    assert max(theirs) == pytest.approx(max(rouge_l(said, one) for one in references))
    found = exact(said, references, NORMALISERS["superni"])
    assert found == any(same(said, one) for one in references)


@pytest.mark.parametrize(
    ("said", "right", "superni", "qa"),
    [
        ("The  cat.", "the cat", True, True),
        ("a cat", "cat", False, True),
        ("The the", "", False, True),
        ("theatre", "atre", False, False),
        ("3,000", "3000", True, True),
        ("서울.", "서울", True, True),
        ("「서울」", "서울", False, False),  # ASCII punctuation alone is deleted
        ("...", "", True, True),
    ],
)
def test_what_counts_as_the_same(said, right, superni, qa):
    assert exact(said, [right], NORMALISERS["superni"]) is superni
    assert exact(said, ["nothing like it", right], NORMALISERS["qa"]) is qa


def test_hangul_is_nothing_to_the_published_metric_and_words_to_another():
    assert OURS.score("서울은 수도이다", ["서울은 수도이다"]) == 0
    assert RougeL(tokenizer("unicode")).score("서울은 수도이다", ["서울은 수도이다"]) == 1
    assert OURS.score("anything", []) == 0
