"""Copies of what was shown, words of prompts, and evolutions beside their parents."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfinstruct.filters.copies import LEAST, Shown, held, is_copy, share, weight
from selfinstruct.filters.leaks import Frame
from selfinstruct.languages import available, load, tokenizer
from selfinstruct.prompts import Prompts, Step
from selfinstruct.recipes import self_instruct
from selfinstruct.recipes.evolve_checks import Evolution
from selfinstruct.recipes.guards import Guard
from selfinstruct.tasks import Instance, Reason

SEEDS = Path(__file__).parents[1] / "seeds"
ENGLISH = tokenizer("rouge").tokenize
WORDS = st.lists(st.sampled_from(["a", "b", "c", "the", "가", "나", "猫"]), max_size=30)


def rows(language):
    text = (SEEDS / f"{language}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@given(WORDS, WORDS)
def test_being_a_copy_is_mutual_and_what_is_equal_is_one(one, other):
    assert share(one, other) == share(other, one)
    assert is_copy(one, other) == is_copy(other, one)
    assert is_copy(one, one)
    assert 0 <= share(one, other) <= 1
    if is_copy(one, other) and one != other:
        assert share(one, other) >= LEAST


@given(st.text(), st.lists(st.text(), max_size=5))
def test_what_was_shown_is_found_whatever_it_is(text, others):
    shown = Shown(tokenizer("unicode").tokenize, [*others, text])
    assert not text.strip() or shown.copied(text) is not None
    Frame(ENGLISH, others).leaked(text, besides="".join(others))


@given(WORDS, WORDS, WORDS)
def test_words_at_the_edges_make_no_difference(before, text, behind):
    if weight(text) >= 4 and len(before) + len(behind) <= len(text):
        assert is_copy([*before, *text, *behind], text)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Name three rivers.", "name three rivers", True),
        ("Name three rivers.", "Name three rivers and their lengths.", False),  # 3 words: equality
        ("Write a poem about autumn.", "Write a poem about cats.", False),
        ("Write a poem about autumn.", "Please write a poem about autumn, quickly.", True),
        ("Label the specimen: igneous or not.", "Label the urgency: warning or not.", False),
        (
            "How do I stop a wooden door from sticking in humid weather?",
            "How do I stop a wooden door from sticking? Answer: dry it in less humid weather.",
            True,
        ),
        (
            "Refactor using early returns so that no branch is nested.",
            "Refactoring using early returns so that no branch is nested",
            True,
        ),
    ],
)
def test_a_copy_holds_most_of_the_shorter_text_in_order(one, other, expected):
    assert is_copy(ENGLISH(one), ENGLISH(other)) is expected


def test_words_scattered_over_a_long_text_are_no_copy():
    short = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
    long = [word for letter in short for word in (letter, *"uvwxyz")]
    assert held(short, long) == 1
    assert not is_copy(short, long)


def spread(word_list, between):
    return [word for one in word_list for word in (one, *["x"] * between)]


@pytest.mark.parametrize(
    ("shared", "of", "between", "expected"),
    [
        (16, 20, 0, True),  # four fifths of the words …
        (15, 20, 0, False),
        (7, 8, 0, True),
        (6, 7, 0, False),  # … and all of fewer than eight
        (10, 10, 1, True),  # in a stretch of twice the length
        (10, 10, 2, False),
    ],
)
def test_the_figures_of_a_copy(shared, of, between, expected):
    text = [f"w{n}" for n in range(of)]
    other = spread(text[:shared], between) + ["y"] * 60
    assert is_copy(text, other) is expected
    assert is_copy(other, text) is expected


@pytest.mark.parametrize("language", available())
def test_no_seed_is_a_copy_of_another_and_none_leaks_a_prompt(language):
    pack = load(language).in_edition(2)
    words = tokenizer(pack.tokenizer).tokenize
    seeds = rows(language)
    texts = [words(row["instruction"]) for row in seeds]
    assert max(share(one, other) for one, other in itertools.combinations(texts, 2)) <= 0.5
    for api in ("chat", "completions"):
        prompts = Prompts(pack, api, None, (*self_instruct.STEPS, Step.ALPACA))
        guard = Guard(pack, prompts, (*self_instruct.STEPS, Step.ALPACA))
        for row in seeds:
            for step in (Step.INSTRUCTIONS, Step.CLASSIFICATION_INSTRUCTIONS, Step.ALPACA):
                assert guard.instruction(row["instruction"], step, ()) is None
            step = Step.OUTPUT_FIRST if row["is_classification"] else Step.INPUT_FIRST
            for case in row["instances"]:
                assert guard.instance(row["instruction"], Instance(**case), step) is None


@pytest.mark.parametrize("language", available())
@pytest.mark.parametrize("api", ["chat", "completions"])
def test_each_sentence_of_a_prompt_is_known_as_such_whatever_it_is_given(language, api):
    pack = load(language).in_edition(2)
    words = tokenizer(pack.tokenizer).tokenize
    prompts = Prompts(pack, api, None, tuple(Step))
    values = {"first": 9, "last": 16, "count": 8, "instruction": "?", "method": "?", "most": 5}
    task = {"instruction": "Xyz.", "input": "Xyz.", "output": "Xyz."}
    for step in (
        Step.INSTRUCTIONS,
        Step.CLASSIFICATION_INSTRUCTIONS,
        Step.ALPACA,
        Step.INPUT_FIRST,
    ):
        shown = {Step.ALPACA: [task], Step.INPUT_FIRST: []}.get(step, ["Xyz."])
        text = prompts.render(step, demonstrations=shown, structured=False, **values)
        frame = Frame(words, prompts.frame(step))
        sentences = [line for line in text.splitlines() if weight(words(line)) >= 9]
        assert sentences
        assert all(frame.leaked(line) for line in sentences), step


def test_a_run_of_six_words_of_the_frame_is_a_leak_unless_it_was_given():
    frame = Frame(ENGLISH, ["Think of 8 new tasks and write them as tasks 9 to 16 of this list."])
    assert frame.leaked("Please write them as tasks 1 to 20.") == "write them as tasks 0 to"
    assert frame.leaked("Write them as tasks for 20 people.") is None
    given = "Say what to write them as tasks 1 to 20 means."
    assert frame.leaked("Write them as tasks 1 to 20, twice.", besides=given) is None


def test_a_text_made_of_the_frames_words_is_a_leak():
    frame = Frame(
        ENGLISH, ["How to make it harder: if it asks about something, ask further, deeper."]
    )
    assert frame.leaked("To make it harder: ask about something further and deeper.")
    assert frame.leaked("To make tea: ask about something further and deeper.") is None


GUARD = Guard(
    load("en"), Prompts(load("en"), "chat", None, self_instruct.STEPS), self_instruct.STEPS
)


def found(instruction, given, said):
    case = Instance(input=given, output=said)
    finding = GUARD.instance(instruction, case, Step.OUTPUT_FIRST)
    return finding and finding.reason


def test_instances_of_the_fixed_demonstrations_are_no_instances_of_another_task():
    alibi = "By Friday afternoon my brain was a wrung-out sponge."
    assert found("Say how tired she is.", alibi, "very") is Reason.REPEATED_DEMONSTRATION
    assert found("Tag it.", "Come at noon.", "no reply needed") is Reason.REPEATED_DEMONSTRATION
    leak = "Reply with the labels and inputs and nothing else."
    assert found("Say how tired she is.", leak, "very") is Reason.PROMPT_LEAKED


def test_a_label_may_be_right_for_two_tasks():
    assert found("Is the phrase literal or figurative?", "My heart sank.", "figurative") is None
    assert found("Which emails need a reply?", "Come at noon.", "no reply needed") is None


TABLE = "stall | price\nplums | 3\npears | 2\nquinces | 5\nsloes | 1"
PARENT = f"Lay these stall prices out as a Markdown table, cheapest item on top.\n\n{TABLE}"


@pytest.mark.parametrize(
    ("text", "nothing_new", "drops"),
    [
        (PARENT, True, False),
        ("Lay these stall prices out as a Markdown table, cheapest item on top.", True, True),
        ("Lay those stall prices out as a Markdown table, cheapest item on top.", True, True),
        # The clause is new, though the data make up most of the text.
        (PARENT.replace("on top", "on top, and mark what costs more than three"), False, False),
        # So are data, and data that replace others.
        (f"{PARENT}\nmedlars | 4\ncrab apples | 6\ndamsons | 7", False, False),
        (
            "Lay these stall prices out as a Markdown table, dearest item first, with a sum.",
            False,
            True,
        ),
        (
            "Lay these stall prices out as a Markdown table, cheapest item on top, with a sum.\n"
            "figs: 9, dates: 8, limes: 7, kiwis: 6",
            False,
            False,
        ),
        ("Explain why fruit is cheaper in autumn than in spring, with two examples.", False, False),
    ],
)
def test_an_evolution_says_something_new_and_keeps_the_data(text, nothing_new, drops):
    evolution = Evolution(ENGLISH, text, PARENT, TABLE)
    assert evolution.says_nothing_new() is nothing_new
    assert evolution.drops_data() is drops


def test_without_data_there_is_nothing_to_drop():
    evolution = Evolution(ENGLISH, "Explain tides to a child.", "Explain tides.", "")
    assert not evolution.says_nothing_new()
    assert not evolution.drops_data()


LETTERS = list("abcdefghij")


@given(st.lists(st.sampled_from(LETTERS), max_size=14), st.data())
def test_shown_texts_are_found_as_each_pair_says(words, data):
    others = data.draw(
        st.lists(
            st.lists(st.sampled_from(LETTERS), min_size=1, max_size=14),
            max_size=4,
        )
    )
    texts = [" ".join(one) for one in others]
    said = " ".join(words)
    expected = next(
        (text for text in dict.fromkeys(texts) if said == text or is_copy(words, text.split())),
        None,
    )
    assert Shown(str.split, texts).copied(said) == expected
