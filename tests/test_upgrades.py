"""Pools of earlier versions: they open, go on with the same bytes, and buy nothing again."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from conftest import rows

from selfinstruct.pool.rows import read_reject
from selfinstruct.teachers import Api, Decoding, Prompt
from selfinstruct.teachers.base import Schema

POOLS = Path(__file__).parent / "data" / "pools" / "0.1"

# What version 0.1 itself made of its pools: the digest of tasks and rejects, and all calls.
GROWN = {
    "self-instruct": (40, "5d4f2e822abd75bb", 93),
    "alpaca": (40, "d4615457c6c1f23e", 3),
    "korean": (30, "61299a58935a8b0f", 71),
    "evolve": (12, "5b375c5b7b5531b5", 55),
    "targeted": (30, "e543eb8301330e67", 4),
}


@pytest.mark.parametrize("name", GROWN)
def test_a_pool_of_0_1_goes_on_with_the_same_bytes_and_calls(inside, tmp_path, name):
    target, digest, calls = GROWN[name]
    pool = tmp_path / name
    shutil.copytree(POOLS / name, pool)
    before = {one: (pool / one).read_bytes() for one in ("tasks.jsonl", "replies.jsonl")}
    teacher = ("--teacher", "mock", "--quiet", "--concurrency", 2)
    if name == "evolve":
        source = POOLS / "sources.jsonl"
        inside("evolve", source, pool, "--rounds", 2, "--difficulty", "--yes", *teacher, check=0)
    else:
        inside("generate", pool, "--target", target, *teacher, check=0)
    grown = (pool / "tasks.jsonl").read_bytes() + (pool / "rejects.jsonl").read_bytes()
    assert hashlib.sha256(grown).hexdigest()[:16] == digest
    for one, text in before.items():
        assert (pool / one).read_bytes().startswith(text)
    keys = [row["key"] for row in rows(pool / "replies.jsonl") if "text" in row]
    assert len(keys) == len(set(keys))
    status = json.loads(inside("status", pool, "--json", check=0).stdout)
    assert (status["tasks"], status["calls"]) == (target, calls)


def test_digests_of_requests_are_those_of_0_1():
    plain = Decoding(temperature=0.7, top_p=0.5, presence_penalty=2, max_tokens=1024)
    stopped = Decoding(temperature=0, top_p=0, max_tokens=3, stop=("\n", "Task:"))
    asked = Prompt("Say hello", plain, "instructions", 3, repeat=3)
    held = Prompt("Say hello", stopped, "answer", 5, schema=Schema("items", "{}"), sample=2)
    assert asked.key("m", Api.CHAT) == "a5905dd7188c0de88d95a9761d9cf2b1"
    assert held.key("m", Api.COMPLETIONS) == "ea0e2b8d98023416bc07790f13a6d25d"
    assert asked.digest() == "54994e693d32aae76cf2a28b6f117cc3"
    assert held.digest() == "fa89e8cf1200a463cfdcd164180311c0"


def grown_by_a_later_version(pool):
    """What a later version might write: fields and reasons that this one does not know."""
    ledger = pool / "ledger.jsonl"
    lines = [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        line["gpu_seconds"] = 3.5
        line["position"]["answers_bytes"] = 0
        for count in line.get("steps", {}).values():
            count["wooden_tokens"] = 1
    ledger.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    manifest = json.loads((pool / "manifest.json").read_text(encoding="utf-8"))
    (pool / "manifest.json").write_text(json.dumps(manifest | {"colour": "red"}))
    return ledger


def test_fields_of_a_later_version_are_passed_over(inside, tmp_path):
    pool = tmp_path / "p"
    shutil.copytree(POOLS / "self-instruct", pool)
    grown_by_a_later_version(pool)
    status = json.loads(inside("status", pool, "--json", check=0).stdout)
    assert status["tasks"] == 13
    inside("generate", pool, "--teacher", "mock", "--target", 40, "--quiet", check=0)
    grown = (pool / "tasks.jsonl").read_bytes() + (pool / "rejects.jsonl").read_bytes()
    assert hashlib.sha256(grown).hexdigest()[:16] == GROWN["self-instruct"][1]


def test_a_ledger_line_of_another_shape_is_called_newer_and_nothing_is_changed(inside, tmp_path):
    pool = tmp_path / "p"
    shutil.copytree(POOLS / "self-instruct", pool)
    ledger = grown_by_a_later_version(pool)
    with ledger.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"when": 3, "what": "merge"}) + "\n")
    before = {path.name: path.read_bytes() for path in pool.iterdir()}
    for verb in (("status", pool), ("generate", pool, "--teacher", "mock", "--target", 40)):
        done = inside(*verb, check=2)
        assert "written by a newer version" in done.stderr
        assert "damaged" not in done.stderr
    after = {path.name: path.read_bytes() for path in pool.iterdir() if path.name != ".lock"}
    assert after == before


def test_a_reason_of_a_later_version_is_kept(tmp_path):
    row = {"text": "x", "reason": "too_purple", "detail": {}, "request": 1, "candidate": 0}
    assert read_reject(tmp_path, 1, row) == (None, None)
    row["detail"] = {"instruction_accepted": True}
    accepted, _ = read_reject(tmp_path, 1, row)
    assert accepted.instruction == "x"
