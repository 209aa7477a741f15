"""``--preview``: the first prompt as it will be sent, and nothing else happens."""

from __future__ import annotations

import json

import pytest
from batching import Server
from conftest import JitteryMock

import selfinstruct as si
from selfinstruct.errors import UsageError
from selfinstruct.teachers.openai import OpenAITeacher


class Listening(JitteryMock):
    """The mock, and what it was asked."""

    def __init__(self, **more):
        super().__init__(**more)
        self.asked = []

    async def complete(self, prompt):
        self.asked.append(prompt)
        return await super().complete(prompt)


def content(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def first_asked(teacher, step):
    return min((one for one in teacher.asked if one.step == step), key=lambda one: one.request)


@pytest.mark.parametrize("recipe", ["self-instruct", "alpaca"])
def test_what_is_shown_is_what_generate_asks_first_also_where_a_run_goes_on(tmp_path, recipe):
    pool, settings = tmp_path / "p", si.PoolSettings(recipe=recipe)
    for target, calls in ((30, 25), (60, None)):
        before = content(tmp_path)
        shown = si.preview(pool, target=target, teacher=Listening(), settings=settings)
        assert content(tmp_path) == before
        assert not shown.stored
        teacher = Listening()
        limits = si.Limits(max_calls=calls, concurrency=1)
        si.generate(pool, target=target, teacher=teacher, settings=settings, limits=limits)
        sent = first_asked(teacher, shown.step)
        assert (shown.request, shown.prompt) == (sent.request, sent.text)
    assert shown.request > 0
    machine = any(one.startswith("task_") for one in shown.demonstrations)
    assert machine == (recipe == "self-instruct")  # the other draws from seeds alone


def test_what_is_shown_is_what_evolve_asks_first_also_where_a_run_goes_on(tmp_path):
    pool = tmp_path / "p"
    source = si.generate(tmp_path / "s", target=12, teacher=JitteryMock()).pool
    for calls in (10, None):
        before = content(tmp_path)
        shown = si.preview_evolve(source, pool, rounds=2, teacher=Listening())
        assert content(tmp_path) == before
        teacher = Listening()
        limits = si.Limits(max_calls=calls, concurrency=1)
        si.evolve(source, pool, rounds=2, teacher=teacher, limits=limits)
        sent = first_asked(teacher, shown.step)
        assert (shown.request, shown.prompt) == (sent.request, sent.text)
    done = si.preview_evolve(source, pool, rounds=2, teacher=Listening())
    assert (done.request, done.prompt, done.cost_usd) == (None, None, None)
    other = si.generate(tmp_path / "o", target=3, teacher=JitteryMock()).pool
    changed = si.PoolSettings(accept_change=True)
    with pytest.raises(UsageError, match="made from other sources"):
        si.preview_evolve(other, pool, rounds=2, teacher=Listening(), settings=changed)


def test_the_body_is_the_one_that_the_server_gets(tmp_path, inside, monkeypatch):
    bodies, posted = [], OpenAITeacher._posted

    async def noting(self, prompt, body, fitted):
        bodies.append(fitted)
        return await posted(self, prompt, body, fitted)

    monkeypatch.setattr(OpenAITeacher, "_posted", noting)
    with Server() as mock:
        asked = ["--teacher", "vllm", "--model", "mock", "--base-url", mock.address, "--target", 1]
        more = ["--system", "Be brief.", "--body", '{"top_k": 20}']
        done = inside("generate", "p", *asked, *more, "--preview", "--json", check=0)
        shown = json.loads(done.stdout)
        assert not list(tmp_path.iterdir())
        assert bodies == []
        inside("generate", "p", *asked, *more, "--max-calls", 1, "--quiet", check=3)
    assert bodies == [shown["body"]]
    assert shown["body"]["top_k"] == 20
    assert shown["body"]["messages"][1]["content"] == shown["prompt"]


def test_a_person_sees_the_prompt_on_stdout_and_its_price_beside(tmp_path, inside):
    words = ("generate", "p", "--teacher", "openai", "--model", "NAME", "--target", 5, "--preview")
    done = inside(*words, "--price", "1/4", check=0)
    assert done.stdout.startswith("Write 8 new tasks")
    assert "tokens in and" in done.stderr
    assert ": $0.00" in done.stderr
    assert "Nothing was asked or written." in done.stderr
    done = inside(*words, "--system", "Be brief.", check=0)
    assert "cost unknown (no --price)" in done.stderr
    assert "Before it goes the system line: Be brief.\n" in done.stderr
    assert not list(tmp_path.iterdir())
    inside("generate", "p", "--teacher", "mock", "--target", 5, "--quiet", check=0)
    done = inside("generate", "p", "--teacher", "mock", "--target", 5, "--preview", check=0)
    assert (done.stdout, done.stderr) == ("", "Nothing is left to be asked for p.\n")


def test_what_is_wrong_is_said_as_the_run_would(inside):
    done = inside("generate", "p", "--teacher", "mock", "--target", 0, "--preview", check=2)
    assert "--target must be at least 1" in done.stderr
    done = inside("generate", "p", "--teacher", "vllm", "--target", 1, "--preview", check=2)
    assert "needs a model" in done.stderr
    asked = ("generate", "p", "--teacher", "mock", "--target", 1, "--preview")
    assert "needs --price" in inside(*asked, "--budget", 1, check=2).stderr
    assert "--batch needs a teacher" in inside(*asked, "--batch", check=2).stderr
    done = inside("evolve", "nothing.json", "p", "--teacher", "mock", "--preview", check=2)
    assert "nothing.json" in done.stderr


def test_the_price_is_that_of_the_prompt_and_its_reply(tmp_path):
    teacher = si.Teacher("mock", price=(1.0, 4.0))
    shown = si.preview(tmp_path / "p", target=5, teacher=teacher)
    for name in ("low", "likely", "high"):
        tokens = (shown.prompt_tokens[name], shown.completion_tokens[name])
        assert shown.cost_usd[name] == pytest.approx((tokens[0] + 4 * tokens[1]) / 1e6, abs=2e-6)
    done = si.generate(
        tmp_path / "p", target=5, teacher=teacher, limits=si.Limits(max_calls=1, budget_usd=1)
    )
    assert shown.cost_usd["low"] <= done.usage.cost_usd <= shown.cost_usd["high"]
