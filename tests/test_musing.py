"""The mock as a model that thinks: where its thoughts stand, and what a limit leaves."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serving import PROMPT, asking, chat, one

from selfinstruct.mock import thinking
from selfinstruct.mock.behaviour import Behaviour
from selfinstruct.mock.grammar import grammar
from selfinstruct.mock.musing import thoughts
from selfinstruct.mock.teacher import reply, tokens
from selfinstruct.mock.thinking import Style
from selfinstruct.teachers import Api

ENGLISH = grammar("en")


def plain(limit=4096, stop=(), text=PROMPT):
    return reply(text, ENGLISH, limit, stop)


def spoken(style, count, limit, stop=(), text=PROMPT, api=Api.CHAT):
    return thinking.said(
        thoughts(text, count, ENGLISH),
        limit,
        stop,
        thinking.around(style, api),
        lambda left: plain(left, stop, text),
    )


@given(st.text(max_size=300), st.integers(0, 700), st.sampled_from(["en", "ko", "ja", "zh"]))
def test_thoughts_have_the_length_asked_for_and_hold_no_tag(text, count, language):
    said = thoughts(text, count, grammar(language))
    assert tokens(said) == count
    assert len(said) == 4 * count
    assert said == thoughts(text, count, grammar(language))
    assert not re.search(r"[<>\[\]◁▷]", said)


def test_thoughts_hold_what_is_dangerous_to_read_as_an_answer():
    many = [thoughts(f"{PROMPT} {k}", 200, ENGLISH) for k in range(200)]
    for pattern in (r"\bYes\b", r"\bNo\b", r"\n1\. ", r"\n\n"):
        assert sum(bool(re.search(pattern, said)) for said in many) > 100, pattern
    assert 25 <= sum('"Output:"' in said for said in many) <= 75
    assert 1 <= sum("examples above" in said for said in many) <= 15
    assert len(set(many)) == 200


# Where they stand, and what a limit leaves


@given(
    st.sampled_from(Style),
    st.sampled_from(Api),
    st.integers(1, 80),
    st.integers(1, 200),
    st.text(max_size=60),
)
def test_behind_the_thoughts_stands_the_ordinary_answer_to_what_the_limit_leaves(
    style, api, count, limit, text
):
    said = spoken(style, count, limit, text=text, api=api)
    choice = thinking.choice(said, style, api)
    mused = thoughts(text, count, ENGLISH)
    opening, closing = thinking.around(style, api) or ("", "")
    shown = thinking.around(style, api) is not None
    if limit > count:
        ordinary = plain(limit - count, text=text)
        assert said.text == (opening + mused + closing if shown else "") + ordinary.text
        assert (said.finish, said.answered) == (ordinary.finish, True)
        assert said.thoughts == mused
        assert said.thinking == count
        assert said.answering == tokens(ordinary.text)
    else:
        assert said.text == (opening + mused[: 4 * limit] if shown else "")
        assert (said.finish, said.answered) == ("length", False)
        assert said.thoughts == mused[: 4 * limit]
        assert (said.thinking, said.answering) == (limit, 0)
        assert not closing or closing.strip() not in json.dumps(choice)
    assert said.thinking + said.answering <= limit


@given(
    st.sampled_from(Style),
    st.integers(1, 80),
    st.integers(1, 200),
    st.lists(st.sampled_from([" ", "\n", "\n\n", "</think>", "the ", "e", "zzz"]), max_size=4),
)
def test_stops_fire_in_thoughts_that_are_shown_and_only_there(style, count, limit, stop):
    said, free = spoken(style, count, limit, stop), spoken(style, count, limit)
    pair = thinking.around(style, Api.CHAT)
    if pair is None:
        assert said.thoughts == free.thoughts
        assert said.text == (plain(limit - count, stop).text if limit > count else "")
        return
    assert free.text.startswith(said.text)
    assert not any(mark in said.text for mark in stop)
    assert said.answered == (
        said.text.startswith(pair[0] + thoughts(PROMPT, count, ENGLISH) + pair[1])
    )


def test_a_stop_within_the_thoughts_ends_the_reply_before_its_answer():
    said = spoken(Style.TAGS, 80, 400, ["\n</think>"])
    assert said.text == "<think>\n" + thoughts(PROMPT, 80, ENGLISH)
    assert (said.finish, said.answered, said.thinking, said.answering) == ("stop", False, 80, 0)
    said = spoken(Style.TAGS, 80, 400, ["\n"])
    assert (said.text, said.thinking) == ("<think>", 0)


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({}, 80),
        ({"reasoning_effort": "minimal"}, 10),
        ({"reasoning_effort": "low"}, 40),
        ({"reasoning_effort": "medium"}, 80),
        ({"reasoning_effort": "high"}, 160),
        ({"reasoning": {"effort": "low"}}, 40),
        ({"reasoning_effort": "none"}, 0),
        ({"reasoning": {"effort": "none"}}, 0),
        ({"reasoning": {"enabled": False}}, 0),
        ({"chat_template_kwargs": {"enable_thinking": False}}, 0),
        ({"chat_template_kwargs": {"thinking": False}}, 0),
        ({"chat_template_kwargs": {"thinking": True}}, 80),
        ({"thinking": {"type": "disabled"}}, 0),
        ({"thinking": {"type": "enabled"}}, 80),
        ({"thinking": "disabled", "reasoning": 3, "reasoning_effort": ["none"]}, 80),
    ],
)
def test_a_request_says_how_much_is_thought(fields, count):
    assert thinking.wanted(fields, 80) == count
    assert thinking.wanted(fields, 0) == 0
    choice, usage = one(Behaviour(thinking=80), chat(**fields))
    assert usage["completion_tokens_details"] == {"reasoning_tokens": count}
    assert ("reasoning_content" in choice["message"]) == (count > 0)
    assert choice["message"]["content"] == plain().text


def test_each_style_stands_where_that_kind_of_server_puts_it():
    answer, mused = plain().text, thoughts(PROMPT, 80, ENGLISH)
    messages = {
        style: one(Behaviour(thinking=80, style=style), chat())[0]["message"] for style in Style
    }
    assert {style: message["content"] for style, message in messages.items()} == {
        Style.HIDDEN: answer,
        Style.FIELD: answer,
        Style.REASONING: answer,
        Style.TAGS: f"<think>\n{mused}\n</think>\n\n{answer}",
        Style.UNOPENED: f"{mused}\n</think>\n\n{answer}",
        Style.CHANNELS: (
            f"<|channel|>analysis<|message|>{mused}<|end|>"
            f"<|start|>assistant<|channel|>final<|message|>{answer}"
        ),
        Style.PARTS: [
            {"type": "thinking", "thinking": [{"type": "text", "text": mused}]},
            {"type": "text", "text": answer},
        ],
    }
    extra = {style: set(m) - {"role", "content", "refusal"} for style, m in messages.items()}
    assert {style: names for style, names in extra.items() if names} == {
        Style.FIELD: {"reasoning_content"},
        Style.REASONING: {"reasoning"},
    }
    assert messages[Style.FIELD]["reasoning_content"] == mused
    assert messages[Style.REASONING]["reasoning"] == mused


def test_plain_completions_hold_the_thoughts_in_the_text_or_beside_it():
    answer, mused = plain().text, thoughts(PROMPT, 80, ENGLISH)
    body = {"model": "mock", "prompt": PROMPT}
    found = {
        style: one(Behaviour(thinking=80, style=style), body, path="/v1/completions")[0]
        for style in Style
    }
    assert found[Style.FIELD]["reasoning_content"] == mused
    assert found[Style.REASONING]["reasoning"] == mused
    for style in (Style.HIDDEN, Style.FIELD, Style.REASONING):
        assert found[style]["text"] == answer
    assert found[Style.TAGS]["text"] == f"<think>\n{mused}\n</think>\n\n{answer}"
    assert found[Style.PARTS]["text"] == f"[THINK]{mused}[/THINK]{answer}"


@pytest.mark.parametrize("style", Style)
def test_thoughts_are_billed_and_only_some_styles_report_them(style):
    behaviour = Behaviour(thinking=80, style=style)
    (_, starved), (_, whole), (_, off), bill = asking(
        behaviour, chat(max_tokens=80), chat(max_tokens=500), chat(reasoning_effort="none")
    )
    length = tokens(plain().text)
    assert starved["choices"][0]["finish_reason"] == "length"
    assert whole["choices"][0]["finish_reason"] == "stop"
    counts = [body["usage"]["completion_tokens"] for body in (starved, whole, off)]
    assert counts[:2] == [80, 80 + length]
    details = [body["usage"].get("completion_tokens_details") for body in (starved, whole, off)]
    reported = [{"reasoning_tokens": count} for count in (80, 80, 0)]
    assert details == (reported if style in thinking.REPORTED else [None] * 3)
    assert bill["completion_tokens"] == sum(counts)
    assert bill["reasoning_tokens"] == 160


def test_asked_again_with_more_room_the_answer_is_the_one_that_would_have_come_at_once():
    texts = [f"Say something about the number {k}." for k in range(40)]
    bodies = [chat(text, max_tokens=limit) for text in texts for limit in (50, 81, 500)]
    *answers, _ = asking(Behaviour(thinking=80), *bodies)
    last = [body["choices"][0]["message"]["content"] for _, body in answers[2::3]]
    assert last == [plain(text=text).text for text in texts]


def test_each_of_several_choices_thinks():
    (_, body), bill = asking(Behaviour(thinking=10, style=Style.TAGS), chat(n=3))
    contents = [choice["message"]["content"] for choice in body["choices"]]
    assert [choice["index"] for choice in body["choices"]] == [0, 1, 2]
    assert all(text.startswith("<think>\n") for text in contents)
    assert len(set(contents)) == 3
    assert bill["reasoning_tokens"] == 30
