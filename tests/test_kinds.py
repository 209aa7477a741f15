"""The mock server as any kind of teacher: what it refuses, what it bills, how it is started."""

from __future__ import annotations

import asyncio
import re

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient, TestServer
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from serving import asking, chat

from selfinstruct.errors import SettingsError
from selfinstruct.mock import server as server_file
from selfinstruct.mock.behaviour import Behaviour
from selfinstruct.mock.caching import BLOCK, SHORTEST, Cache
from selfinstruct.mock.http_errors import RefusedError
from selfinstruct.mock.kinds import Kind, parse_refusals, room
from selfinstruct.mock.server import application
from selfinstruct.mock.teacher import tokens
from selfinstruct.mock.thinking import Style

SAMPLING = {"temperature": 0.7, "top_p": 0.5, "presence_penalty": 2, "stop": ["END"]}


def refusing(text):
    return Behaviour(kind=Kind(parse_refusals(text)))


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
        **dict.fromkeys(("batches", "batch_lines", "batch_repeated"), 0),
        **dict.fromkeys(("batch_prompt_tokens", "batch_completion_tokens"), 0),
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


def test_every_command_of_the_document_is_taken(inside, monkeypatch):
    text = (ROOT / "docs" / "teachers.md").read_text(encoding="utf-8")
    commands = re.findall(r"^\|.*\| `selfinstruct (serve-mock.*)` \|$", text, re.MULTILINE)
    behaviours = []
    monkeypatch.setattr(server_file, "serve", lambda *given: behaviours.append(given[1]))
    for command in commands:
        inside(*command.split(), check=0)
    assert len(behaviours) == len(commands) == 14
    assert {one.style for one in behaviours} == set(Style)


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
