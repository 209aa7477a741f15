"""Requests that failed for good are outcomes on disk, and the next run asks them again."""

from __future__ import annotations

import random
import shutil
from collections import Counter

import pytest
from conftest import JitteryMock, in_every_setup, rows

from selfinstruct.bootstrap import Stopped
from selfinstruct.errors import RequestError
from selfinstruct.pool import look

FILES = ("tasks.jsonl", "rejects.jsonl")


@pytest.fixture
def program(inside):
    """Verbs run in this process: starting one takes longer than most of what is tested here."""
    return inside


class Refusing(JitteryMock):
    """The mock, but what ``refuses(prompt)`` says is refused for good."""

    def __init__(self, refuses, rng=None):
        super().__init__(rng)
        self.refuses = refuses

    async def complete(self, prompt):
        if self.refuses(prompt):
            self.calls.append(prompt.key(self.model, self.api))
            raise RequestError("The request was refused (400): no.")
        return await super().complete(prompt)


def some(prompt):
    chance = random.Random(f"2 {prompt.text}").random()
    return chance < (0.3 if prompt.step in {"instructions", "targeted", "alpaca"} else 0.15)


def failed(folder):
    return [row for row in rows(folder / "rejects.jsonl") if row["reason"] == "request_failed"]


def contents(folder):
    return [(folder / name).read_bytes() for name in FILES]


def test_the_next_run_asks_again_what_failed_and_nothing_else(grow):
    folder, _, _ = grow("pool", 60, teacher=Refusing(some))
    before = failed(folder)
    assert {bool(row["text"]) for row in before} == {True, False}
    assert not any("retry_of" in row["detail"] for row in before)
    first = [row["key"] for row in rows(folder / "replies.jsonl") if "error" not in row]
    healthy = JitteryMock()
    _, outcome, _ = grow("pool", 400, teacher=healthy)
    assert outcome.stopped is Stopped.TARGET
    assert not set(healthy.calls) & set(first)  # no answer is bought twice
    origins = [[row["request"], row["candidate"] if row["text"] else None] for row in before]
    again = {
        tuple(task["provenance"]["retry_of"])
        for task in rows(folder / "tasks.jsonl")
        if "retry_of" in task["provenance"]
    }
    assert again
    assert again <= {tuple(origin) for origin in origins}
    ledger = rows(folder / "ledger.jsonl")
    numbers = [row["retries"] for row in ledger if row["event"] == "retry"]
    assert sorted(str(one[1:]) for one in numbers[0]) == sorted(map(str, origins))
    third = JitteryMock()
    grow("pool", 410, teacher=third)
    assert not set(third.calls) & {*first, *healthy.calls}
    assert [row for row in rows(folder / "ledger.jsonl") if row["event"] == "retry"] == [
        row for row in ledger if row["event"] == "retry"
    ]


def test_what_always_fails_is_asked_in_three_runs_and_then_left(grow):
    def always(prompt):
        return prompt.step == "instructions" and random.Random(f"2 {prompt.text}").random() < 0.3

    asked = Counter()
    for target in (30, 60, 90, 120, 150):
        teacher = Refusing(always)
        folder, outcome, _ = grow("pool", target, teacher=teacher)
        assert outcome.stopped is Stopped.TARGET
        asked.update(set(teacher.calls))
    most = {row["request"] for row in failed(folder) if row["detail"].get("tries") == 3}
    assert most
    assert max(row["detail"].get("tries", 1) for row in failed(folder)) == 3
    assert max(asked.values()) == 3


@pytest.mark.parametrize(
    "name",
    [
        "rejects.jsonl",
        "ledger.jsonl",
        *(pytest.param(one, marks=pytest.mark.long) for one in ("tasks.jsonl", "replies.jsonl")),
    ],
)
def test_a_pool_with_failures_may_be_cut_anywhere_too(grow, tmp_path, name):
    folder, _, _ = grow("whole", 25, teacher=Refusing(some))
    grow("whole", 70)
    expected = contents(folder)
    size = (folder / name).stat().st_size
    start = len((folder / name).read_bytes()) // 3
    for cut in sorted(random.Random(3).sample(range(start, size), 12)):
        shutil.rmtree(tmp_path / "cut", ignore_errors=True)
        shutil.copytree(folder, tmp_path / "cut")
        with (tmp_path / "cut" / name).open("r+b") as file:
            file.truncate(cut)
        # Without the line that says which numbers ask failures again, they are given others.
        whole_lines, _, _ = (tmp_path / "cut" / "ledger.jsonl").read_bytes().rpartition(b"\n")
        renumbered = b'"retry"' not in whole_lines
        teacher = JitteryMock(random.Random(cut))
        cut_folder, outcome, _ = grow("cut", 70, teacher=teacher)
        assert outcome.stopped is Stopped.TARGET
        snapshot = look(cut_folder)
        assert snapshot.accepted == snapshot.position.tasks == 70
        assert sum(snapshot.rejected.values()) == snapshot.position.rejects
        if not (renumbered or failed_before(expected, contents(cut_folder))):
            assert contents(cut_folder) == expected, (name, cut)


def failed_before(expected, got):
    """Whether a failed request was made again under its own number, and went well this time."""
    return got[1].count(b'"request_failed"') < expected[1].count(b'"request_failed"')


def test_what_is_asked_again_brings_no_instruction_twice(grow):
    for concurrency in (1, 32):
        name = f"c{concurrency}"
        grow(name, 40, teacher=Refusing(some), concurrency=concurrency)
        for target in (50, 120):
            folder, _, _ = grow(name, target, concurrency=concurrency)
        texts = [row["instruction"] for row in rows(folder / "tasks.jsonl")]
        assert len(texts) == len(set(texts)) == 120


def test_a_follow_up_that_fails_in_a_request_asked_again_is_asked_again_too(grow):
    def first(prompt):
        return prompt.step == "instructions" and prompt.request == 0

    grow("pool", 5, teacher=Refusing(first))

    def second(prompt):
        return prompt.step != "instructions" and prompt.request >= number

    number = rows_of_retries(grow, "pool")
    grow("pool", 40, teacher=Refusing(second), yield_requests=1000)
    lost = [row for row in failed(grow("pool", 41)[0]) if row["text"] and row["request"] == number]
    assert lost
    folder, _, _ = grow("pool", 120)
    made = {task["instruction"] for task in rows(folder / "tasks.jsonl")}
    refused = {row["text"] for row in rows(folder / "rejects.jsonl") if row["request"] > number}
    assert all(row["text"] in made | refused for row in lost)
    assert sum(row["text"] in made for row in lost) > len(lost) / 2


def rows_of_retries(grow, name):
    """Let a run give the failure its number; returns that."""
    folder, _, _ = grow(name, 6)
    return next(
        row["retries"][0][0] for row in rows(folder / "ledger.jsonl") if row["event"] == "retry"
    )


def test_every_call_that_was_made_is_in_the_ledger_when_a_cap_ends_the_run(program, server):
    import json

    address = server("--fault", "500=1")
    done = program(
        "generate", "p", "--teacher", "vllm", "--model", "mock", "--base-url", address,
        "--target", 20, "--max-calls", 3, "--json",
    )  # fmt: skip
    assert done.returncode == 3
    assert json.loads(done.stdout)["calls"] == 3


@in_every_setup
def test_every_recipe_gets_past_failures_and_asks_them_again(grow, data):
    finite = data.sources is not None
    target = 999 if finite else 150
    folder, outcome, _ = grow("p", target, data=data, teacher=Refusing(some), unbounded=finite)
    assert outcome.stopped is Stopped.TARGET
    before = failed(folder)
    assert before
    bought = {row["key"] for row in rows(folder / "replies.jsonl") if "error" not in row}
    healthy = JitteryMock()
    target = 999 if finite else 300
    folder, outcome, _ = grow("p", target, data=data, teacher=healthy, unbounded=finite)
    assert outcome.stopped is Stopped.TARGET
    assert not set(healthy.calls) & bought
    again = [row for row in rows(folder / "tasks.jsonl") if "retry_of" in row["provenance"]]
    again += [row for row in rows(folder / "rejects.jsonl") if "retry_of" in row["detail"]]
    assert again
    identities = [row["id"] for row in rows(folder / "tasks.jsonl")]
    assert len(identities) == len(set(identities))
    assert grow("p", target, data=data, unbounded=finite)[1].stopped is Stopped.TARGET
