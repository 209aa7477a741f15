"""Real processes, really killed."""

from __future__ import annotations

import random
import signal
import subprocess
import time

import pytest
from conftest import PROGRAM, environment, rows

KILLS = 20


@pytest.mark.slow
def test_a_run_killed_twenty_times_loses_nothing_and_ends_with_the_same_data(program, tmp_path):
    arguments = ("--teacher", "mock", "--target", "2000", "--seed", "1", "--quiet")
    program("generate", "whole", *arguments, check=0)
    rng = random.Random(7)
    tasks = tmp_path / "p" / "tasks.jsonl"
    kept: list[dict] = []
    for _ in range(KILLS):
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
    for name in ("tasks.jsonl", "rejects.jsonl"):
        assert (tmp_path / "p" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    keys = [row["key"] for row in rows(tmp_path / "p" / "replies.jsonl")]
    assert len(keys) == len(set(keys))


def rows_of(data):
    import json

    return [json.loads(line) for line in data.splitlines()]
