"""Estimates against what runs really used."""

from __future__ import annotations

import json

import pytest

GROW = ("--teacher", "mock", "--json", "--price", "0.15/0.60")


@pytest.fixture
def program(inside):
    """Verbs run in this process: starting one takes longer than most of what is tested here."""
    return inside


def estimate(program, *arguments):
    return json.loads(program("estimate", *arguments, "--json", check=0).stdout)


@pytest.mark.parametrize("extra", [(), ("--api", "completions"), ("--per-request", "20")])
def test_what_a_run_uses_lies_in_the_range_and_near_the_likely_figure(program, tmp_path, extra):
    said = estimate(program, "p", "--target", 400, "--price", "0.15/0.60", *extra)
    assert not (tmp_path / "p").exists()
    assert said["basis"] == "prompts"
    assert said["assumptions"]
    used = json.loads(program("generate", "p", "--target", 400, *GROW, *extra, check=0).stdout)
    for name in ("calls", "prompt_tokens", "completion_tokens", "cost_usd"):
        assert said[name]["low"] <= used[name] <= said[name]["high"], name
    assert said["calls"]["likely"] == pytest.approx(used["calls"], rel=0.3)
    assert said["prompt_tokens"]["likely"] == pytest.approx(used["prompt_tokens"], rel=0.3)


def test_a_pool_with_a_ledger_is_measured_by_it(program, tmp_path):
    program("generate", "p", "--target", 200, *GROW, check=0)
    before = {path.name: path.read_bytes() for path in (tmp_path / "p").iterdir()}
    said = estimate(program, "p", "--target", 500, "--price", "0.15/0.60")
    assert {path.name: path.read_bytes() for path in (tmp_path / "p").iterdir()} == before
    assert (said["basis"], said["missing"], said["assumptions"]) == ("ledger", 300, [])
    used = json.loads(program("generate", "p", "--target", 500, *GROW, check=0).stdout)
    for name in ("calls", "prompt_tokens", "completion_tokens", "cost_usd"):
        assert said[name]["low"] <= used[name] <= said[name]["high"], name
        assert said[name]["likely"] == pytest.approx(used[name], rel=0.15)


def test_without_a_price_the_cost_is_null_and_a_reached_target_costs_nothing(program):
    program("generate", "p", "--target", 60, *GROW, check=0)
    said = estimate(program, "p", "--target", 50)
    assert said["cost_usd"] is None
    assert said["calls"] == {"low": 0, "likely": 0, "high": 0}
    text = program("estimate", "p", "--target", 500, check=0).stdout
    assert "cost unknown (no --price)" in text
    assert "From the pool's own ledger." in text
