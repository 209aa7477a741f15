"""Parsers: golden replies, and totality on arbitrary text."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfinstruct.languages import load
from selfinstruct.parsing import (
    answer,
    collapse,
    excerpt,
    grade,
    input_first,
    list_items,
    output_first,
    rewritten,
    skill,
    whole_items,
    yes_or_no,
)

LABELS = load("en").labels
NEWER = load("en").in_edition(2).labels
EDITIONS = pytest.mark.parametrize("labels", [LABELS, NEWER], ids=["first", "second"])
REPLIES = Path(__file__).parent / "replies"

TEXTS = int(os.environ.get("TEXTS", "1000"))  # `make long` tries 10,000


def cases(folder):
    """A case is a file: the reply, a line of dashes, and what must be read, as JSON."""
    paths = sorted((REPLIES / folder).glob("*.txt"))
    assert paths
    return [pytest.param(path, id=path.stem) for path in paths]


def read_case(path):
    reply, _, expected = path.read_text(encoding="utf-8").partition("\n--------\n")
    return reply, json.loads(expected)


@EDITIONS
@pytest.mark.parametrize("path", cases("instructions"))
def test_a_list_is_read_as_the_golden_case_says(path, labels):
    reply, expected = read_case(path)
    assert list_items(reply, labels, continues=path.stem.startswith("completion")) == expected


@EDITIONS
@pytest.mark.parametrize("path", cases("instances"))
def test_instances_are_read_as_the_golden_case_says(path, labels):
    reply, expected = read_case(path)
    kind, _, shape = path.stem.partition("-")
    read = output_first if kind == "output_first" else input_first
    found = read(reply, labels, continues=shape.startswith("completion"))
    assert [[case.input, case.output] for case in found.cases] == expected["cases"]
    assert list(found.unreadable) == expected.get("unreadable", [])


MARKS = ["Task 9:", "9.", "10)", "- ", "**", "```", "Input:", "Output:", "Label:", "Example 2", ":"]
BITS = ["\n", "\n\n", "Example", "yes", "<none>", " ", "\t", "x", "\ud800", "\x00", "\u2028"]
PIECES = st.sampled_from([*MARKS, *BITS])
REPLY = st.one_of(
    st.text(), st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=60).map("".join)
)


@settings(max_examples=TEXTS, deadline=None)
@given(REPLY, st.booleans())
def test_no_text_whatever_makes_a_parser_raise(text, continues):
    items = list_items(text, LABELS, continues=continues)
    assert all(item == collapse(item) and item for item in items)
    input_first(text, LABELS, continues=continues)
    output_first(text, LABELS, continues=continues)
    yes_or_no(text, LABELS.yes, LABELS.no)
    answer(text)


@pytest.mark.parametrize(
    "text",
    [
        " " * 100_000,
        "*" * 100_000,
        "1" * 100_000,
        "- " * 50_000,
        "Input" * 20_000,
        "\n" * 100_000,
        "a\n" * 50_000,
        "**a" * 30_000,
        "**a **a" * 30_000,
        "1. " * 30_000,
        "Input: " + "*" * 100_000,
        "Input" + " " * 50_000,
        "Example 1" + " " * 50_000 + "x",
        "> " * 50_000 + "x",
    ],
)
def test_long_odd_replies_are_read_in_a_moment(text):
    list_items(text, LABELS, continues=True)
    input_first(text, LABELS)
    output_first(text, LABELS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes", True),
        (" no.", False),
        ("**Yes**", True),
        ("Answer: No, because yes would be wrong", False),
        ("It depends", None),
        ("", None),
        ("yesterday", None),
        ("I know", None),
        ("Classification (Yes/No): No", False),
        ("Yes or no? Yes.", True),
    ],
)
def test_yes_and_no_are_found_as_whole_words(text, expected):
    assert yes_or_no(text, LABELS.yes, LABELS.no) is expected


def test_an_excerpt_says_how_much_was_left_out():
    assert excerpt("x" * 10) == "x" * 10
    assert excerpt("x" * 5000).endswith("[5000 characters in all]")


def test_control_characters_do_not_survive_collapsing():
    assert collapse("a\x1b[31m b\x00\u200b\n\tc") == "a[31m b c"


def test_thoughts_before_the_answer_are_no_part_of_it():
    assert answer("<think>1. No, wait</think>\nYes") == "\nYes"
    assert answer("<think>never closed") == ""
    assert answer("Use a <think> tag") == "Use a <think> tag"


def test_a_cut_off_reply_loses_its_last_piece_only():
    text = "Example 1\nInput: a\nOutput: b\nExample 2\nInput: the beg"
    found = input_first(text, LABELS, cut_off=True)
    assert [case.input for case in found.cases] == ["a"]
    assert found.cut == "Input: the beg"
    found = output_first("Label: good\nInput: gr", LABELS, cut_off=True)
    assert (found.cases, found.cut) == ((), "Label: good\nInput: gr")


@EDITIONS
@pytest.mark.parametrize("kind", ["items", "pairs"])
def test_whole_items_are_read_as_the_golden_cases_say(kind, labels):
    for case in cases(kind):
        path = case.values[0]
        reply, expected = read_case(path)
        found = whole_items(
            reply,
            labels,
            with_instruction=kind == "items",
            cut_off="cut" in expected,
            continues=path.stem.startswith("completion"),
        )
        got = [[item.instruction, item.case.input, item.case.output] for item in found.items]
        assert got == expected["items"], path.stem
        assert list(found.unreadable) == expected.get("unreadable", []), path.stem
        assert found.cut == expected.get("cut"), path.stem


@pytest.mark.parametrize("path", cases("rewrites"))
def test_a_rewritten_instruction_is_read_as_the_golden_case_says(path):
    reply, expected = read_case(path)
    assert rewritten(reply, LABELS) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", 7),
        ("10", 10),
        ("5.0 (Excellent)", 5),
        ("Score: 7/10", 7),
        ("**8**", 8),
        ("Difficulty: 3 out of 10", 3),
        ("I would say\n6, since it needs 20 steps", 6),
        ("It takes 25 steps", None),
        ("hard", None),
        ("", None),
        ("0", None),
        ("11", None),
    ],
)
def test_a_grade_is_found_however_it_is_dressed(text, expected):
    assert grade(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Arithmetic", "Arithmetic"),
        ("Skill: **Creative writing**.", "Creative writing"),
        ("\n- Planning\nbecause it asks for a plan", "Planning"),
        ("42", None),
        ("x" * 200, None),
        ("", None),
    ],
)
def test_a_skill_is_the_bare_name(text, expected):
    assert skill(text, LABELS) == expected


JSON_PIECES = st.sampled_from(
    ["{", "}", "[", "]", '"output":', '"input": "', '",', "null", "\\u12"]
)


@settings(max_examples=TEXTS, deadline=None)
@given(
    st.one_of(
        REPLY,
        st.lists(st.one_of(PIECES, JSON_PIECES, st.text(max_size=5)), max_size=50).map("".join),
    ),
    st.booleans(),
    st.booleans(),
)
def test_no_text_whatever_makes_the_readers_of_items_and_rewrites_raise(text, whole, cut_off):
    for continues in (True, False):
        found = whole_items(
            text, LABELS, with_instruction=whole, cut_off=cut_off, continues=continues
        )
        assert all(item.instruction == collapse(item.instruction) for item in found.items)
    rewritten(text, LABELS)
    assert (number := grade(text)) is None or 1 <= number <= 10
    skill(text, LABELS)


@pytest.mark.parametrize(
    "text",
    ["{" * 100_000, '{"a":' * 30_000, "[" * 100_000, "1. Input: x\n" * 20_000, "#" * 100_000],
)
def test_long_odd_items_are_read_in_a_moment(text):
    whole_items(text, LABELS, with_instruction=True, cut_off=True)
    rewritten(text, LABELS)
    grade(text)


@pytest.mark.parametrize(("broken", "found"), [(63, 1), (64, 0)])
def test_json_is_looked_for_behind_no_more_than_64_broken_beginnings(broken, found):
    good = '{"instruction": "Sum.", "input": "1 2", "output": "3"}'
    text = "[" + '{"x" ' * broken + good + "]"
    assert len(whole_items(text, LABELS, with_instruction=True).items) == found
