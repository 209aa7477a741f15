"""Real processes, really killed."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time

import pytest
from conftest import PROGRAM, environment, rows

from selfinstruct.pool import look


@pytest.mark.slow
def test_a_run_killed_five_times_loses_nothing_and_ends_with_the_same_data(program, tmp_path):
    kill_and_compare(program, tmp_path, kills=5, target=500)


@pytest.mark.long
def test_a_run_killed_fifty_times_loses_nothing_and_ends_with_the_same_data(program, tmp_path):
    kill_and_compare(program, tmp_path, kills=50, target=5000)


def kill_and_compare(program, tmp_path, kills, target):
    arguments = ("--teacher", "mock", "--target", str(target), "--seed", "1", "--quiet")
    program("generate", "whole", *arguments, check=0)
    rng = random.Random(7)
    tasks = tmp_path / "p" / "tasks.jsonl"
    kept: list[dict] = []
    for _ in range(kills):
        with subprocess.Popen(
            [*PROGRAM, "generate", "p", *arguments], cwd=tmp_path, env=environment()
        ) as run:
            before = tasks.stat().st_size if tasks.exists() else 0
            while run.poll() is None and (not tasks.exists() or tasks.stat().st_size <= before):
                time.sleep(0.005)
            time.sleep(rng.uniform(0, 0.12))
            run.send_signal(signal.SIGKILL)
            run.wait()
        whole = tasks.read_bytes()
        now = rows_of(whole[: whole.rfind(b"\n") + 1])
        assert now[: len(kept)] == kept
        kept = now
        program("status", "p", check=0)
    program("generate", "p", *arguments, check=0)
    compare(tmp_path / "p", tmp_path / "whole")


def compare(folder, whole):
    for name in ("tasks.jsonl", "rejects.jsonl", "manifest.json", "seeds.jsonl"):
        assert (folder / name).read_bytes() == (whole / name).read_bytes(), name
    names = {path.name for path in folder.iterdir() if ".lost-" not in path.name}
    assert names == {path.name for path in whole.iterdir()}
    # Near the target, how much is asked ahead depends on timing; nothing is asked twice.
    keys = [row["key"] for row in rows(folder / "replies.jsonl")]
    assert len(keys) == len(set(keys))
    needed = {row["key"]: row["text"] for row in rows(whole / "replies.jsonl")}
    got = {row["key"]: row["text"] for row in rows(folder / "replies.jsonl")}
    assert all(needed[key] == text for key, text in got.items() if key in needed)
    assert len(needed.keys() & got.keys()) > 0.95 * len(needed)
    ours, theirs = look(folder), look(whole)
    assert (ours.accepted, ours.rejected) == (theirs.accepted, theirs.rejected)
    assert sum(step.calls for step in ours.steps.values()) == len(keys)


def rows_of(data):
    return [json.loads(line) for line in data.splitlines()]
