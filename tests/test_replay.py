"""Replaying a pool: its stored replies read again with other settings, for nothing."""

from __future__ import annotations

import json
import subprocess

import pytest
from conftest import PROGRAM, environment, rows

FILES = ("tasks.jsonl", "rejects.jsonl")
GROW = ("--teacher", "mock", "--quiet", "--seed", "1")


@pytest.fixture
def program(inside):
    """Verbs run in this process: starting one takes longer than most of what is tested here."""
    return inside


def contents(folder):
    return [(folder / name).read_bytes() for name in FILES]


@pytest.fixture
def pool(program, tmp_path):
    program("generate", "p", "--target", 120, *GROW, "--temperature", "1.0", check=0)
    return tmp_path / "p"


@pytest.fixture
def strict(program, tmp_path):
    """A pool that refused much as too similar, so that its follow-ups were never asked."""
    more = ("--temperature", "1.0", "--threshold", "0.45")
    program("generate", "p", "--target", 120, *GROW, *more, check=0)
    return tmp_path / "p"


def test_with_the_same_settings_the_data_are_the_same_and_nothing_is_asked(program, pool, tmp_path):
    before = {path.name: path.read_bytes() for path in pool.iterdir()}
    done = program("replay", "p", "--into", "q", "--json", check=0)
    said = json.loads(done.stdout)
    assert said["calls"] == said["prompt_tokens"] == 0
    assert said["cost_usd"] == 0
    assert said["tasks"] == 120
    assert contents(tmp_path / "q") == contents(pool)
    assert "reached 120 of 120 tasks" in program("replay", "p", "--into", "r").stderr
    assert {path.name: path.read_bytes() for path in pool.iterdir()} == before
    replies = rows(tmp_path / "q" / "replies.jsonl")
    assert {row["attempts"] for row in replies} == {0}
    assert {row["model"] for row in replies} == {"mock-en"}


def test_another_threshold_is_judged_anew_and_the_reach_is_said(program, pool, tmp_path):
    done = program("replay", "p", "--into", "q", "--threshold", "0.4", check=0)
    strict = rows(tmp_path / "q" / "tasks.jsonl")
    assert f"reached {len(strict)} of 120 tasks" in done.stderr
    assert len(strict) < 120
    old = {json.dumps(task["instances"]): task["instruction"] for task in rows(pool / FILES[0])}
    assert sum(json.dumps(task["instances"]) in old for task in strict) > 0.95 * len(strict)
    near = [r for r in rows(tmp_path / "q" / FILES[1]) if r["reason"] == "too_similar"]
    assert min(row["detail"]["score"] for row in near) < 0.7
    assert json.loads((tmp_path / "q" / "manifest.json").read_text())["threshold"] == 0.4


@pytest.mark.usefixtures("strict")
def test_what_was_never_answered_is_named_and_asked_for_on_demand(program, tmp_path):
    done = program("replay", "p", "--into", "q", "--threshold", "0.95", "--target", 150, "--json")
    assert done.returncode == 6
    said = json.loads(done.stdout)
    missing = [r for r in rows(tmp_path / "q" / FILES[1]) if r["reason"] == "not_stored"]
    assert len(missing) == said["rejected"]["not_stored"] > 0
    assert all(row["detail"]["instruction_accepted"] for row in missing if row["text"])
    asked = program(
        "replay", "p", "--into", "r", "--threshold", "0.95", "--target", 150, "--json",
        "--ask", "--teacher", "mock", "--temperature", "1.0", check=0,
    )  # fmt: skip
    assert json.loads(asked.stdout)["tasks"] == 150
    assert json.loads(asked.stdout)["calls"] > 0
    # What was missing is asked for by a run on the new pool, too.
    program("generate", "q", "--target", 200, *GROW, check=0)
    tasks = rows(tmp_path / "q" / FILES[0])
    again = {tuple(t["provenance"].get("retry_of", ())) for t in tasks} - {()}
    assert again & {(row["request"], row["candidate"]) for row in missing}


def test_a_replay_goes_on_where_it_was_and_is_not_mixed_with_other_pools(program, pool, tmp_path):
    for target in (10, 11, 50):
        program("replay", "p", "--into", "q", "--target", target, check=0)
    program("replay", "p", "--into", "q", check=0)
    assert contents(tmp_path / "q") == contents(pool)
    program("generate", "other", "--target", 5, *GROW, check=0)
    done = program("replay", "p", "--into", "other")
    assert done.returncode == 2
    assert "no replay of this one" in done.stderr
    done = program("replay", "p", "--into", "p")
    assert done.returncode == 2
    assert "is the pool itself" in done.stderr


def test_a_pool_without_replies_cannot_be_replayed(program, pool, tmp_path):
    (pool / "replies.jsonl").unlink()
    done = program("replay", "p", "--into", "q")
    assert done.returncode == 2
    assert "holds no replies" in done.stderr
    assert not (tmp_path / "q").exists()


@pytest.mark.slow
def test_an_interrupted_replay_ends_with_the_same_data(program, strict, tmp_path):
    del strict
    settings = ("--threshold", "0.9", "--quiet")
    program("replay", "p", "--into", "whole", *settings, check=0)
    missing = [r for r in rows(tmp_path / "whole" / FILES[1]) if r["reason"] == "not_stored"]
    assert missing
    for lines in (3, 9):
        with subprocess.Popen(
            [*PROGRAM, "replay", "p", "--into", "q", *settings], cwd=tmp_path, env=environment()
        ) as run:
            ledger = tmp_path / "q" / "ledger.jsonl"
            while run.poll() is None and (
                not ledger.exists() or ledger.read_bytes().count(b"\n") < lines
            ):
                pass
            run.kill()
    program("replay", "p", "--into", "q", *settings, check=0)
    assert contents(tmp_path / "q") == contents(tmp_path / "whole")


def test_a_pool_that_did_not_end_at_a_target_is_replayed_to_its_end(program, tmp_path):
    program("generate", "p", "--target", 100, *GROW, "--max-calls", 100)
    program("replay", "p", "--into", "q", check=0)
    assert contents(tmp_path / "q") == contents(tmp_path / "p")


def test_an_estimate_for_a_replayed_pool_does_not_take_it_for_free(program, pool):
    del pool
    program("replay", "p", "--into", "q", check=0)
    said = json.loads(
        program("estimate", "q", "--target", 500, "--price", "1/4", "--json", check=0).stdout
    )
    assert said["basis"] == "prompts"
    assert said["cost_usd"]["low"] > 0
