"""What the second edition reads that the first lost or glued together."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfinstruct.languages import available, load
from selfinstruct.parsing import (
    collapse,
    input_first,
    list_items,
    lone_answer,
    output_first,
    task_said,
    whole_items,
)

FIRST = load("en").labels
LABELS = load("en").in_edition(2).labels


@pytest.mark.parametrize(
    ("reply", "items"),
    [
        ("9. Do it.\n   - Answer: No.\n10. Do more.", ["Do it.", "Do more."]),
        ("9. Do it.\n**Output:** 4\n10. Do more.", ["Do it.", "Do more."]),
        ("9. Do it.\n   Example 1\n   - x\n10. Do more.", ["Do it.", "Do more."]),
        ("9. Do it.\n   - Task 10: x\n   - Task 11: y", ["Do it."]),
        ("9. Do it? - Answer: No. - Task 3: x", ["Do it?"]),
        ("9. Do this. Input: abc Output: def", ["Do this."]),
        ("1. Instruction: Do it.\n2. Input: x\n3. Output: y", ["Do it."]),
        ("9. Task 9: Do it.\n10. **Question:** Why?", ["Do it.", "Why?"]),
        ("1. 3. Do it.\n2. 4. Do more.", ["Do it.", "Do more."]),
        ("9. Do it.\nSure! These are the new tasks.", ["Do it."]),
        # Bullets under a sentence that is complete are no part of it; others are.
        ("9. Is it so?\n   - Refuted\n10. Do more.", ["Is it so?", "Do more."]),
        ("9. Compare:\n   - by cost\n   - by time", ["Compare: - by cost - by time"]),
        ("9. Name the following.\n   - red\n   - blue", ["Name the following. - red - blue"]),
        ("9. Say, for a\n   - cook\nwhat pays.", ["Say, for a - cook what pays."]),
        # Words that only look like markers.
        ("9. Surely it rains.\nSurely it pours. Why?", ["Surely it rains. Surely it pours. Why?"]),
        ("9. Answer: which is it?", []),
        ("9. Answer in one word: which is it?", ["Answer in one word: which is it?"]),
        ("9. Label the rock: hard or soft.", ["Label the rock: hard or soft."]),
        ("9. Is it so? Answer: yes or no.", ["Is it so? Answer: yes or no."]),
    ],
)  # fmt: skip
def test_an_item_ends_where_nesting_begins_that_is_no_part_of_it(reply, items):
    assert list_items(reply, LABELS) == items


@pytest.mark.parametrize(
    ("language", "reply", "items"),
    [
        ("ko", "9. 푸세요.\n   - 답: 하나\n10. 고르세요. - 정답: 둘", ["푸세요.", "고르세요."]),
        ("ja", "9. 説明せよ。\n答え：一つ\n10. 指示：選べ。", ["説明せよ。", "選べ。"]),
        ("zh", "9. 请解释。\n答案：一\n10. 指令：请选择。", ["请解释。", "请选择。"]),
    ],
)  # fmt: skip
def test_other_languages_name_their_own_words(language, reply, items):
    assert list_items(reply, load(language).in_edition(2).labels) == items


@pytest.mark.parametrize(
    ("reply", "cases"),
    [
        ("Question 1: a\nAnswer: b\n\nQuestion 2: c\nAnswer: d", [("a", "b"), ("c", "d")]),
        ("Text: a\nResponse: b", [("a", "b")]),
        # The prompt's own markers are used: the others are text.
        ("Input: a\nOutput: Q.\nQuestion: c\nAnswer: d", [("a", "Q.\nQuestion: c\nAnswer: d")]),
        ("Output: A quiz.\nQuestion: c\nAnswer: d", [("", "A quiz.\nQuestion: c\nAnswer: d")]),
        # Another task begins.
        ("Input: a\nOutput: b\n\nTask 20:\nGo on.", [("a", "b")]),
        ("Input: a\nOutput: b\n\nTask: Sort.\nExample 1\nInput: c\nOutput: d", [("a", "b")]),
        # A plan is none.
        ("Input: a\nOutput: b\n\nTask 1: c\n\nTask 2: d", [("a", "b\n\nTask 1: c\n\nTask 2: d")]),
        ("Input: a\nOutput: b\nTask 2: d", [("a", "b\nTask 2: d")]),
        # Answers without their marker, where two examples have the same shape.
        ("Example 1\nInput: a\nb\n\nExample 2\nInput: c\nd", [("a", "b"), ("c", "d")]),
        ("Example 1\nInput: a\n\nb\n\nExample 2\nInput: c\n\nd", [("a", "b"), ("c", "d")]),
        ("Example 1\nInput: a\nb\n\nExample 2\nInput: c\nd?", []),
        ("Example 1\nInput: a\nb\n\nExample 2\nInput: c\nd\ne", []),
        ("Example 1\nInput: a\nb", []),
        ("Input: a\nb\nInput: c\nd", []),
    ],
)  # fmt: skip
def test_instances_in_other_words_and_without_some(reply, cases):
    found = input_first(reply, LABELS)
    assert [(case.input, case.output) for case in found.cases] == cases


def test_what_the_cut_off_piece_lacks_is_no_shape():
    reply = "Example 1\nInput: a\nb\n\nExample 2\nInput: c\nd"
    assert input_first(reply, LABELS, cut_off=True).cases == ()


def test_labels_in_other_words():
    found = output_first("Category: sad\nText: I weep.\n\nCategory: glad\nText: I sing.", LABELS)
    assert [(case.input, case.output) for case in found.cases] == [
        ("I weep.", "sad"),
        ("I sing.", "glad"),
    ]


def test_inputs_and_outputs_are_instances_where_labels_were_to_come_first():
    found = output_first("Input: I weep.\nOutput: sad\n\nInput: I sing.\nOutput: glad", LABELS)
    assert [(case.input, case.output) for case in found.cases] == [
        ("I weep.", "sad"),
        ("I sing.", "glad"),
    ]


def items(reply, **more):
    found = whole_items(reply, LABELS, with_instruction=True, **more)
    assert not found.unreadable
    return [(item.instruction, item.case.input, item.case.output) for item in found.items]


def test_whole_tasks_may_begin_with_their_number():
    reply = "Task 1: Add.\nInput: 1, 2\nOutput: 3\n\nTask 2: Sing.\nInput: <none>\nOutput: La."
    assert items(reply) == [("Add.", "1, 2", "3"), ("Sing.", "", "La.")]
    reply = (
        "Question 1: Add.\nInput: 1, 2\nOutput: 3\n\nQuestion 2: Sing.\nInput: none\nOutput: La."
    )
    assert items(reply) == [("Add.", "1, 2", "3"), ("Sing.", "", "La.")]
    reply = "### Task 1\nInstruction: Add.\nInput: 1\nOutput: 2\n\nTask 2:\nInstruction: Sing.\n"
    assert items(f"{reply}Input: none\nOutput: La.")[0] == ("Add.", "1", "2")
    assert whole_items(reply, FIRST, with_instruction=True).items[0].case.output == "2\n\nTask 2:"


def test_a_key_of_another_spelling_never_takes_the_place_of_the_prompts_own():
    reply = '[{"prompt": "Add.", "input": "1", "context": "school", "answer": "2"}]'
    assert items(reply) == [("Add.", "1", "2")]


@pytest.mark.parametrize(
    ("reply", "read"),
    [
        ("Ottawa is the capital.", "Ottawa is the capital."),
        ("Two lines.\n\nOf a poem.", "Two lines.\n\nOf a poem."),
        ("Input: a", None),
        ("Question: a\nb", None),
        ("Example 1\nOttawa.", None),
        ("Task: Name it.\nOttawa.", None),
        ("Sure! Here it is.", None),
        ("Which one do you mean?", None),
        ("Please share the note so that I can help.", None),
        ("Here:", None),
        ("", None),
    ],
)
def test_a_reply_without_markers_is_an_answer_unless_it_is_something_else(reply, read):
    assert lone_answer(reply, LABELS) == read


def test_the_task_that_a_reply_begins_with_is_told():
    assert task_said("\nTask: Sort these.\nExample 1", LABELS) == "Sort these."
    assert task_said("**Task 3:** Sort these.", LABELS) == "Sort these."
    assert task_said("Task:\nSort these.", LABELS) is None
    assert task_said("Question: why?", LABELS) is None
    assert task_said("", LABELS) is None


PIECES = [
    "Task 9:", "Task 1:\n\nTask 2:\n\n", "9.", "2. 4. ", "- ", "- Answer: ", " Input: ", "Output:",
    "Label:", "Example 2", "Question 3:", "Answer:", "Sure!", "Instruction:", ":", "?", "```", "**",
    "과제 9:", "입력:", "답:", "答え：", "任务 3：", "输入：", "following", "\n", "\n\n", " ", "x",
    "\ud800", "\x00",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=60).map("".join))
@settings(max_examples=2 * settings().max_examples)
def test_no_text_whatever_makes_a_reader_raise(text):
    for code in available():
        labels = load(code).in_edition(2).labels
        for continues in (True, False):
            listed = list_items(text, labels, continues=continues)
            assert all(item == collapse(item) and item for item in listed)
            input_first(text, labels, continues=continues)
            output_first(text, labels, continues=continues)
            whole_items(text, labels, with_instruction=True, continues=continues)
        lone_answer(text, labels)
        task_said(text, labels)


@pytest.mark.parametrize("code", available())
@pytest.mark.parametrize("piece", PIECES)
def test_a_reply_that_repeats_itself_for_ever_is_read_in_a_moment(code, piece):
    # In quadratic time this would take minutes.
    labels = load(code).in_edition(2).labels
    text = piece * (40_000 // len(piece))
    list_items(f"9. {text}", labels)
    input_first(f"Input: a\nOutput: b\n{text}", labels)
    whole_items(text, labels, with_instruction=True)
    lone_answer(text, labels)
