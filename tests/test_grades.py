"""Replies of judges: golden cases, round trips, and totality on arbitrary text.

A case is a file in `replies/judging`: the reply, a line of dashes, and as JSON the rubric and the
language that it answers to, and what must be read: `null` where it is unreadable.
"""

from __future__ import annotations

import json
import os
import time
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfinstruct.languages import load
from selfinstruct.parsing import grades, yes_or_no
from selfinstruct.rubrics import NA, Level, Question, Scale, find, known

CASES = sorted((Path(__file__).parent / "replies" / "judging").glob("*.txt"))
TEXTS = int(os.environ.get("TEXTS", "400"))  # `make long` tries 10,000
RUBRICS = known(load("en"))


@cache
def questions(rubric, language="en"):
    return find(rubric, load(language)).questions


@cache
def words(language):
    return load(language).labels


def read(text, asked, language="en"):
    labels = words(language)
    return grades(text, asked, labels.yes, labels.no, labels.either_or)


def values(found):
    """Answers as JSON has them."""
    listed = found.answers.items()
    return {key: list(one) if isinstance(one, tuple) else one for key, one in listed}


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_a_reply_is_read_as_the_golden_case_says(path):
    reply, _, after = path.read_text(encoding="utf-8").rpartition("\n--------\n")
    expected = json.loads(after)
    found = read(reply, questions(expected["rubric"], expected["language"]), expected["language"])
    if expected["answers"] is None:
        assert found is None
    else:
        assert found is not None
        assert values(found) == expected["answers"]
        assert found.reason == expected["reason"]


def is_on_scale(value, question):
    if value == NA and question.na:
        return True
    if question.scale is Scale.TAGS:
        return (
            isinstance(value, tuple)
            and 0 < len(value) <= question.most
            and all(0 < len(tag) <= 60 and tag == tag.casefold().strip() for tag in value)
            and len(set(value)) == len(value)
        )
    return not isinstance(value, bool) and value in question.values


PIECES = st.sampled_from(
    [
        *(
            '{"',
            '"',
            "'",
            "{",
            "}",
            "[",
            "]",
            "[[",
            "]]",
            ",",
            ":",
            "：",
            "=",
            "|",
            "\n",
            " ",
            "//",
        ),
        *('"accuracy": ', "accuracy: ", "rating: ", "Score", "tags: ", "correct", "reason: "),
        *("instruction: ", "input: ", "output: ", "relevance: ", "**", "- ", "1. ", "# ", "```\n"),
        *("yes", "no", "or", "A", "B+", "4", "4.5", "9", "/5", "out of 5", "N/A", "true", "null"),
        *(
            "<think>",
            "</think>",
            "점",
            "点",
            "은",
            "\\",
            "\ud800",
            "\x00",
            "\u2028",
            "\uff14",
            "²",
            "1e400",
        ),
    ]
)
REPLIES = st.one_of(
    st.text(), st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=40).map("".join)
)


@settings(max_examples=TEXTS, deadline=None)
@given(REPLIES)
def test_no_text_whatever_raises_or_is_read_off_the_scale(text):
    for rubric in RUBRICS:
        asked = questions(rubric)
        found = read(text, asked)
        if found is not None:
            assert list(found.answers) == [one.key for one in asked]
            assert all(is_on_scale(found.answers[one.key], one) for one in asked)
            found.reason.encode()


TAG = st.text("abcdefghijklmnopqrstuvwxyzäé가나다水火", min_size=1, max_size=20)


def admissible(question):
    if question.scale is Scale.TAGS:
        tags = st.lists(TAG.map(str.casefold), min_size=1, max_size=question.most, unique=True)
        return tags.map(tuple)
    return st.sampled_from([*question.values, *((NA,) if question.na else ())])


STRANGE = (
    Question(key="depth", name="d", ask="?", scale=Scale.NUMBERS, low=-3, high=3, step=0.25),
    Question(
        key="share", name="s", ask="?", scale=Scale.NUMBERS, low=0, high=0.0001, step=0.000001
    ),
    Question(
        key="third", name="t", ask="?", scale=Scale.NUMBERS, low=0, high=1, step=1 / 3, na=True
    ),
    Question(
        key="kind_of",
        name="kind",
        ask="?",
        scale=Scale.CHOICE,
        levels=(Level(value="to do"), Level(value="C++"), Level(value="or"), Level(value="7 b")),
    ),
)
ALL = [pytest.param(questions(rubric), id=rubric) for rubric in RUBRICS]
EVERY = pytest.mark.parametrize("asked", [*ALL, pytest.param(STRANGE, id="strange")])
PROSE = st.sampled_from(
    ["", "Here is my evaluation:\n\n", "Sure! I give it 3 or 4.\n", "<think>4</think>"]
)


@EVERY
@settings(max_examples=TEXTS // 5, deadline=None)
@given(st.data())
def test_admissible_answers_in_json_are_read_back(asked, data):
    answers = {one.key: data.draw(admissible(one)) for one in asked}
    reason = data.draw(st.text())
    indent, unescaped = data.draw(st.sampled_from([None, 2])), data.draw(st.booleans())
    text = json.dumps({"reason": reason, **answers}, indent=indent, ensure_ascii=not unescaped)
    fenced = f"```json\n{text}\n```" if data.draw(st.booleans()) else text
    behind = data.draw(st.sampled_from(["", "\n", "\n\nLet me know if there is more."]))
    found = read(data.draw(PROSE) + fenced + behind, asked)
    assert found is not None
    assert found.answers == answers
    assert found.reason == reason


@EVERY
@settings(max_examples=TEXTS // 5, deadline=None)
@given(st.data())
def test_admissible_answers_in_lines_are_read_back(asked, data):
    answers = {one.key: data.draw(admissible(one)) for one in asked}
    reason = data.draw(st.sampled_from(["", "Two faults: one in the sum.", "숫자가 틀렸다"]))
    bold = data.draw(
        st.sampled_from(["{}: {}", "**{}:** {}", "- {} = {}", "{}： **{}**", "| {} | {} |"])
    )
    lines = [f"reason: {reason}"] if reason else []
    for key, value in answers.items():
        lines.append(bold.format(key, ", ".join(value) if isinstance(value, tuple) else value))
    found = read("\n".join(lines), asked)
    assert found is not None
    assert found.answers == answers
    assert found.reason == reason


@pytest.mark.parametrize("language", ["ko", "ja", "zh"])
@pytest.mark.parametrize("rubric", RUBRICS)
def test_each_language_reads_its_own_names_and_words(language, rubric):
    asked = questions(rubric, language)
    labels = words(language)
    said = {"yes": labels.yes[0], "no": labels.no[0]}
    for place in (0, -1):
        answers = {
            one.key: ("시", "川") if one.scale is Scale.TAGS else one.values[place] for one in asked
        }
        lines = []
        for one in asked:
            value = answers[one.key]
            text = "、".join(value) if isinstance(value, tuple) else said.get(str(value), value)
            lines.append(f"{one.name}：{text}")
        found = read("\n".join(lines), asked, language)
        assert found is not None
        assert found.answers == answers


def test_names_of_two_questions_name_none_of_them():
    asked = tuple(
        Question(key=key, name="x", ask="?", scale=Scale.NUMBERS, also=("score",))
        for key in ("form", "matter")
    )
    assert read("score: 3\nscore: 3", asked) is None
    assert read("form: 3\nmatter: 4", asked).answers == {"form": 3, "matter": 4}


def test_without_a_question_nothing_is_read():
    assert read('{"accuracy": 4}', ()) is None


@pytest.mark.parametrize(
    "spelled", ["N/A", "na", "**N/A** (no numbers)", "해당 없음", "該当なし", "不适用"]
)
def test_what_does_not_apply_is_said_in_many_ways(spelled):
    asked = [one for one in questions("criteria") if one.key == "calculation"]
    assert read(f"calculation: {spelled}", asked).answers == {"calculation": "na"}
    strict = [one for one in questions("criteria") if one.key == "accuracy"]
    assert read(f"accuracy: {spelled}", strict) is None


def test_numbers_of_levels_are_read_as_the_rubric_spells_them():
    levels = tuple(Level(value=float(number)) for number in (1, 2, 3))
    asked = (Question(key="step", name="step", ask="?", scale=Scale.CHOICE, levels=levels),)
    assert read("step: 2", asked).answers == {"step": "2.0"}


@pytest.mark.parametrize(
    ("top", "said", "expected"),
    [
        (100, "80/100", 80),
        (100, "80%", None),
        (100, "8/10", None),
        (100, "1,000", None),  # one in decimals or a thousand: not to be known
        (10, "10", 10),
        (10, "10/10 (perfect)", 10),
        (10, "1 0", None),
        (10, "+7", 7),
        (10, "7th", None),
        (10, "7 stars", 7),
        (10, "~7", None),
        (10, ">7", None),
        (10, "7, not 8", 7),
        (10, "7, or 8", None),
        (10, "7 (or 8)", None),
        (10, "7 (0-10)", 7),
        (10, "7 (1-5)", None),
        (10, "0x7", None),
        (10, "7e0", 7),
        (10, "\uff17", 7),
        (10, "½", None),
        (10, ".5", None),
    ],
)
def test_a_number_is_read_or_not(top, said, expected):
    asked = (Question(key="mark", name="mark", ask="?", scale=Scale.NUMBERS, low=0, high=top),)
    for text in (f"mark: {said}", json.dumps({"mark": said})):
        found = read(text, asked)
        assert (found.answers["mark"] if found else None) == expected


def test_an_i_without_its_dot_raises_nothing():
    assert yes_or_no("s\u0131", ["si"], ["no"]) is None
    assert yes_or_no("s\u0131, si", ["si"], ["no"]) is True


HOSTILE = {
    "braces": "{" * 200_000,
    "colons": ":" * 200_000,
    "objects begun": '{"' * 100_000,
    "objects in objects": '{"a":' * 40_000,
    "lists in lists": '{"accuracy": ' + "[" * 200_000,
    "escapes": '{"a": "' + '\\"' * 100_000,
    "quotes": '{"a": "' + '" ' * 100_000,
    "bare keys": "{a" * 100_000,
    "comments": "{//" * 60_000,
    "whole objects": '{"accuracy": 4}' * 13_000,
    "lines": "a\n" * 100_000,
    "keys": "accuracy: " * 20_000,
    "keys in lines": "accuracy:\n" * 20_000,
    "keys behind commas": "accuracy: 4" + ", accuracy " * 20_000,
    "brackets behind keys": "accuracy(" * 20_000,
    "a key and spaces": "accuracy" + " " * 200_000 + "x",
    "marks to be ordered": "accuracy: a" + "\u0301\u0327" * 100_000,
    "ligatures": "accuracy: " + "\ufdfa" * 60_000,
    "digits": "accuracy: " + "1" * 200_000,
    "stars": "*" * 200_000,
    "cells": "| " * 100_000,
    "quoted lines": "> " * 100_000 + "x",
    "brackets": "[[" * 100_000,
    "thoughts": "</think>" * 25_000,
    "openings": "my " * 60_000,
    "commas": "tags: " + "a," * 100_000,
    "yes": "correct: " + "yes " * 50_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_long_odd_replies_are_read_in_a_moment(text):
    for rubric in ("score", "criteria", "tags", "correctness"):
        started = time.process_time()
        read(text, questions(rubric))
        assert time.process_time() - started < 2  # at most 0.3 where nothing is squared
