"""Real runs, really killed, each once its store of replies has grown."""

from __future__ import annotations

import signal
import subprocess
import time

import pytest
from conftest import PROGRAM, environment

some_kills = pytest.mark.parametrize(
    "kills", [pytest.param(2, marks=pytest.mark.slow), pytest.param(10, marks=pytest.mark.long)]
)
# What compares and answers rides on what judges: its short form stands for all three.
many_kills = pytest.mark.parametrize("kills", [pytest.param(10, marks=pytest.mark.long)])


def kill_often(arguments, folder, kills, *, grown, cwd):
    """Kill ``kills`` runs once each has ``grown`` bytes more; how many were still under way."""
    replies = folder / "replies.jsonl"
    killed = 0
    for _ in range(kills):
        before = replies.stat().st_size if replies.exists() else 0
        with subprocess.Popen([*PROGRAM, *map(str, arguments)], cwd=cwd, env=environment()) as run:
            while run.poll() is None and not (
                replies.exists() and replies.stat().st_size > before + grown
            ):
                time.sleep(0.005)
            killed += run.poll() is None
            run.send_signal(signal.SIGKILL)
            run.wait()
    return killed
