"""Answers weighed by their likelihoods: what servers give, what is stored, what comes of it."""

from __future__ import annotations

import json
import math

import pytest
from conftest import rows
from hypothesis import given
from hypothesis import strategies as st

import selfinstruct as si
from selfinstruct.errors import SettingsError
from selfinstruct.judging.weighing import can_be_weighed, weighed
from selfinstruct.languages import load
from selfinstruct.mock import likelihoods
from selfinstruct.rubrics import find
from selfinstruct.teachers import Api, Decoding, Prompt, Reply
from selfinstruct.teachers.base import Place
from selfinstruct.teachers.likelihoods import places_of

PACK = load("en")
COMPLEXITY = find("complexity", PACK).questions
VALIDITY = find("validity", PACK).questions


def replied(*tokens):
    """A reply of tokens; a pair is a token with what might have stood there."""
    made = [
        Place(one, ((one, 1.0),)) if isinstance(one, str) else Place(one[0], tuple(one[1].items()))
        for one in tokens
    ]
    return Reply("".join(place.token for place in made), "stop", None, places=tuple(made))


def test_the_expected_value_is_that_of_the_admissible_tokens():
    reply = replied(
        '{"', "complexity", '":', (" 4", {" 4": 0.6, "5": 0.2, " 3": 0.1, "x": 0.1}), "}"
    )
    found = weighed(reply, COMPLEXITY, PACK.labels)["complexity"]
    assert found.mass == pytest.approx(0.9)
    assert found.expected == pytest.approx((4 * 0.6 + 5 * 0.2 + 3 * 0.1) / 0.9, abs=1e-4)


@pytest.mark.parametrize(("mass", "known"), [(0.5, True), (0.49, False)])
def test_less_than_half_of_the_mass_expects_nothing(mass, known):
    reply = replied("complexity", ": ", ("4", {"4": mass, "Well": 1 - mass}))
    found = weighed(reply, COMPLEXITY, PACK.labels)["complexity"]
    assert found.expected == 4.0 if known else found.expected is None
    assert found.mass == mass


def test_of_yes_and_no_it_is_the_share_of_good_answers_and_parts_of_words_count():
    reply = replied(
        '{"instruction": "',
        ("yes", {"yes": 0.5, "Y": 0.2, "no": 0.2, "N": 0.1}),
        '", "input": "',
        ("no", {"no": 1.0}),
        '", "output": "',
        ("n", {"n": 0.9, "y": 0.1}),
        '"}',
    )
    found = weighed(reply, VALIDITY, PACK.labels)
    assert found["instruction"].expected == pytest.approx(0.7)
    assert found["input"].expected == 0
    assert found["output"].expected == pytest.approx(0.1)


def test_the_last_of_several_answers_counts_and_one_that_is_missing_is_none():
    reply = replied("complexity: ", ("2", {"2": 1.0}), "\n", "complexity", ": ", ("5", {"5": 1.0}))
    assert weighed(reply, COMPLEXITY, PACK.labels)["complexity"].expected == 5
    assert weighed(replied("complexity:"), COMPLEXITY, PACK.labels) == {}
    assert weighed(replied("no such thing"), COMPLEXITY, PACK.labels) == {}
    lone = replied((" 3", {" 3": 1.0}))
    assert weighed(lone, COMPLEXITY, PACK.labels, "complexity:")["complexity"].expected == 3


@pytest.mark.parametrize(
    ("rubric", "fit"),
    [
        ("validity", True),
        ("rating", True),
        ("criteria", True),
        ("complexity", True),
        ("score", False),
        ("tags", False),
    ],
)
def test_only_answers_of_one_token_are_weighed(rubric, fit):
    assert all(can_be_weighed(one) for one in find(rubric, PACK).questions) is fit


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["content", "token", "logprob", "top_logprobs", "tokens"]), inner
            )
        ),
    )
)
def test_whatever_a_server_says_is_read_or_left(given_):
    for place in places_of(given_):
        assert isinstance(place.token, str)
        assert all(0 <= share <= 1 for _, share in place.likely)


def test_both_endpoints_tell_the_same():
    found = (Place("4", (("4", 0.5), ("5", 0.25))), Place("}", (("}", 0.7),)))
    for api in Api:
        read = places_of(likelihoods.told(found, api))
        assert [place.token for place in read] == ["4", "}"]
        assert dict(read[0].likely) == pytest.approx({"4": 0.5, "5": 0.25})
    assert places_of({"content": [{"token": "a", "logprob": math.nan}]}) == (Place("a", ()),)


def test_only_a_request_that_asks_for_likelihoods_has_another_digest():
    decoding = Decoding(temperature=0, top_p=1, max_tokens=5)
    plain, top = (Prompt("x", decoding, "judge", 0, top=n) for n in (0, 20))
    assert plain.key("m", Api.CHAT) == "e10f183ea355a6909cf9f8958d4be290" != top.key("m", Api.CHAT)
    assert plain.digest() == top.digest()


@pytest.mark.parametrize("api", ["chat", "completions"])
def test_a_served_judge_is_weighed_and_costs_nothing_again(inside, server, tmp_path, api):
    inside("generate", "p", "--teacher", "mock", "--target", 40, "--quiet", check=0)
    http = ("--teacher", "vllm", "--model", "mock", "--base-url", server(), "--api", api)
    judge = ("judge", "p", "--rubric", "complexity", "--weighted", "--sample", 25, *http)
    done = json.loads(inside(*judge, "--json", check=0).stdout)
    assert done["name"] == "complexity-mock-weighted"
    whole = tmp_path / "p" / "judgements" / done["name"] / "judgements.jsonl"
    text = whole.read_bytes()
    read = [row for row in rows(whole) if row["status"] == "read"]
    assert len(read) >= 20
    for row in read:
        value, expected = row["answers"]["complexity"], row["expected"]["complexity"]
        assert expected is not None
        assert abs(expected - value) < 1
        assert row["mass"]["complexity"] > 0.8
        assert row["reason"] == ""
    weighted, plain = done["weighted"]["complexity"], done["means"]["complexity"]
    assert weighted["n"] == plain["n"]
    assert weighted["mean"] != plain["mean"]
    again = json.loads(inside(*judge, "--json", check=0).stdout)
    assert again["calls"] == 0
    assert whole.read_bytes() == text


def test_a_server_that_tells_no_likelihoods_is_named(inside, server):
    inside("generate", "p", "--teacher", "mock", "--target", 20, "--quiet", check=0)
    http = ("--teacher", "vllm", "--model", "mock", "--base-url")
    refusing = server("--refuse", "top_logprobs,logprobs")
    judge = ("judge", "p", "--weighted", "--sample", 10, *http, refusing)
    done = inside(*judge, "--yes", check=0)
    assert "mock told no likelihoods, so nothing was weighed" in done.stderr
    assert "takes no top_logprobs, which is left out" in done.stderr


def test_scales_of_several_tokens_are_refused(tmp_path):
    with pytest.raises(SettingsError, match="'accuracy' of the rubric 'score' take more than one"):
        si.judge(
            "seeds/en.jsonl",
            "score",
            teacher=si.Teacher("mock"),
            settings=si.JudgeSettings(weighted=True, into=tmp_path / "j"),
        )
