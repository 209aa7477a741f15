"""``selfinstruct report`` on the command line, and while a pool grows."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time

import pytest
from conftest import PROGRAM, environment
from pools import pool_of
from test_report import ALPACA

import selfinstruct as si
from selfinstruct.api import report as report_room
from selfinstruct.pool import history


def test_a_watch_wakes_when_the_pool_has_grown_and_ends_by_the_stop(grow, monkeypatch):
    folder, _, _ = grow("pool", 5)
    stop, slept = si.Stop(), []

    def sleep(seconds):
        slept.append(seconds)
        if len(slept) == 3:
            grow("pool", 10)
        if len(slept) == 6:
            stop.set()

    monkeypatch.setattr(report_room.time, "sleep", sleep)
    seen = [len(history(folder)) for _ in report_room.watched(folder, stop)]
    assert len(seen) == 2
    assert seen[0] < seen[1]
    assert len(slept) == 6


def test_only_a_pool_can_be_watched(inside, tmp_path):
    path = tmp_path / "set.json"
    path.write_text(json.dumps(ALPACA), encoding="utf-8")
    assert "is no pool" in inside("report", path, "--watch", check=2).stderr
    folder = pool_of(tmp_path / "pool", [])
    assert "is no file" in inside("report", folder, "--watch", "-o", "-", check=2).stderr


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_watch_on_the_command_line_writes_anew_and_ends_at_ctrl_c(grow, tmp_path):
    folder, _, _ = grow("pool", 5)
    page = tmp_path / "page.html"
    command = [*PROGRAM, "report", folder, "-o", page, "--watch"]
    process = subprocess.Popen(
        command, env=environment(), stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    try:
        first = when(process, lambda: page.exists() and page.read_bytes())
        grow("pool", 12)
        when(process, lambda: page.read_bytes() != first)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        said = process.stderr.read()
    finally:
        process.kill()
        process.stderr.close()
    assert "Traceback" not in said
    told = json.loads((tmp_path / "page.json").read_text(encoding="utf-8"))
    assert told["counts"]["tasks"] == 12
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page.html", "page.json", "pool"]


def when(process, holds):
    ends = time.monotonic() + 60
    while time.monotonic() < ends and process.poll() is None:
        if found := holds():
            return found
        time.sleep(0.05)
    raise AssertionError("nothing happened")


def test_the_verb_writes_a_page_and_says_so(grow, inside):
    grow("pool", 10)
    done = inside("report", "pool", check=0)
    assert not done.stdout
    assert "report.html" in done.stderr
    assert "report.json" in done.stderr
    assert inside("report", "pool", "--quiet", check=0).stderr == ""
    told = json.loads(inside("report", "pool", "--json", "--quiet", check=0).stdout)
    assert (told["tasks"], told["page"], told["json"]) == (10, "report.html", "report.json")
    assert told["facts"]["counts"]["tasks"] == 10


def test_the_page_goes_into_a_pipe_too(grow, inside, tmp_path):
    grow("pool", 10)
    done = inside("report", "pool", "-o", "-", "--quiet", check=0)
    inside("report", "pool", "--quiet", check=0)
    assert done.stdout == (tmp_path / "report.html").read_text(encoding="utf-8")
    assert (
        "both want standard output" in inside("report", "pool", "-o", "-", "--json", check=2).stderr
    )


def test_options_reach_the_report(grow, inside, tmp_path):
    grow("pool", 10)
    inside("report", "pool", "--verbs", "none", "--tasks", 3, "--against", "pool", check=0)
    told = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert "Nobody asked" in told["left_out"]["verbs"]
    assert told["sample"]["n"] == told["against"]["sample"]["n"] == 3
    (tmp_path / "set.csv").write_text(
        "Q,A\n시를 써 주세요.,네\n글을 쓰세요.,네\n", encoding="utf-8"
    )
    columns = "instruction=Q,output=A"
    inside("report", "set.csv", "--map", columns, "--language", "ko", "-o", "ko.html", check=0)
    told = json.loads((tmp_path / "ko.json").read_text(encoding="utf-8"))
    assert [row["verb"] for row in told["verbs"]["top"]] == ["쓰다"]


def test_what_cannot_be_read_is_said_in_a_sentence(inside, tmp_path):
    assert "no such file" in inside("report", "nope", check=2).stderr
    (tmp_path / "odd.json").write_text("[]", encoding="utf-8")
    assert "holds no tasks" in inside("report", "odd.json", check=2).stderr
    assert not (tmp_path / "report.html").exists()


def test_a_format_says_nothing_of_a_pool(inside, tmp_path):
    inside("generate", "p", "--teacher", "mock", "--target", 3, "--quiet", check=0)
    done = inside("report", "p", "-o", "r.html", "--format", "alpaca", check=2)
    assert "p: is a pool, and --format says nothing of pools." in done.stderr
    assert not (tmp_path / "r.html").exists()
