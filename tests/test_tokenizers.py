"""Tokenizers: what counts as a token in which script."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import LCSseq

from selfinstruct.filters import NoveltyRule
from selfinstruct.languages import tokenizer
from selfinstruct.novelty import NoveltyIndex, f1

WORDS = tokenizer("unicode").tokenize


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Two WORDS, abc123!", ["two", "words", "abc123"]),
        ("이미지를 2023년에", ["이", "미", "지", "를", "2023", "년", "에"]),
        ("日本語のテキスト", list("日本語のテキスト")),
        ("Straße ﬁne", ["strasse", "fine"]),
        ("ＡＢＣ１２３", ["abc123"]),
        ("naïve कि नमस्ते", ["naïve", "कि", "नमस्ते"]),
        ("snake_case", ["snake", "case"]),
        ("😀 “…” ", ["😀", "“", ".", ".", ".", "”"]),
        ("😀 a", ["a"]),
        ("שלום עולם", ["שלום", "עולם"]),
        ("API키", ["api", "키"]),
    ],
)
def test_words_in_alphabets_and_characters_elsewhere(text, tokens):
    assert WORDS(text) == tokens


@given(st.text())
def test_every_spelling_of_a_text_is_the_same_text(text):
    expected = WORDS(text)
    for form in ("NFC", "NFD", "NFKC"):
        assert WORDS(unicodedata.normalize(form, text)) == expected
    assert all(token.strip() for token in expected)


def test_korean_is_compared_where_the_english_tokenizer_sees_nothing():
    one = "오늘 회의에서 나온 의견을 세 문장으로 요약해 주세요."
    near = "오늘 회의에서 나온 의견을 세 문장으로 요약하세요."
    other = "2023년 매출 자료로 다음 해의 계획을 세워 주세요."
    for tokens, refused in (("rouge", False), ("unicode", True)):
        rule = NoveltyRule(NoveltyIndex(tokenizer(tokens), 0.7))
        rule.keep(one)
        assert (rule.refuse(near) is not None) is refused
    rule = NoveltyRule(NoveltyIndex(tokenizer("unicode"), 0.7))
    rule.keep(one)
    assert rule.refuse(other) is None
    assert rule.refuse(unicodedata.normalize("NFD", one)) is not None


def test_the_korean_seeds_differ_from_one_another():
    from conftest import ROOT

    from selfinstruct.seeds import load_seeds

    seeds = load_seeds(ROOT / "seeds" / "ko.jsonl")
    assert len(seeds) == 175
    assert sum(seed.is_classification for seed in seeds) == 25
    assert 45 <= sum(seed.instances[0].input == "" for seed in seeds) <= 55
    tokens = [WORDS(seed.instruction) for seed in seeds]
    nearest = [
        max(f1(LCSseq.similarity(a, b), len(a), len(b)) for b in tokens if b is not a)
        for a in tokens
    ]
    assert max(nearest) < 0.55
    for seed in seeds:
        whole = seed.model_dump_json()
        assert unicodedata.is_normalized("NFC", whole), seed.id
        assert seed.instances[0].output.strip() != seed.instances[0].input.strip()
