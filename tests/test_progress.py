"""What a person sees while a slow teacher works: every figure, and that it fits the terminal."""

from __future__ import annotations

import itertools
import re

import pytest
from conftest import rows
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from test_http import over_http
from test_pacing import Time, prompt

from selfinstruct.bootstrap import Tally
from selfinstruct.console.progress import fitted
from selfinstruct.console.progress_text import News, clock
from selfinstruct.errors import TransientError
from selfinstruct.pool import StepCount
from selfinstruct.requests import Forecast
from selfinstruct.tasks import Reason
from selfinstruct.teachers.pacing import Pace, Rates

LATENCY = 60


@pytest.fixture
def program(inside):
    """Verbs run in this process: starting one takes longer than most of what is tested here."""
    return inside


class Run:
    """A run over a teacher that takes a minute for each reply, by a clock of its own."""

    def __init__(self, *, price=False, target=100):
        self.time = Time()
        self.pace = Pace(16, Rates(), self.time.clock, self.time.nap)
        self.tally = Tally(target=target, priced=price, forecast=Forecast(calls=2, tasks=5))
        self.news = News(self.tally, self.pace, self.time.clock)
        self.cost = 0.01 if price else None
        self.under_way = []

    def send(self, count):
        self.under_way += [self.pace.pulse.began() for _ in range(count)]
        self.tally.in_flight += count

    def answer(self, count, request=0, tokens=90):
        for _ in range(count):
            self.pace.pulse.ended(self.under_way.pop(0), tokens)
            self.tally.in_flight -= 1
            used = StepCount(
                calls=1, prompt_tokens=10, completion_tokens=tokens, cost_usd=self.cost
            )
            self.tally.used("tasks", used)
            self.tally.forecast.replied(request)

    def commit(self, request, tasks):
        self.tally.tasks += tasks
        self.tally.accepted += tasks
        self.tally.requests += 1
        self.tally.forecast.committed(request, tasks)


def test_before_the_first_reply_a_person_sees_calls_in_flight_and_their_age():
    run = Run()
    run.send(16)
    run.time.now += 43
    short, long_ = " · ".join(run.news.short()), ", ".join(run.news.long())
    assert short == "43s · 0/~40 calls · 16 in flight (43s)"
    assert long_ == (
        "0 of about 40 calls, 16 in flight (oldest 43 s), 43 s so far, time left unknown, "
        "no replies yet, 0 tokens, cost unknown"
    )


def test_then_the_speed_and_the_time_left_come_from_replies_not_from_tasks():
    run = Run()
    run.send(16)
    run.time.now += LATENCY
    run.answer(16)
    run.send(16)
    run.time.now += 5
    assert " · ".join(run.news.short()) == (
        # 24 calls are left, 16 at a time: when the oldest has come, another minute.
        "1:05, ~1:55 left · 16/~40 calls · 16 in flight (5s) · 24 tok/s"
    )
    run.commit(0, 5)
    assert run.news.short()[4:] == ["100% kept"]


def test_the_time_left_never_grows_while_nothing_is_committed():
    run = Run()
    run.send(8)
    seen = []
    for wave in range(3):
        for _ in range(LATENCY):
            run.time.now += 1
            if wave:
                seen.append(run.news._seconds_left())
        run.answer(8, request=wave)
        run.send(8)
        seen.append(run.news._seconds_left())
    assert None not in seen
    assert all(later <= before + 1e-6 for before, later in itertools.pairwise(seen))
    assert seen[-1] < seen[0] - LATENCY
    run.answer(1)  # the others of its lump are late: that says nothing of the end
    assert run.news._seconds_left() <= seen[-1]


def test_a_teacher_that_has_stopped_answering_has_no_time_left():
    run = Run()
    run.send(4)
    run.time.now += LATENCY
    run.answer(4)
    run.send(4)
    run.time.now += 2 * LATENCY + 10
    assert run.news._seconds_left() is None
    assert "left" not in run.news.short()[0]


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 20)), max_size=30),
    st.integers(0, 500),
    st.none() | st.integers(0, 50),
)
def test_the_calls_that_are_left_are_a_number_whatever_comes(committed, missing, requests):
    forecast = Forecast(2.5, 6)
    for number, (replies, tasks) in enumerate(committed):
        before = forecast.calls_left(missing, requests)
        for _ in range(replies):
            forecast.replied(number)
            assert 0 <= forecast.calls_left(missing, requests) <= before
        forecast.committed(number, tasks)
    assert forecast.calls_left(missing, requests) >= 0
    assert forecast.calls_left(0, 0) == 0


def test_a_forecast_believes_what_it_has_seen_more_and_more():
    forecast = Forecast(calls=2, tasks=10)
    assert forecast.calls_left(100) == 20
    for number in range(98):
        for _ in range(6):
            forecast.replied(number)
        forecast.committed(number, 3)
    assert forecast.calls_left(100) == pytest.approx(190, rel=0.05)  # two calls a task
    assert forecast.calls_left(0, requests=10) == pytest.approx(59, rel=0.05)


def test_what_could_not_be_read_is_no_candidate_of_the_share_kept():
    run = Run()
    run.commit(0, 3)
    run.tally.rejected.update({"malformed": 136, "request_failed": 5, "too_similar": 1})
    assert run.news._kept() == ["75% kept"]
    assert not any(Reason(name).of_no_candidate for name in ("too_similar", "no_valid_instance"))


def test_no_price_no_dollars_and_with_one_the_whole_is_reckoned_from_calls():
    run = Run()
    assert "$" not in " ".join([*run.news.short(), *run.news.long()])
    run = Run(price=True)
    run.send(10)
    run.time.now += LATENCY
    run.answer(10)
    assert run.news.long()[-1] == "$0.10 of about $0.40"


def test_failures_are_quoted_at_once_and_then_once_a_minute():
    run = Run()
    assert run.news.failures() == ""
    run.tally.failed("It is too long.")
    assert run.news.failures() == "1 call failed: It is too long."
    for _ in range(9):
        run.pace.failed(1, prompt(1), TransientError("It answered 500."))
        assert run.news.failures() == ""
    run.time.now += 61
    run.tally.last_failure = ""
    assert run.news.failures() == "9 calls failed, the last: It answered 500."
    assert run.news.failures() == ""
    run.pace.failed(1, prompt(1), TransientError("slow down", throttled=True))
    run.time.now += 61
    assert run.news.failures() == ""


def test_an_ending_run_says_what_it_waits_for():
    run = Run()
    run.send(3)
    run.time.now += 30
    run.tally.shutdown.request()
    assert run.news.short()[0] == "ending, waits for 3 in flight (oldest 30 s)"
    assert "ending" in run.news.long()


@given(st.text(max_size=20), st.lists(st.text(max_size=60), min_size=1), st.integers(10, 150))
def test_the_line_never_is_wider_than_the_terminal(count, parts, room):
    assert cell_len(fitted(count, parts, room)) <= max(room, 1)


def test_all_that_matters_fits_into_eighty_columns():
    run = Run(target=52000)
    run.send(99)
    run.time.now += 3700
    run.tally.tasks = 12345
    run.answer(50)
    line = fitted("12345/52000 ", run.news.short(), 80 - 4 - 4)
    assert re.match(r"12345/52000 1h01, ~\S+ left · 50/~\d+ calls · 49 in flight", line)
    assert cell_len(line) <= 72


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0s"), (59.4, "59s"), (59.6, "1:00"), (3599, "59:59"), (7384, "2h03")],
)
def test_a_clock_is_short(seconds, said):
    assert clock(seconds) == said


def test_a_context_that_is_too_small_ends_the_run_with_its_reason(program, server, tmp_path):
    address = server("--context", 1024, "--latency", 0.4)
    done = program("generate", "p", *over_http(address), "--target", 100, "--json", check=4)
    said = done.stderr
    assert "The request is too long for the model (400)" in said
    assert re.search(r"The last \d\d requests of the step '\w+' were all refused alike", said)
    assert "larger context" in said
    calls = [row for row in rows(tmp_path / "p" / "replies.jsonl") if row["step"] == "instructions"]
    assert len(calls) < 20  # no further instructions are bought
    status = program("status", "p", check=0).stdout
    assert "exceeds the available context size" in " ".join(status.split())
    assert "unknown (no --price)" in status


def test_a_run_without_any_answer_has_no_cost_unless_there_is_a_price(program):
    nowhere = over_http("http://127.0.0.1:9/v1", "--target", 5)
    assert "unknown (no --price)" in program("generate", "p", *nowhere, check=4).stderr
    assert "$0.0000" in program("generate", "q", *nowhere, "--price", "1/2", check=4).stderr
