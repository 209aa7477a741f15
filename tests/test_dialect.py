"""What servers refuse is learned from their own words, once, and never costs an answer."""

from __future__ import annotations

import asyncio
import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfinstruct.teachers.dialect import FIRST_ROOM, MOST_ROOM, Dialect
from selfinstruct.teachers.learning import Learner
from selfinstruct.teachers.refusals import read_refusal

BODY = {
    "model": "m",
    "messages": [{"role": "user", "content": "x"}],
    "max_completion_tokens": 3072,
    "temperature": 0.7,
    "top_p": 0.5,
    "presence_penalty": 2,
    "stop": ["a"],
    "response_format": {"type": "json_schema"},
    "prompt_cache_key": "k",
}


NOTHING = Dialect()


def openai(message, param=None, code=None):
    return {"error": {"message": message, "param": param, "code": code, "type": "x"}}


def learned(body, status=400, sent=BODY, dialect=NOTHING, by_hand=()):
    refusal = read_refusal(status, body, "nothing was said")
    found = dialect.learned(sent, refusal, by_hand)
    return found and found[0]


UNSUPPORTED = (
    "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) "
    "value is supported."
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (openai(UNSUPPORTED, "temperature"), {"fixed": {"temperature": 1}}),
        (openai(UNSUPPORTED), {"fixed": {"temperature": 1}}),
        (
            openai("invalid temperature: only 1 is allowed for this model"),
            {"fixed": {"temperature": 1}},
        ),
        (
            openai("Unsupported parameter: 'top_p' is not supported with this model.", "top_p"),
            {"left_out": ("top_p",)},
        ),
        (openai("Unrecognized request argument supplied: stop"), {"left_out": ("stop",)}),
        (
            openai("`temperature` and `top_p` cannot both be specified for this model."),
            {"left_out": ("top_p",)},
        ),
        (
            openai(
                "Unsupported parameter: 'max_completion_tokens' is not supported with "
                "gpt-2024-12-17. Use 'max_tokens' instead.",
                "max_completion_tokens",
            ),
            {"renamed": {"max_completion_tokens": "max_tokens"}},
        ),
        (
            {
                "object": "error",
                "message": {
                    "detail": [
                        {
                            "type": "extra_forbidden",
                            "loc": ["body", "max_completion_tokens"],
                            "msg": "Extra inputs are not permitted",
                        }
                    ]
                },
            },
            {"renamed": {"max_completion_tokens": "max_tokens"}},
        ),
        (
            {"detail": [{"loc": ["body", "prompt_cache_key"], "msg": "Extra inputs"}]},
            {"left_out": ("prompt_cache_key",)},
        ),
        (
            openai("max_completion_tokens is too large: 3072. This model supports at most 2048."),
            {"most_tokens": 2048},
        ),
        (
            openai("Invalid max_completion_tokens value, the valid range is [1, 2048]"),
            {"most_tokens": 2048},
        ),
        (
            openai("This response_format type is unavailable now"),
            {"left_out": ("response_format",)},
        ),
        (
            {
                "error": {
                    "message": "Provider returned error",
                    "metadata": {"raw": json.dumps(openai("'stop' is not supported here", "stop"))},
                }
            },
            {"left_out": ("stop",)},
        ),
    ],
)
def test_servers_teach_what_they_take(body, expected):
    assert learned(body) == Dialect(**expected)


@pytest.mark.parametrize(
    "body",
    [
        # Of one request, not of its form: nothing is left out for these.
        openai("This model's maximum context length is 2048 tokens, you requested 3072."),
        openai("request (1496 tokens) exceeds the available context size (1024 tokens)"),
        openai("Your request was rejected by our safety system", code="content_policy_violation"),
        openai("The temperature of the water in your prompt is nonsense"),
        openai("'messages' must not be empty", "messages"),
        None,
        "bad",
        [],
        {"error": "bad request"},
    ],
)
def test_what_says_nothing_of_a_field_teaches_nothing(body):
    assert learned(body) is None


def test_what_was_set_by_hand_is_not_given_up():
    body = openai("'top_p' is not supported", "top_p")
    assert learned(body, by_hand={"top_p"}) is None
    known = Dialect(left_out=("top_p", "stop"), fixed={"temperature": 1})
    assert known.without({"top_p", "temperature"}) == Dialect(left_out=("stop",))


def test_a_limit_that_neither_name_helps_with_is_not_learned_twice():
    renamed = learned(openai("unknown field max_completion_tokens", "max_completion_tokens"))
    sent = renamed.fitted(BODY)
    assert sent["max_tokens"] == 3072
    assert learned(openai("unknown", "max_tokens"), sent=sent, dialect=renamed) is None


def test_words_are_found_whatever_their_shape():
    for body, words in (
        ({"error": {"message": "No."}}, "No."),
        ({"error": "No."}, "No."),
        ({"message": "No."}, "No."),
        ({"detail": "No."}, "No."),
        ({"detail": [{"loc": ["body", "n"], "msg": "No."}]}, "n: No."),
        ({"message": {"detail": [{"loc": ["body", "n"], "msg": "No."}]}}, "n: No."),
        ({"errors": [{"message": "No."}, {"message": "Never."}]}, "No.; Never."),
        ("No.", "No."),
        (None, "fallback"),
        ({}, "fallback"),
    ):
        assert read_refusal(400, body, "fallback").words == words


JSON = st.recursive(
    st.none() | st.integers() | st.text(string.printable, max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["error", "message", "detail", "loc", "msg", "param", "code", "raw"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_no_refusal_breaks_anything_and_learning_ends(body):
    dialect, sent = Dialect(), BODY
    for _ in range(40):  # each lesson takes something away
        refusal = read_refusal(400, body, "x")
        found = dialect.learned(sent, refusal, ())
        if found is None:
            return
        dialect = found[0]
        assert dialect.fitted(BODY) != sent
        sent = dialect.fitted(BODY)
    raise AssertionError(body)


def test_one_call_learns_while_the_others_wait():
    heard = []
    learner = Learner(keep=heard.append)
    flying = most = 0

    async def call():
        nonlocal flying, most
        async with learner.turn(BODY) as sent:
            flying += 1
            most = max(most, flying)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            flying -= 1
            learner.took(sent)

    async def all_of_them():
        nonlocal most
        await call()
        assert most == 1
        await asyncio.gather(*(call() for _ in range(8)))
        assert most > 1  # known now: nobody waits
        other = {**BODY, "temperature": 0}
        learner.dialect = Dialect()
        async with learner.turn(other) as sent:
            learner.took(sent)
        most = 0
        await asyncio.gather(*(call() for _ in range(8)))
        assert most > 1  # the first of them had learned it for the rest

    asyncio.run(all_of_them())
    assert heard[-1].knows(BODY)
    assert not heard[-1].knows({**BODY, "temperature": 1.5})
    assert heard[-1].knows({key: BODY[key] for key in BODY if key != "stop"})


def test_a_request_with_fields_not_taken_yet_goes_alone():
    learner = Learner()
    flying, beside = 0, []

    async def call():
        nonlocal flying
        async with learner.turn(BODY) as sent:
            flying += 1
            beside.append(flying)
            for _ in range(5):
                await asyncio.sleep(0)
            flying -= 1
            if len(beside) == 3:  # two calls ended without an answer before
                learner.took(sent)

    async def all_of_them():
        await asyncio.gather(*(call() for _ in range(8)))

    asyncio.run(asyncio.wait_for(all_of_them(), 5))
    assert beside[:3] == [1, 1, 1]
    assert max(beside) == 5


def test_the_limit_that_a_server_names_is_a_number_of_tokens_below_what_was_sent():
    def most(words):
        return read_refusal(400, openai(words), "").most(3072)

    assert most("max_tokens is too large: 3072. At most 2048 are supported.") == 2048
    assert most("too large: 3072 of at most 3072 tokens, 1496 of them used") == 1496
    assert most("max_tokens is too large: at most 16 here") == 16
    assert most("max_tokens is too large: this model takes at most 15 choices") is None
    assert most("max_tokens should be 2048") is None


def test_a_tier_without_room_is_one_kind_of_429():
    for status, expected in ((429, True), (400, False), (503, False)):
        assert (
            read_refusal(status, openai("x", code="resource_unavailable"), "").of_tier is expected
        )


def test_a_call_that_fails_lets_the_next_one_try():
    learner = Learner()

    async def failing():
        with pytest.raises(ValueError, match="no"):
            async with learner.turn(BODY):
                raise ValueError("no")

    async def run():
        await asyncio.wait_for(asyncio.gather(*(failing() for _ in range(5))), 5)

    asyncio.run(run())


def test_room_is_none_then_4096_then_doubled_up_to_32768():
    said = []
    learner = Learner(tell=said.append)
    assert (FIRST_ROOM, MOST_ROOM) == (4096, 32768)
    assert learner.room == 0
    rooms = []
    while learner.more_room(learner.room):
        rooms.append(learner.room)
    assert rooms == [4096, 8192, 16384, 32768]
    assert learner.more_room(4096)  # another call has got more since
    assert all("tokens" in one for one in said)
    fixed = Learner(room=100)
    assert fixed.room == 100
    assert not fixed.more_room(100)
