"""The mock server as any kind of teacher: what it refuses, where it thinks, what it bills."""

from __future__ import annotations

import asyncio
import json
import re

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from selfinstruct.errors import SettingsError
from selfinstruct.teachers import Api
from selfinstruct.teachers.mock import thinking
from selfinstruct.teachers.mock.behaviour import Behaviour
from selfinstruct.teachers.mock.caching import BLOCK, SHORTEST, Cache
from selfinstruct.teachers.mock.grammar import grammar
from selfinstruct.teachers.mock.kinds import Kind, parse_refusals, room
from selfinstruct.teachers.mock.musing import thoughts
from selfinstruct.teachers.mock.refusals import RefusedError
from selfinstruct.teachers.mock.server import application
from selfinstruct.teachers.mock.teacher import reply, tokens
from selfinstruct.teachers.mock.thinking import Style

ENGLISH = grammar("en")
PROMPT = "Name three rivers and say where they flow.\nTake your time over it."
SHOWN = (Style.TAGS, Style.UNOPENED, Style.CHANNELS)
SAMPLING = {"temperature": 0.7, "top_p": 0.5, "presence_penalty": 2, "stop": ["END"]}


def chat(text=PROMPT, **fields):
    return {"model": "mock", "messages": [{"role": "user", "content": text}], **fields}


def asking(behaviour, *bodies, path="/v1/chat/completions"):
    """The statuses and bodies of the answers, and last the server's bill."""

    async def run():
        async with TestClient(TestServer(application(behaviour))) as client:
            found = []
            for body in bodies:
                answer = await client.post(path, json=body)
                found.append((answer.status, await answer.json()))
            return [*found, await (await client.get("/v1/usage")).json()]

    return asyncio.run(run())


def one(behaviour, body, path="/v1/chat/completions"):
    """The first choice and the usage of a call that must be answered."""
    (status, answer), _ = asking(behaviour, body, path=path)
    assert status == 200, answer
    return answer["choices"][0], answer["usage"]


def refusing(text):
    return Behaviour(kind=Kind(parse_refusals(text)))


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


# The text of thoughts


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


# What is refused


def test_refused_fields_are_named_one_at_a_time_in_the_order_given():
    behaviour = refusing("max_tokens,stop,temperature,top_p,response_format")
    body = chat(max_tokens=9, response_format={"type": "json_object"}, **SAMPLING)
    bodies = []
    for name in ("max_tokens", "stop", "temperature", "top_p", "response_format"):
        bodies.append(dict(body))
        del body[name]
    *answers, (status, _), bill = asking(behaviour, *bodies, body)
    assert status == 200
    assert [status for status, _ in answers] == [400] * 5
    errors = [body["error"] for _, body in answers]
    assert errors == [
        {
            "message": message,
            "type": "invalid_request_error",
            "param": param,
            "code": code,
        }
        for param, code, message in (
            (
                "max_tokens",
                "unsupported_parameter",
                "Unsupported parameter: 'max_tokens' is not supported with this model. "
                "Use 'max_completion_tokens' instead.",
            ),
            (
                "stop",
                "unsupported_parameter",
                "Unsupported parameter: 'stop' is not supported with this model.",
            ),
            (
                "temperature",
                "unsupported_value",
                "Unsupported value: 'temperature' does not support 0.7 with this model. "
                "Only the default (1) value is supported.",
            ),
            (
                "top_p",
                "unsupported_parameter",
                "Unsupported parameter: 'top_p' is not supported with this model.",
            ),
            (
                "response_format",
                "unsupported_parameter",
                "Unsupported parameter: 'response_format' is not supported with this model.",
            ),
        )
    ]
    assert (bill["calls"], bill["answered"], bill["refused"]) == (6, 1, 5)
    assert bill["by_status"] == {"200": 1, "400": 5}


def test_temperature_may_be_1_and_null_is_no_value():
    answers = asking(refusing("temperature,stop"), chat(temperature=1), chat(stop=None))[:-1]
    assert [status for status, _ in answers] == [200, 200]


def test_a_pair_is_refused_together_and_each_alone_is_taken():
    (status, body), *others, _ = asking(
        refusing("temperature+top_p"), chat(**SAMPLING), chat(temperature=0.7), chat(top_p=0.5)
    )
    assert status == 400
    assert body["error"] == {
        "message": "`temperature` and `top_p` cannot both be specified for this model. "
        "Please use only one.",
        "type": "invalid_request_error",
        "param": None,
        "code": None,
    }
    assert [status for status, _ in others] == [200, 200]


def test_a_strict_server_names_all_unknown_fields_at_once_in_an_object():
    unknown = {"max_completion_tokens": 7, "chat_template_kwargs": {"enable_thinking": False}}
    (status, body), (taken, _), _ = asking(
        Behaviour(kind=Kind(strict=True)),
        chat(**SAMPLING, **unknown),
        chat(max_tokens=7, frequency_penalty=1, reasoning_effort="none", **SAMPLING),
    )
    assert (status, taken) == (422, 200)
    assert body == {
        "object": "error",
        "message": {
            "detail": [
                {
                    "type": "extra_forbidden",
                    "loc": ["body", name],
                    "msg": "Extra inputs are not permitted",
                    "input": value,
                }
                for name, value in unknown.items()
            ]
        },
        "type": "invalid_request_error",
        "param": None,
        "code": None,
    }


def test_a_prompt_that_fills_the_context_is_refused_as_llama_cpp_does():
    text = "word " * 80  # a hundred tokens
    behaviour = Behaviour(kind=Kind(context=100))
    (status, body), (taken, cut), _ = asking(behaviour, chat(text), chat(text[:384]))
    assert (status, taken) == (400, 200)
    assert body["error"] == {
        "code": 400,
        "message": "request (100 tokens) exceeds the available context size (100 tokens), "
        "try increasing it",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": 100,
        "n_ctx": 100,
    }
    assert cut["usage"]["total_tokens"] == 100
    assert cut["choices"][0]["finish_reason"] == "length"


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 300))
def test_prompt_and_reply_share_the_context(size, prompt, limit):
    try:
        left = room(Kind(context=size), prompt, limit)
    except RefusedError:
        assert prompt >= size
        return
    assert left == min(limit, size - prompt)
    assert left > 0


def test_the_models_tell_the_context_and_nothing_else_new():
    async def rows(behaviour):
        async with TestClient(TestServer(application(behaviour))) as client:
            return (await (await client.get("/v1/models")).json())["data"]

    ordinary = asyncio.run(rows(Behaviour()))
    assert ordinary[0] == {"id": "mock", "object": "model", "owned_by": "selfinstruct"}
    small = asyncio.run(rows(Behaviour(kind=Kind(context=2048))))
    assert small == [row | {"meta": {"n_ctx_train": 2048, "n_ctx": 2048}} for row in ordinary]


# What is billed


def test_an_ordinary_server_reports_no_details_and_echoes_no_tier():
    (_, body), _ = asking(Behaviour(), chat())
    assert body["usage"].keys() == {"prompt_tokens", "completion_tokens", "total_tokens"}
    assert "service_tier" not in body


def test_the_cache_reads_what_was_seen_and_writes_the_other_blocks():
    shared = "abcd" * 1100
    longer = shared + "x" * 4 * 300
    short = "abcd" * 1000
    behaviour = Behaviour(cache=True)
    *answers, bill = asking(
        behaviour, chat(short), chat(shared), chat(longer), chat(longer), chat(short)
    )
    details = [body["usage"]["prompt_tokens_details"] for _, body in answers]
    pairs = [(one["cached_tokens"], one["cache_write_tokens"]) for one in details]
    assert pairs == [(0, 0), (0, 1024), (1024, 384 - 128), (1280, 0), (0, 0)]
    assert bill["cached_tokens"] == 1024 + 1280
    assert bill["cache_write_tokens"] == 1024 + 256
    assert bill["prompt_tokens"] == 1000 + 1100 + 1400 + 1400 + 1000


@given(st.lists(st.tuples(st.integers(0, 6000), st.sampled_from("ab")), max_size=12))
def test_cached_and_written_tokens_are_blocks_within_the_prompt(prompts):
    cache = Cache()
    seen = []
    for length, letter in prompts:
        text = "a" * length + letter * 2000
        read, written = cache.take(text)
        whole = tokens(text) // BLOCK * BLOCK
        assert read + written == (whole if whole >= SHORTEST else 0)
        # The slow way: the longest of the prefixes of all prompts before.
        lengths = range(SHORTEST, whole + 1, BLOCK)
        assert read == max(
            (n for n in lengths if any(o[: 4 * n] == text[: 4 * n] for o in seen)), default=0
        )
        seen.append(text)


def test_the_cache_forgets_what_was_not_used_for_longest():
    cache = Cache(most=2)
    first, second, third = (letter * 4096 for letter in "abc")
    for text in (first, second, first, third):
        cache.take(text)
    assert cache.take(first) == (1024, 0)
    assert cache.take(second) == (0, 1024)


def test_flex_is_echoed_and_refused_for_want_of_capacity_where_told():
    (status, body), _ = asking(Behaviour(), chat(service_tier="flex"))
    assert (status, body["service_tier"]) == (200, "flex")
    behaviour = Behaviour(faults={"flex": 1.0})

    async def run():
        async with TestClient(TestServer(application(behaviour))) as client:
            full = await client.post("/v1/chat/completions", json=chat(service_tier="flex"))
            return full.status, full.headers, (await full.json())["error"]

    status, headers, error = asyncio.run(run())
    assert (status, error["code"]) == (429, "resource_unavailable")
    assert error["message"] == "Resource unavailable: flex capacity is exhausted."
    assert "Retry-After" not in headers
    (status, body), (other, _), bill = asking(behaviour, chat(), chat(service_tier="default"))
    assert (status, other) == (200, 200)
    assert "service_tier" not in body
    assert bill["by_status"] == {"200": 2}


def test_the_bill_is_the_sum_of_what_the_replies_said():
    behaviour = Behaviour(thinking=30, cache=True, kind=Kind(parse_refusals("stop"), strict=True))
    bodies = [chat("abcd" * k, max_tokens=40) for k in (10, 1200, 1200, 1500)]
    *answers, bill = asking(behaviour, *bodies, chat(stop=["x"]), chat(seed=1), {"model": "other"})
    usages = [body["usage"] for status, body in answers if status == 200]
    assert bill == {
        "calls": 7,
        "answered": 4,
        "refused": 3,
        "prompt_tokens": sum(one["prompt_tokens"] for one in usages),
        "cached_tokens": sum(one["prompt_tokens_details"]["cached_tokens"] for one in usages),
        "cache_write_tokens": sum(
            one["prompt_tokens_details"]["cache_write_tokens"] for one in usages
        ),
        "completion_tokens": sum(one["completion_tokens"] for one in usages),
        "reasoning_tokens": 120,
        "by_status": {"200": 4, "400": 1, "404": 1, "422": 1},
    }


def test_the_bill_is_shown_to_holders_of_the_key_only():
    async def run():
        async with TestClient(TestServer(application(Behaviour(key="sk-1")))) as client:
            found = [(await client.post("/v1/completions", json={})).status]
            for key in ("", "sk-1"):
                answer = await client.get("/v1/usage", headers={"Authorization": f"Bearer {key}"})
                found.append((answer.status, (await answer.json()).get("by_status")))
            return found

    assert asyncio.run(run()) == [401, (401, None), (200, {"401": 1})]


# The command line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--thinking-style", "tag"), "There is no thinking style 'tag': use hidden, field"),
        (("--refuse", "temprature"), "no field 'temprature'; did you mean temperature?"),
        (("--refuse", "stop,xyzzy"), "no field 'xyzzy'"),
        (("--refuse", "temperature+top_p+stop"), "one field, or two different ones"),
        (("--refuse", "stop+stop"), "one field, or two different ones"),
    ],
)
def test_a_mistyped_style_or_field_is_a_usage_error(inside, arguments, said):
    done = inside("serve-mock", "--port", 0, *arguments, check=2)
    assert said in done.stderr


def test_refusals_are_read_in_order():
    assert parse_refusals(" stop, temperature+top_p ,,n") == (
        ("stop",),
        ("temperature", "top_p"),
        ("n",),
    )
    assert parse_refusals("") == ()
    with pytest.raises(SettingsError):
        parse_refusals("messages")


def test_the_options_reach_the_server(server):
    address = server("--refuse", "stop", "--thinking", 20, "--thinking-style", "tags", "--cache")

    async def run():
        async with ClientSession() as session:
            found = []
            for body in (chat(stop=["x"]), chat()):
                async with session.post(f"{address}/chat/completions", json=body) as answer:
                    found.append(await answer.json())
            return found

    refused, answered = asyncio.run(run())
    assert refused["error"]["param"] == "stop"
    assert answered["choices"][0]["message"]["content"].startswith("<think>\n")
    assert "prompt_tokens_details" in answered["usage"]
