"""Thoughts are told from answers, wherever a server leaves them; and no reply can break that."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfinstruct.filters.reasoning import leak
from selfinstruct.teachers.base import Reply, Usage
from selfinstruct.teachers.replies import decided, read_body, tokens_of_thoughts, within
from selfinstruct.teachers.thoughts import may_be_unopened, taken_apart

TAGS = ["<think>", "</think>", "[THINK]", "[/THINK]", "◁think▷", "◁/think▷", "<|channel|>"]
TAGS += ["<|message|>", "<|end|>", "analysis", "final", "assistantfinal", "<|start|>assistant"]
PIECES = st.lists(st.one_of(st.sampled_from([*TAGS, "\n", " "]), st.text(max_size=8)), max_size=20)


def body(content, **message):
    usage = {"prompt_tokens": 5, "completion_tokens": 100}
    details = message.pop("details", None)
    finish = message.pop("finish", "stop")
    usage |= {"completion_tokens_details": details} if details else {}
    whole = {"content": content, **message}
    return {"choices": [{"message": whole, "finish_reason": finish}], "usage": usage}


@pytest.mark.parametrize(
    ("message", "thoughts", "answer"),
    [
        ({"content": "Yes", "reasoning_content": "Let me see."}, "Let me see.", "Yes"),
        ({"content": "Yes", "reasoning": "Let me see."}, "Let me see.", "Yes"),
        (
            {"content": "Yes", "reasoning": "Same.", "reasoning_content": "Same."},
            "Same.",
            "Yes",
        ),
        (
            {"content": "Yes", "reasoning_details": [{"type": "reasoning.text", "text": "Hm."}]},
            "Hm.",
            "Yes",
        ),
        (
            {
                "content": [
                    {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]},
                    {"type": "text", "text": "Yes"},
                ]
            },
            "Hm.",
            "Yes",
        ),
        ({"content": [{"type": "reasoning", "text": "Hm."}, {"text": "Yes"}]}, "Hm.", "Yes"),
        ({"content": "<think>\nHm.\n</think>\n\nYes"}, "Hm.", "Yes"),
        ({"content": "\n<thinking>Hm.</thinking>Yes"}, "Hm.", "Yes"),
        ({"content": "[THINK]Hm.[/THINK]Yes"}, "Hm.", "Yes"),
        ({"content": "◁think▷Hm.◁/think▷Yes"}, "Hm.", "Yes"),
        ({"content": "<think></think>\n\nYes"}, "", "Yes"),
        ({"content": "<think>A</think>\n<think>B</think>\nYes"}, "A\n\nB", "Yes"),
        (
            {
                "content": "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant"
                "<|channel|>final<|message|>Yes<|return|>"
            },
            "Hm.",
            "Yes",
        ),
        ({"content": "analysisWe see.assistantfinalYes"}, "We see.", "Yes"),
        # What only quotes a tag is an answer.
        ({"content": "Use <think>x</think> for it."}, "", "Use <think>x</think> for it."),
        ({"content": "Close it:\n</think>\nso."}, "", "Close it:\n</think>\nso."),
        ({"content": "analysis of the data: fine"}, "", "analysis of the data: fine"),
    ],
)
def test_each_shape_is_read(message, thoughts, answer):
    reply = read_body(body(**{"content": None, **message}))
    assert (reply.thoughts, reply.text, reply.starved) == (thoughts, answer, False)


def test_a_closing_tag_alone_is_believed_of_a_teacher_that_thinks():
    text = "Hm, </think> is odd.\nSo.\n</think>\n\nYes\n</think>"
    assert read_body(body(text)).text == text
    assert read_body(body(text)).undecided
    for reply in (
        read_body(body(text), thinks=True),
        read_body(body(text, details={"reasoning_tokens": 9})),
        decided(read_body(body(text)), unopened=True),
    ):
        assert reply.thoughts == "Hm, </think> is odd.\nSo."
        assert reply.text == "Yes\n</think>"
        assert not reply.undecided
    assert decided(read_body(body(text)), unopened=False).text == text
    assert not may_be_unopened("It says </think> in the middle")
    assert not may_be_unopened("<think>\nx\n</think>\ny")


@pytest.mark.parametrize(
    "text",
    ["<think>\nHm, the user", "<|channel|>analysis<|message|>Hm, the", "[THINK]Hm", ""],
)
def test_a_reply_cut_off_inside_its_thoughts_has_no_answer(text):
    reply = read_body(body(text, finish="length"))
    assert reply.starved
    assert reply.text == ""


def test_thoughts_without_tags_that_were_cut_off_are_no_answer():
    reply = read_body(body("Okay, the user wants", finish="length"), thinks=True)
    assert (reply.text, reply.thoughts, reply.starved) == ("", "Okay, the user wants", True)
    again = decided(read_body(body("Okay, the", finish="length")), unopened=True)
    assert (again.text, again.starved) == ("", True)


@given(PIECES, st.booleans(), st.sampled_from(["stop", "length", "content_filter"]))
def test_any_text_is_taken_apart(pieces, thinks, finish):
    text = "".join(pieces)
    said = taken_apart(text, thinks=thinks)
    # Nothing is made up: what is answered stands at the end of what was said, or in a channel.
    assert said.answer in text
    reply = read_body(body(text, finish=finish), thinks=thinks)
    assert isinstance(reply, Reply)
    assert decided(reply, unopened=thinks).undecided is False


KEYS = [
    *("choices", "message", "content", "reasoning", "reasoning_content"),
    *("thinking", "text", "type", "usage", "prompt_tokens"),
    *(
        "completion_tokens",
        "finish_reason",
        "reasoning_details",
        "completion_tokens_details",
        "reasoning_tokens",
    ),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(JSON, st.booleans())
def test_any_body_is_read_or_is_none(parsed, thinks):
    read_body(parsed, thinks=thinks)
    read_body({"choices": [{"message": parsed}], "usage": parsed}, thinks=thinks)
    read_body({"choices": [{"message": {"content": parsed, "reasoning": parsed}}]}, thinks=thinks)


def test_usage_has_four_parts_wherever_they_stand():
    counts = {"prompt_tokens": 100, "completion_tokens": 40}
    details = {"prompt_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 30}}
    thought = {"completion_tokens_details": {"reasoning_tokens": 25}}
    for usage, expected in (
        (counts | details | thought, Usage(100, 40, 60, 30, 25)),
        (counts | {"cache_read_input_tokens": 60}, Usage(100, 40, 60)),
        (counts | {"cache_creation_input_tokens": 30}, Usage(100, 40, 0, 30)),
        (counts | {"prompt_cache_hit_tokens": 60}, Usage(100, 40, 60)),
        # Nothing may be counted twice, whatever a server says.
        (
            counts | {"cache_read_input_tokens": 90, "cache_creation_input_tokens": 90},
            Usage(100, 40, 90, 10),
        ),
    ):
        parsed = {"choices": [{"message": {"content": "x"}}], "usage": usage}
        assert read_body(json.loads(json.dumps(parsed))).usage == expected


def test_an_answer_keeps_to_its_own_limit():
    usage = Usage(5, 120, reasoning_tokens=20)
    reply = Reply("a" * 400, "stop", usage, thoughts="t" * 80)
    assert tokens_of_thoughts(reply) == 20
    cut = within(reply, 50)
    assert (len(cut.text), cut.finish) == (200, "length")
    assert within(reply, 100) == reply
    # Without a count they are reckoned by their length.
    assert tokens_of_thoughts(Reply("a" * 300, "stop", Usage(5, 100), thoughts="t" * 100)) == 25
    plain = Reply("a" * 400, "stop", Usage(5, 100))
    assert within(plain, 10) == plain  # the server's limit held it


def test_thoughts_that_quote_the_prompt_are_told_from_those_about_the_task():
    prompt = "Write one example of each kind in the very same form. Task: Name a red fruit."
    quoting = "The prompt says: write one example of each kind in the very same form, so I will."
    assert leak(quoting, prompt, "Name a red fruit.", ()) == (
        "write one example of each kind in the"
    )
    assert leak("The task is: name a red fruit. An apple.", prompt, "Name a red fruit.", ()) is None
    assert leak("As the Examples Above show.", prompt, "", ("examples above",)) == "examples above"


def test_an_empty_reply_that_used_no_tokens_is_no_starved_one():
    # More room would change the request, and with it what a faulty server makes of it.
    lost = body("", finish="length")
    lost["usage"]["completion_tokens"] = 0
    assert not read_body(lost).starved
    del lost["usage"]
    assert read_body(lost).starved
