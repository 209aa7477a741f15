"""Answering in processes of its own: killed for real, through faults, over HTTP."""

from __future__ import annotations

import json

from conftest import rows
from killing import kill_often, many_kills

FAULTS = "429=0.12,500=0.08,disconnect=0.05,garbage=0.05"  # 30 of 100 calls


@many_kills
def test_kills_through_thirty_per_cent_faults_change_nothing(inside, server, tmp_path, kills):
    inside("generate", "p", "--teacher", "mock", "--target", 60, "--quiet", check=0)
    answer = ("answer", "p", "--sample", 4 * kills, "--samples", 2, "--quiet")
    http = ("--teacher", "vllm", "--model", "mock", "--timeout", "4", "--concurrency", "8")
    inside(*answer, *http, "--base-url", server(), "--into", "whole", check=0)
    rough = server("--fault", FAULTS, "--fault-seed", 2, "--latency", 0.02)
    arguments = [*answer, *http, "--base-url", rough, "--into", "killed"]
    killed = kill_often(arguments, tmp_path / "killed", kills, grown=1500, cwd=tmp_path)
    assert killed >= kills / 2
    said = json.loads(inside(*arguments, "--json", check=0).stdout)
    assert (said["stopped"], said["finishes"]["failed"]) == ("target", 0)
    # The server takes a text that it heard before for another sample, so what it says hangs on what
    # reached it; what was asked, and what became of the replies, does not.
    found = {one: rows(tmp_path / one / "answers.jsonl") for one in ("whole", "killed")}
    assert [_asked(row) for row in found["killed"]] == [_asked(row) for row in found["whole"]]
    keys = {
        one: [row["key"] for row in rows(tmp_path / one / "replies.jsonl") if "error" not in row]
        for one in found
    }
    assert sorted(keys["killed"]) == sorted(keys["whole"])
    assert len(set(keys["killed"])) == len(found["killed"]) == 8 * kills
    path = tmp_path / "killed" / "answers.jsonl"
    whole = path.read_bytes()
    path.unlink()
    said = json.loads(inside(*arguments, "--json", check=0).stdout)
    assert said["calls"] == 0
    assert path.read_bytes() == whole


def _asked(row):
    return {name: value for name, value in row.items() if name not in ("output", "finish")}
