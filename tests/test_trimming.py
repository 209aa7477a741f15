"""Tasks cut down by ``decontaminate --remove`` in a pool whose replies are stored ahead."""

from __future__ import annotations

import json
import os
import shutil

import pytest
from conftest import rows

from selfinstruct import jsonl
from selfinstruct.pool import look

RUN = ("--teacher", "mock", "--seed", 1, "--quiet")


def asked(folder):
    """Which request each instruction call was for, and how many replies are stored in all."""
    found = rows(folder / "replies.jsonl")
    return [row["request"] for row in found if row["step"] == "instructions"], len(found)


@pytest.fixture
def cut(inside, tmp_path):
    """A pool whose budget ended with replies ahead, the same cut down, and what was taken out."""
    whole = tmp_path / "whole"
    ahead = (*RUN, "--target", 90, "--max-calls", 130, "--concurrency", 64)
    inside("generate", whole, *ahead, check=3)
    numbers, _ = asked(whole)
    assert max(numbers) > look(whole).position.request + 1, "nothing was asked ahead"
    inputs = [
        case["input"]
        for row in rows(whole / "tasks.jsonl")
        if len(row["instances"]) > 1 and len({one["input"] for one in row["instances"]}) > 1
        for case in row["instances"][:1]
        if len(case["input"].split()) >= 13
    ]
    (tmp_path / "bench.jsonl").write_text(jsonl.lines({"question": text} for text in inputs[:4]))
    trimmed = tmp_path / "trimmed"
    shutil.copytree(whole, trimmed)
    done = inside(
        "decontaminate", trimmed, "--against", "bench.jsonl", "--threshold", 1, "--remove", "--json"
    )
    said = json.loads(done.stdout)
    assert said["trimmed"] > 1
    assert said["removed"] == 0
    return whole, trimmed


def test_the_run_goes_on_as_it_would_have_and_buys_nothing_twice(cut, inside):
    whole, trimmed = cut
    before = {row["id"]: row for row in rows(whole / "tasks.jsonl")}
    left = rows(trimmed / "tasks.jsonl")
    for folder in cut:
        inside("generate", folder, *RUN, "--target", 90, check=0)
    numbers, count = asked(trimmed)
    assert len(numbers) == len(set(numbers))
    assert (sorted(numbers), count) == (sorted(asked(whole)[0]), asked(whole)[1])
    old, new = rows(whole / "tasks.jsonl"), rows(trimmed / "tasks.jsonl")
    assert new[: len(left)] == left
    called = dict(zip((row["id"] for row in new), (row["id"] for row in old), strict=True))
    for one, other in zip(new[len(left) :], old[len(left) :], strict=True):
        shown = one["provenance"]["demonstrations"]
        one["provenance"]["demonstrations"] = [called.get(name, name) for name in shown]
        assert one == other
    assert {called[row["id"]] for row in left} == before.keys()
    inside("validate", trimmed, check=0)


def test_it_is_the_same_whatever_runs_at_once_and_wherever_a_run_ended(cut, inside, tmp_path):
    _, trimmed = cut
    goals = []
    for name, ways in (("one", ["--concurrency", 1]), ("many", ["--concurrency", 64])):
        folder = tmp_path / name
        shutil.copytree(trimmed, folder)
        for target in (60, 90) if name == "one" else (90,):
            inside("generate", folder, *RUN, "--target", target, *ways, check=0)
        goals.append([(folder / file).read_bytes() for file in ("tasks.jsonl", "rejects.jsonl")])
    assert goals[0] == goals[1]
    # What was made behind the removal is made again from the replies where its end is lost.
    path = tmp_path / "many" / "tasks.jsonl"
    os.truncate(path, path.stat().st_size - 300)
    _, count = asked(tmp_path / "many")
    inside("generate", tmp_path / "many", *RUN, "--target", 90, check=0)
    assert [
        (tmp_path / "many" / name).read_bytes() for name in ("tasks.jsonl", "rejects.jsonl")
    ] == (goals[1])
    assert asked(tmp_path / "many")[1] == count
