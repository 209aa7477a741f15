"""Sentences count in words that fit the number."""

from __future__ import annotations

import pytest

from selfinstruct.counts import counted


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((1, "task"), "1 task"),
        ((0, "task"), "0 tasks"),
        ((1204, "task"), "1,204 tasks"),
        ((1, "reply is", "replies are"), "1 reply is"),
        ((2, "reply is", "replies are"), "2 replies are"),
    ],
)
def test_the_noun_fits_the_number(given, said):
    assert counted(*given) == said


def test_one_of_each_is_said_of_a_pool_with_one_task(inside, tmp_path):
    (tmp_path / "x.jsonl").write_text('{"instruction": "Name a bird.", "output": "A wren."}\n')
    said = inside("import", "x.jsonl", "--into", "p", "--no-filter", check=0).stderr
    assert "1, 1 instance" in said
    said += inside("decontaminate", "p", "--against", "x.jsonl", check=0).stderr
    said += inside("export", "p", "--format", "alpaca", "-o", "y.jsonl", check=0).stderr
    said += (tmp_path / "y.jsonl.README.md").read_text(encoding="utf-8")
    said += inside("validate", "p", "y.jsonl", check=0).stderr
    for wrong in ("1 tasks", "1 rows", "1 instances", "1 items"):
        assert f" {wrong}" not in said
