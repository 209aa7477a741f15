"""Chat prompts that end with an opening: replies that go on behind it, repeat it or announce."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfinstruct.languages import available, load
from selfinstruct.mock.answers import answer as said_by_mock
from selfinstruct.mock.grammar import grammar
from selfinstruct.parsing import list_items, opened_list, yes_or_no
from selfinstruct.prompts import Prompts, Step
from selfinstruct.recipes.making import NEWEST

LABELS = load("en").labels
ASKED = "The 8 new tasks, as a numbered list:\n9."


def read(text, prompt=ASKED, labels=LABELS):
    return list_items(opened_list(text, prompt, labels), labels)


@pytest.mark.parametrize(
    "reply",
    [
        "Name a lake.\n10. Name a hill.",
        " Name a lake.\n\n10) Name a hill.",
        "9. Name a lake.\n10. Name a hill.",
        "Sure! Here are the new tasks:\n\n9. Name a lake.\n10. Name a hill.",
        "Certainly, I will write them.\n\n9. Name a lake.\n10. Name a hill.",
        "1. Name a lake.\n2. Name a hill.",
        "Here you are:\n1. Name a lake.\n2. Name a hill.",
        "```\n9. Name a lake.\n10. Name a hill.\n```",
        "Name a lake.\n**10.** Name a hill.",
        "Name a lake.\n**Task 10:** Name a hill.",
        "- Name a lake.\n- Name a hill.",
    ],
)
def test_a_list_is_read_whether_the_reply_repeats_its_opening_or_not(reply):
    assert read(reply) == ["Name a lake.", "Name a hill."]


@pytest.mark.parametrize(
    "reply",
    [
        "I'm sorry, but I can't help with that request.",
        "That depends on what you have in mind.\nTell me more.",
        "",
        "\n\n",
        "Name a lake.",
    ],
)
def test_what_holds_no_number_is_no_list(reply):
    assert read(reply) == []


def test_an_announcement_is_no_item():
    assert read("Tasks on other subjects:\n10. Name a hill.") == ["Name a hill."]


def test_only_a_prompt_that_ends_with_a_number_is_gone_on_with():
    reply = "Name a lake.\n10. Name a hill."
    assert read(reply, "Reply with the numbered list and nothing else.") == ["Name a hill."]
    assert read(reply, "In 1999.") == ["Name a hill."]


@pytest.mark.parametrize(
    ("code", "reply", "items"),
    [
        ("ko", "하나\n10번. 둘", ["하나", "둘"]),
        ("ko", "좋습니다! 새 과제입니다:\n\n9번. 하나\n10번. 둘", ["하나", "둘"]),
        ("ja", "一つ目\n10、二つ目", ["一つ目", "二つ目"]),
        ("zh", "第一\n10、第二", ["第一", "第二"]),
    ],
)
def test_lists_of_other_languages_go_on(code, reply, items):
    assert read(reply, labels=load(code).labels) == items


PIECES = st.sampled_from(
    [
        "9.",
        "10.",
        "1.",
        "Input:",
        "Instruction:",
        "Output:",
        "\n",
        "\n\n",
        ":",
        "- ",
        "```",
        "{",
        "x",
    ]
)


@given(st.lists(PIECES | st.text(max_size=8), max_size=40).map("".join))
@settings(max_examples=4 * settings().max_examples)
def test_no_reply_makes_an_opening_raise_or_loses_a_character(text):
    for code in available():
        labels = load(code).labels
        assert opened_list(text, ASKED, labels).endswith(text.lstrip())


@pytest.mark.parametrize("edition", range(1, NEWEST + 1))
@pytest.mark.parametrize("language", available())
@pytest.mark.parametrize("step", [Step.INSTRUCTIONS, Step.CLASSIFICATION_INSTRUCTIONS])
def test_the_mock_takes_no_chat_for_a_completion(language, step, edition):
    prompts = Prompts(load(language), "chat", steps=[step], edition=edition)
    sizes = []
    for number in range(30):
        shown = [f"{number}-{place}." for place in range(8)]
        text = prompts.render(step, demonstrations=shown, first=9, last=16, count=8)
        reply = said_by_mock(text, grammar(language)).text
        sizes.append(len(list_items(reply, load(language).labels)))
    assert sizes.count(8) > 20
    assert max(sizes) == 8


@pytest.mark.parametrize("edition", range(1, NEWEST + 1))
@pytest.mark.parametrize("language", available())
@pytest.mark.parametrize("api", ["chat", "completions"])
def test_the_mock_says_yes_or_no_where_it_is_asked(language, api, edition):
    spoken, labels = grammar(language), load(language).labels
    prompts = Prompts(load(language), api, steps=[Step.CLASSIFY], edition=edition)
    rng = random.Random(1)
    verdicts = []
    for kind in (True, False):
        forms = [one.text for one in spoken.classification] if kind else spoken.open
        for form in forms[:12]:
            text = prompts.render(Step.CLASSIFY, instruction=spoken.fill(form, rng))
            said = yes_or_no(said_by_mock(text, spoken).text, labels.yes, labels.no)
            verdicts.append(None if said is None else said is kind)
    assert verdicts.count(False) == 0
    assert verdicts.count(True) > len(verdicts) * 0.7
