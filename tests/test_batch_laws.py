"""The laws, where replies come by batches: the same data, and nothing bought twice."""

from __future__ import annotations

import random

import pytest
from batching import answer, batched, rows
from conftest import in_every_setup, setups

from selfinstruct.bootstrap import Stopped

FILES = ("tasks.jsonl", "rejects.jsonl")


def contents(folder):
    return [(folder / name).read_bytes() for name in FILES]


def until_it_ends(folder, target, data, rng=None, share=0.0, most=200, **more):
    """Call after call, each batch answered in between; returns what was bought and the calls."""
    bought, language = [], data.language or "en"
    for call in range(1, most):
        outcome, _, waves = batched(folder, target, data, **more)
        assert outcome.stopped in (Stopped.WAITING, Stopped.TARGET), outcome
        if outcome.stopped is Stopped.TARGET:
            assert not waves.outstanding
            return bought, call
        bought += answer(folder, rng, share, language)
    raise AssertionError("it never ends")


def check(grow, folder, target, data, share, **more):
    expected = contents(grow("one", target, data=data, **more)[0])
    bought, calls = until_it_ends(folder, target, data, random.Random(3), share, **more)
    assert contents(folder) == expected
    assert len(bought) == len(set(bought))
    assert calls > 1
    stored = [row["key"] for row in rows(folder / "replies.jsonl") if "again" not in row]
    assert sorted(stored) == sorted(bought)


@pytest.mark.parametrize("name", ["self-instruct", "alpaca", "targeted", "evolve-completions"])
def test_waves_give_the_same_data_and_buy_each_key_once(grow, tmp_path, name):
    check(grow, tmp_path / "waves", 12, setups()[name], 0.1)


@pytest.mark.long
@in_every_setup
def test_a_third_of_each_wave_is_lost_and_nothing_is_bought_twice(grow, tmp_path, data):
    check(grow, tmp_path / "waves", 60, data, 0.3, unbounded=data.recipe == "evolve")
