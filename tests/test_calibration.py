"""Thresholds: what calibration finds, and what it is made of."""

from __future__ import annotations

import json

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from selfinstruct.languages import load, tokenizer
from selfinstruct.languages.edits import load_edits, variants
from selfinstruct.novelty.calibration import (
    nearest_scores,
    pair_score,
    share_refused,
    threshold_for,
)


@pytest.fixture
def program(inside):
    return inside


KO = load("ko")


@pytest.mark.parametrize("code", ["ko", "ja", "zh"])
def test_the_page_says_what_calibration_finds_and_what_the_pack_has(code, program):
    done = program("calibrate", "--language", code, "--json", check=0)
    found = json.loads(done.stdout)
    used = load(code).threshold
    assert found["pack_threshold"] == used >= found["threshold"]
    text = (ROOT / "docs" / "languages.md").read_text(encoding="utf-8")
    mean = found["nearest"]["mean"]
    row = f"| {code} | unicode | {found['threshold']:.2f} | {used:.2f} | {mean:.2f} |"
    assert row in text


def test_english_words_calibrate_to_themselves(program):
    done = program("calibrate", "--json", check=0)
    assert json.loads(done.stdout)["threshold"] == 0.7


def test_without_near_duplicates_there_is_nothing_to_calibrate(program, tmp_path):
    rows_ = '{"prompt": "a", "completion": "b"}\n{"prompt": "b", "completion": "b"}\n'
    (tmp_path / "x.jsonl").write_text(rows_)
    done = program("calibrate", "x.jsonl", check=2)
    assert "no near-duplicates can be made" in done.stderr
    done = program("calibrate", "x.jsonl", "--edits", ".", check=2)
    assert "holds no edits.toml" in done.stderr
    done = program("calibrate", "--language", "ko", "--tokenizer", "rouge", "--json", check=0)
    assert json.loads(done.stdout)["threshold"] is None


def test_a_file_is_calibrated_in_the_language_of_its_script(program):
    done = program("calibrate", ROOT / "seeds" / "ko.jsonl", "--json", check=0)
    assert json.loads(done.stdout)["language"] == "ko"


@given(st.lists(st.floats(0, 1), min_size=1), st.floats(0.01, 1))
def test_the_threshold_is_the_largest_that_refuses_the_share(scores, share):
    found = threshold_for(scores, share)
    assert share_refused(scores, found) >= share or found == 0.01
    if found < 1:
        assert share_refused(scores, round(found + 0.01, 2)) < share


@given(st.lists(st.text("abc ", min_size=1, max_size=12), min_size=1, max_size=8))
@settings(deadline=None)
def test_nearest_neighbours_are_those_of_a_slow_search(texts):
    used = tokenizer("rouge")
    slow = [
        max((pair_score(one, other, used) for m, other in enumerate(texts) if m != n), default=0.0)
        for n, one in enumerate(texts)
    ]
    assert nearest_scores(texts, "rouge") == pytest.approx(slow)


def test_edits_change_a_text_and_keep_its_length():
    import random

    edits = load_edits(KO.folder)
    made = variants(
        "다음 글을 읽고 중심 내용을 한 문장으로 요약해 주세요.", edits, random.Random(0)
    )
    assert {"order", "spacing", "all", "ending"} <= set(made)
    assert made["spacing"].replace(" ", "") == "다음글을읽고중심내용을한문장으로요약해주세요."
