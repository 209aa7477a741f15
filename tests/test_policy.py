"""Numbers of policy: when a run gives up, what counts once, what counts as spent."""

from __future__ import annotations

import asyncio

import pytest
from conftest import TIME

from selfinstruct.bootstrap.saturation import AcceptanceRate
from selfinstruct.errors import RequestError, TeacherError, TransientError
from selfinstruct.journal import Journal
from selfinstruct.requests import Asker, Tally
from selfinstruct.teachers import Api, Decoding, Prompt, Reply, Usage
from selfinstruct.teachers.budget import Budgeted, BudgetEndedError, Caps
from selfinstruct.teachers.pacing import Pace, Rates
from selfinstruct.teachers.quota import Quota
from selfinstruct.teachers.slots import Slots

DECODING = Decoding(temperature=0, top_p=0, max_tokens=50)


def prompt(number):
    return Prompt(f"prompt {number}", DECODING, "classify", number)


class Answering:
    """Answers the first ``answers`` calls, and then fails as ``error`` says."""

    name, model, api, more = "some", "m", Api.CHAT, ""

    def __init__(self, answers, error):
        self.answers, self.error = answers, error
        self.calls = 0

    async def complete(self, _):
        self.calls += 1
        if self.calls > self.answers:
            raise self.error
        return Reply("ok", "stop", Usage(1, 1))


@pytest.mark.parametrize(("answers", "most"), [(1, 8), (0, 3)])
def test_so_many_failures_in_a_row_end_the_run_and_not_one_fewer(tmp_path, answers, most):
    async def body(asker):
        for number in range(answers):
            await asker.ask(prompt(number))
        for number in range(most - 1):
            with pytest.raises(RequestError, match="oops"):
                await asker.ask(prompt(100 + number))
        with pytest.raises(TeacherError, match=f"The last {most} requests all failed") as ended:
            await asker.ask(prompt(200))
        assert not isinstance(ended.value, RequestError)

    teacher = Answering(answers, TransientError("oops."))
    with Journal.open(tmp_path, lambda: TIME) as journal:
        store = journal.stream("", ()).replies
        asyncio.run(body(Asker(teacher, store, Slots(1), Tally(), None)))


def test_the_two_halves_of_a_request_that_a_target_cut_count_as_one():
    rate = AcceptanceRate(3, 0.5, {6: (0, 4), 7: (1, 1)})
    assert rate.tasks_a_request == 0.5
    rate.add(7, 3, 3)
    assert rate.tasks_a_request == 2
    assert not rate.saturated
    rate.add(8, 0, 1)
    assert rate.saturated  # four of nine


@pytest.mark.parametrize(("billed", "calls"), [(True, 1), (False, 2)])
def test_a_call_that_was_perhaps_billed_counts_at_its_worst(billed, calls):
    async def body():
        for _ in range(2):
            with pytest.raises((TransientError, BudgetEndedError)):
                await teacher.complete(prompt(0))

    inner = Answering(0, TransientError("late", maybe_billed=billed))
    teacher = Budgeted(inner, Caps(tokens=200), None)
    asyncio.run(body())
    assert inner.calls == calls


def test_calls_in_flight_count_against_what_the_server_says_is_left():
    async def news(left):
        pace = Pace(4, Rates())
        first, _ = [await pace.start(prompt(number)) for number in range(2)]
        pace.succeeded(first, prompt(0), Reply("ok", "stop", None, quota=Quota(left, 60.0)))
        return pace.news()

    assert asyncio.run(news(2)) == ""
    assert asyncio.run(news(1)) == "waiting 60 s for the rate limit"
