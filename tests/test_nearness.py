"""What besides its threshold decides whether two texts are near, and whose pools have it."""

from __future__ import annotations

import json

import pytest
from conftest import ROOT

from selfinstruct.filters import Nearness, NoveltyRule
from selfinstruct.languages import load, tokenizer
from selfinstruct.pool.manifest import read_manifest

UNICODE = tokenizer("unicode")


def judged(near, threshold, first, second):
    rule = NoveltyRule(near.index(UNICODE, threshold), spared=near.spared(UNICODE))
    rule.keep(first)
    return rule.refuse(second)


def test_ties_fall_the_same_way_with_tokens_that_are_not_rouge_scores():
    # F1 = 2·12 / (19 + 13), which rouge-score's formula makes 0.7499999999999999 of.
    first = " ".join(f"w{n}" for n in range(19))
    second = " ".join([*(f"w{n}" for n in range(12)), "x"])
    assert judged(Nearness(), 0.75, first, second) is None
    assert judged(Nearness(exact=True), 0.75, first, second) is not None
    longer = first + " more"  # a little less than the threshold stays novel
    assert judged(Nearness(exact=True), 0.75, longer, second) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("우화의 예를 제시하십시오.", "방정식의 예를 제시하십시오."),
        ("인기 있는 식단의 이름을 말하세요.", "인기 있는 데이트 앱의 이름을 말하세요."),
    ],
)
def test_short_texts_of_one_frame_are_two_tasks(first, second):
    ko = load("ko")
    near = Nearness.of(ko, "unicode", usual=True)
    assert judged(Nearness(), 0.75, first, second) is not None
    assert judged(near, ko.threshold, first, second) is None
    assert judged(near, ko.threshold, first, first + " 지금") is not None


def test_of_the_sixty_pairs_no_fewer_than_57_are_judged_right():
    ko = load("ko")
    near = Nearness.of(ko, "unicode", usual=True)
    lines = (ROOT / "tests" / "data" / "ko_pairs.jsonl").read_text(encoding="utf-8").splitlines()
    pairs = [json.loads(line) for line in lines]
    right = sum(
        (judged(near, ko.threshold, one["a"], one["b"]) is not None) is one["same"] for one in pairs
    )
    assert len(pairs) == 60
    assert right >= 57


def test_only_new_pools_have_it_and_english_never(inside, tmp_path):
    teacher = ("--teacher", "mock", "--quiet")
    inside("generate", "ko", "--language", "ko", "--target", 3, *teacher, check=0)
    inside("generate", "en", "--target", 3, *teacher, check=0)
    ko, en = read_manifest(tmp_path / "ko"), read_manifest(tmp_path / "en")
    assert ko.threshold == 0.8
    assert ko.settings["nearness"] == {"exact": True, "short": {"below": 20, "threshold": 0.85}}
    assert "nearness" not in en.settings
    # A pool from before goes on without it, and so does a replay of that pool.
    row = json.loads((tmp_path / "ko" / "manifest.json").read_text(encoding="utf-8"))
    del row["settings"]["nearness"]
    (tmp_path / "ko" / "manifest.json").write_text(json.dumps(row | {"threshold": 0.75}))
    inside("generate", "ko", "--target", 4, *teacher, check=0)
    assert "nearness" not in read_manifest(tmp_path / "ko").settings
    inside("replay", "ko", "--into", "again", "--quiet", check=0)
    again = read_manifest(tmp_path / "again")
    assert (again.threshold, "nearness" in again.settings) == (0.75, False)
    inside("replay", "en", "--into", "other", "--threshold", 0.5, "--quiet", check=0)
    assert "nearness" not in read_manifest(tmp_path / "other").settings


def test_a_threshold_that_a_person_names_stands_for_short_texts_too(inside, tmp_path):
    given = ("--language", "ko", "--threshold", 0.7, "--target", 3, "--teacher", "mock", "--quiet")
    inside("generate", "p", *given, check=0)
    assert read_manifest(tmp_path / "p").settings["nearness"] == {"exact": True}
