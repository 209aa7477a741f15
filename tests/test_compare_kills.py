"""Comparing in processes of its own: killed for real, through faults, over HTTP."""

from __future__ import annotations

import json

from conftest import rows
from killing import kill_often, many_kills

FAULTS = "429=0.12,500=0.08,disconnect=0.05,garbage=0.05"  # 30 of 100 calls


@many_kills
def test_kills_through_thirty_per_cent_faults_change_nothing(inside, server, tmp_path, kills):
    for name in ("base", "tuned"):
        said = [
            {"instruction": f"Name river {n}.", "output": f"The {name} river, number {n * n}."}
            for n in range(6 * kills)
        ]
        (tmp_path / f"{name}.json").write_text(json.dumps(said))
    compare = ("compare", "base.json", "tuned.json", "--controls", kills, "--quiet")
    http = ("--teacher", "vllm", "--model", "mock", "--timeout", "4", "--concurrency", "8")
    inside(*compare, *http, "--base-url", server(), "--into", "whole", check=0)
    rough = server("--fault", FAULTS, "--fault-seed", 2, "--latency", 0.02)
    arguments = [*compare, *http, "--base-url", rough, "--into", "killed"]
    killed = kill_often(arguments, tmp_path / "killed", kills, grown=2000, cwd=tmp_path)
    assert killed >= kills / 2
    said = json.loads(inside(*arguments, "--json", check=0).stdout)
    assert said["stopped"] == "target"
    for name in ("judgements.jsonl", "items.jsonl", "summary.json"):
        whole, again = ((tmp_path / one / name).read_bytes() for one in ("whole", "killed"))
        assert again == whole, name
    found = {
        one: [row["key"] for row in rows(tmp_path / one / "replies.jsonl") if "error" not in row]
        for one in ("whole", "killed")
    }
    assert sorted(found["killed"]) == sorted(found["whole"])
    assert len(set(found["killed"])) == len(found["killed"])
