"""How many waves a pool takes, and what a person is told of them."""

from __future__ import annotations

from typing import ClassVar

import pytest
from batching import Server, at_once, grow_by
from hypothesis import given
from hypothesis import strategies as st

import selfinstruct as si
from selfinstruct.recipes.lag import BATCH_LAG, growing_lag, rounds

__all__ = ["at_once"]  # a fixture
pytestmark = pytest.mark.usefixtures("at_once")


@pytest.mark.parametrize("lag", [1, 256, BATCH_LAG])
@given(first=st.integers(0, 400), count=st.integers(0, 2000))
def test_the_rounds_of_a_lag_are_those_in_which_requests_wait_for_one_another(lag, first, count):
    began = {}  # by request, in which round it is asked: behind the last that it must see
    for number in range(first, first + count):
        seen = growing_lag(number, lag)
        began[number] = began[seen - 1] + 1 if seen > first else 1
    assert rounds(first, count, lag) == max(began.values(), default=0)


def test_a_pool_with_a_short_lag_says_how_many_waves_are_to_be_expected(tmp_path):
    class Heard(si.Observer):
        sentences: ClassVar[list[str]] = []

        def said(self, sentence):
            self.sentences.append(sentence)

    with Server() as server:
        settings = si.PoolSettings(seed=1)
        si.generate(tmp_path / "p", target=2, teacher=server.teacher(), settings=settings)
        for name, batch in (("p", si.Batch()), ("new", None)):
            grow_by(server, tmp_path / name, 52_000, batch=batch, observer=Heard(), max_calls=10)
    (said,) = [one for one in Heard.sentences if "are to be expected" in one]
    assert said.startswith("This pool may have 256 requests under way (lag): up to 52,000 tasks, ")
    assert "waves are to be expected (of which those below 200 calls are asked directly)." in said
    assert said.endswith("A pool that --batch makes takes some 21.")


def test_a_wave_that_is_too_small_for_a_batch_is_said_to_be_asked_at_the_full_price(tmp_path):
    class Heard(si.Observer):
        sentences: ClassVar[list[str]] = []

        def said(self, sentence):
            self.sentences.append(sentence)

    with Server() as server:
        done = grow_by(server, tmp_path / "p", 30, batch=si.Batch(), observer=Heard())
    assert done.stopped == "target"
    (said,) = [one for one in Heard.sentences if "at the full price" in one]
    assert said.startswith(
        "A wave of 4 calls is smaller than --batch-min 200: it is asked directly"
    )
