"""The novelty index against rouge_score itself, the slow oracle."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score import rouge_scorer, tokenize

from selfinstruct.languages import tokenizer
from selfinstruct.novelty import NoveltyIndex, f1, least_lcs
from selfinstruct.novelty.scoring import length_window

ROUGE = tokenizer("rouge")
ORACLE = rouge_scorer.RougeScorer(["rougeL"], use_stemmer=False)
WORDS = st.sampled_from(
    ["a", "b", "c", "d", "the", "of", "list", "2023", "état", "Ünï", "I'm", "x-y", "漢字"]
)
TEXTS = st.lists(WORDS, max_size=14).map(" ".join)
THRESHOLDS = st.sampled_from([0.05, 0.3, 0.5, 0.6, 2 / 3, 0.7, 0.75, 0.8, 0.9, 1.0])


class Split:
    def tokenize(self, text):
        return text.split()


def oracle(text, earlier, scorer=ORACLE):
    scores = [scorer.score(other, text)["rougeL"].fmeasure for other in earlier]
    best = max(scores, default=0.0)
    return (scores.index(best), best) if scores else None


@given(st.lists(TEXTS, max_size=12), TEXTS, THRESHOLDS)
def test_verdict_score_and_nearest_are_those_of_rouge_score(earlier, text, threshold):
    index = NoveltyIndex(ROUGE, threshold)
    for other in earlier:
        index.add(other)
    match = index.nearest(text)
    expected = oracle(text, earlier)
    if expected is None or expected[1] < threshold:
        assert match is None
    else:
        assert (match.row, match.score) == expected


@given(st.lists(TEXTS, min_size=1, max_size=12), TEXTS)
def test_with_a_floor_of_zero_the_nearest_is_found_whatever_its_score(earlier, text):
    index = NoveltyIndex(ROUGE)
    for other in earlier:
        index.add(other)
    match = index.nearest(text, floor=0.0)
    assert (match.row, match.score) == oracle(text, earlier)


@given(st.lists(TEXTS, max_size=12), TEXTS, THRESHOLDS)
def test_all_near_texts_are_found_best_first(earlier, text, threshold):
    index = NoveltyIndex(ROUGE, threshold)
    for other in earlier:
        index.add(other)
    scores = [ORACLE.score(other, text)["rougeL"].fmeasure for other in earlier]
    expected = [(row, score) for row, score in enumerate(scores) if score >= threshold]
    found = [(match.row, match.score) for match in index.near(text)]
    assert found == sorted(expected, key=lambda pair: (-pair[1], pair[0]))


@given(st.lists(TEXTS, max_size=25), THRESHOLDS)
def test_admitting_in_order_keeps_what_brute_force_keeps(texts, threshold):
    index, kept, verdicts = NoveltyIndex(ROUGE, threshold), [], []
    for text in texts:
        near = oracle(text, kept)
        verdicts.append(near is not None and near[1] >= threshold)
        if not verdicts[-1]:
            kept.append(text)
    assert [match is not None for match in index.admit_many(texts)] == verdicts
    assert len(index) == len(kept)


@pytest.mark.parametrize("m", range(1, 41))
def test_the_least_lcs_agrees_with_the_formula_at_every_tie(m):
    for n in range(1, 41):
        for threshold in (0.1, 0.3, 0.5, 0.6, 2 / 3, 0.7, 0.8, 0.9, 1.0, 1 / 3):
            least = least_lcs(m, n, threshold)
            reaching = [lcs for lcs in range(1, min(m, n) + 1) if f1(lcs, m, n) >= threshold]
            assert least == (reaching[0] if reaching else least)
            assert bool(reaching) == (least <= min(m, n))
            shortest, longest = length_window(m, threshold)
            assert bool(reaching) == (shortest <= n <= longest)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.integers(0, 90), min_size=65, max_size=400),
    st.lists(st.tuples(st.integers(0, 399), st.integers(0, 90)), max_size=120),
    st.sampled_from([0.3, 0.5, 0.7]),
)
def test_long_texts_with_repeated_tokens_score_the_same(tokens, edits, threshold):
    other = list(tokens)
    for place, token in edits:
        other[place % len(other)] = token
    scorer = rouge_scorer.RougeScorer(["rougeL"], tokenizer=Split())
    first, second = (" ".join(f"w{token}" for token in side) for side in (tokens, other))
    index = NoveltyIndex(Split(), threshold)
    index.add(first)
    score = scorer.score(first, second)["rougeL"].fmeasure
    match = index.nearest(second)
    assert (match.score if match else None) == (score if score >= threshold else None)


def test_a_vocabulary_beyond_all_code_points_keeps_tokens_apart():
    # More distinct tokens than Unicode has characters; some codes would be surrogates.
    index = NoveltyIndex(Split())
    for start in range(0, 1_150_000, 1000):
        index.add(" ".join(f"t{n}" for n in range(start, start + 1000)))
    assert index.nearest("t55296 t55297 t55298 t55299") is None
    index.add("t55296 t55297 t1149998 t1149999 t57343")
    match = index.nearest("t55296 t55297 t1149998 t1149999 new")
    assert (match.row, match.score) == (1150, f1(4, 5, 5))


def test_no_tie_at_the_threshold_is_missed_where_all_other_words_are_fresh():
    # A vocabulary of a few words shares postings anyway; here nothing but the tie itself is shared.
    rng, fresh = random.Random(5), (f"f{n}" for n in itertools.count())
    ties = [
        (m, n, lcs, threshold)
        for threshold in (0.5, 0.6, 0.7, 0.75, 0.8, 0.9)
        for m, n in itertools.product(range(2, 13), repeat=2)
        for lcs in range(1, min(m, n) + 1)
        if f1(lcs, m, n) == threshold
    ]
    assert len(ties) > 50
    for m, n, lcs, threshold in ties * 8:
        index = NoveltyIndex(Split(), threshold)
        shared = [f"s{k}" for k in range(lcs)]
        seen_early = rng.sample(shared, rng.randrange(lcs + 1))
        index.add(" ".join([*seen_early, *itertools.islice(fresh, 100)]))
        one, other = (
            " ".join(_placed(shared, itertools.islice(fresh, size - lcs), rng)) for size in (m, n)
        )
        row = index.add(one)
        assert (match := index.nearest(other)), (m, n, lcs, threshold)
        assert (match.row, match.score) == (row, threshold)


def _placed(shared, fresh, rng):
    words = list(shared)
    for word in fresh:
        words.insert(rng.randrange(len(words) + 1), word)
    return words


def test_texts_without_tokens_are_near_to_nothing():
    index = NoveltyIndex(ROUGE)
    index.add("한국어 문장")
    assert index.nearest("한국어 문장") is None
    assert index.nearest("") is None


def test_a_threshold_outside_its_range_is_refused():
    for threshold in (0, -0.1, 1.01):
        with pytest.raises(ValueError, match="threshold"):
            NoveltyIndex(ROUGE, threshold)


@given(st.text())
def test_the_rouge_tokenizer_gives_what_the_library_gives(text):
    assert ROUGE.tokenize(text) == tokenize.tokenize(text, None)


@given(st.lists(TEXTS, max_size=25), st.lists(TEXTS, max_size=6), THRESHOLDS)
def test_adding_many_at_once_is_adding_one_by_one(texts, asked, threshold):
    one, many = NoveltyIndex(ROUGE, threshold), NoveltyIndex(ROUGE, threshold)
    for text in texts:
        one.add(text)
    many.add_many(texts[:3])
    many.add_many(texts[3:])
    assert len(many) == len(one) == len(texts)
    assert many.nbytes == one.nbytes
    for text in asked + texts:
        assert many.nearest(text) == one.nearest(text)
        assert many.nearest(text, floor=0.0) == one.nearest(text, floor=0.0)


def test_long_texts_may_be_added_many_at_once():
    index = NoveltyIndex(Split())
    long = " ".join(f"w{n}" for n in range(300))
    index.add_many(["", long, "a b c"])
    assert index.nearest(long + " more").row == 1
    assert index.nearest("a b c").row == 2
