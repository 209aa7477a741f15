"""The pace of a teacher: figures of servers, adaptive concurrency, limits, the circuit breaker."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfinstruct.errors import TeacherError, TransientError, UnreachableError
from selfinstruct.teachers import Api, Decoding, Prompt, Reply, Usage
from selfinstruct.teachers.pacing import Pace, Paced, Rates
from selfinstruct.teachers.quota import Quota, duration, quota, retry_after
from selfinstruct.teachers.retry_policy import Patience
from selfinstruct.teachers.retrying import Retrying
from selfinstruct.teachers.shutdown import ClosedError, Shutdown


def prompt(number, step="classify"):
    return Prompt(f"prompt {number}", Decoding(temperature=0, top_p=0, max_tokens=10), step, number)


class Time:
    """A clock that only naps move."""

    def __init__(self):
        self.now = 1000.0

    def clock(self):
        return self.now

    def nap(self, seconds):
        return self.until(self.now + seconds)

    async def until(self, until):
        await asyncio.sleep(0)
        self.now = max(self.now, until)


class Server:
    """Answers as ``behave(time)`` says: a reply or an error to raise."""

    name, model, api, more = "server", "m", Api.CHAT, ""

    def __init__(self, time, behave):
        self.time, self.behave = time, behave
        self.calls, self.in_flight, self.most = [], 0, 0

    async def complete(self, _):
        self.calls.append(self.time.now)
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        await asyncio.sleep(0)
        self.in_flight -= 1
        answer = self.behave(self)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self):
        pass


OK = Reply("ok", "stop", Usage(90, 10))


def run(behave, calls=40, ceiling=8, **rates):
    time = Time()
    server = Server(time, behave)
    pace = Pace(ceiling, Rates(**rates), time.clock, time.nap)
    teacher = Retrying(Paced(server, pace), Patience(), pace, random.Random(1))

    async def body():
        return await asyncio.gather(
            *(teacher.complete(prompt(n)) for n in range(calls)), return_exceptions=True
        )

    return asyncio.run(body()), server, pace, time


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("6m0s", 360.0),
        ("12ms", 0.012),
        ("1.5s", 1.5),
        ("1h2m3s", 3723.0),
        ("1m30.5s", 90.5),
        ("20", 20.0),
        ("0", 0.0),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("3x", None),
        ("9" * 9 + "d", 7 * 86400.0),
    ],
)
def test_durations_are_read_as_servers_write_them(text, seconds):
    assert duration(text) == seconds


@given(st.text())
def test_no_header_whatever_raises(text):
    headers = dict.fromkeys(
        ("retry-after", "retry-after-ms", "x-ratelimit-remaining-requests"), text
    ) | {"x-ratelimit-reset-requests": text}
    assert (wait := retry_after(headers)) is None or wait >= 0
    quota(headers)
    duration(text)


def test_retry_after_may_be_seconds_milliseconds_a_date_or_only_a_reset():
    now = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)
    assert retry_after({"retry-after": "7"}) == 7
    assert retry_after({"retry-after-ms": "250", "retry-after": "7"}) == 0.25
    assert retry_after({"retry-after": "Thu, 01 Jan 2026 12:00:30 GMT"}, now) == 30
    assert retry_after({"retry-after": "Thu, 01 Jan 2026 11:00:00 GMT"}, now) == 0
    left = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}
    assert retry_after(left) == 360
    assert retry_after({}) is None


def test_in_flight_is_halved_once_for_a_burst_of_refusals_and_grows_by_one_a_round():
    time = Time()
    pace = Pace(16, Rates(), time.clock, time.nap)

    async def body():
        numbers = [await pace.start(prompt(n)) for n in range(16)]
        for number in numbers[:10]:  # all of them had started before the first refusal
            pace.failed(number, prompt(number), TransientError("429", throttled=True))
        assert pace.slots.limit == 8
        for _ in numbers:
            pace.slots.release()
        limits = []
        for n in range(9 + 10):
            number = await pace.start(prompt(n))
            pace.slots.release()
            pace.succeeded(number, prompt(n), OK)
            limits.append(pace.slots.limit)
        assert limits[7] == 9  # a full round of eight answers
        assert limits[16] == 10
        number = await pace.start(prompt(0))
        pace.failed(number, prompt(0), TransientError("429", throttled=True))
        assert pace.slots.limit == 5

    asyncio.run(body())


def test_a_server_with_a_quota_of_its_own_is_kept_busy_and_nothing_fails():
    def behave(server):
        return (
            TransientError("429", throttled=True, retry_after=1.0) if server.in_flight >= 3 else OK
        )

    replies, server, pace, _ = run(behave, calls=200, ceiling=64)
    assert all(isinstance(reply, Reply) for reply in replies)
    assert pace.slots.limit < 16
    assert len(server.calls) < 2 * 200


def test_retry_after_holds_everybody_back():
    def behave(server):
        return (
            TransientError("429", throttled=True, retry_after=30.0)
            if len(server.calls) == 1
            else OK
        )

    replies, server, _, _ = run(behave, calls=5, ceiling=1)
    assert [reply.attempts for reply in replies] == [2, 1, 1, 1, 1]
    assert min(server.calls[1:]) >= server.calls[0] + 30


def test_what_is_left_of_a_quota_is_obeyed_before_anything_is_refused():
    def behave(server):
        left = max(0, 5 - len(server.calls))
        return Reply("ok", "stop", None, quota=Quota(left, 60.0))

    replies, server, _, _ = run(behave, calls=6, ceiling=1)
    assert all(isinstance(reply, Reply) for reply in replies)
    assert server.calls[4] < server.calls[0] + 1
    assert server.calls[5] >= server.calls[4] + 60


@pytest.mark.parametrize(("left", "waits"), [(4, True), (5, False)])
def test_calls_in_flight_count_against_what_the_server_has_left(left, waits):
    async def body():
        time = Time()
        pace = Pace(8, Rates(), time.clock, time.nap)
        numbers = [await pace.start(prompt(n)) for n in range(5)]
        # The server had seen one call when it answered; four more are on their way.
        answer = Reply("ok", "stop", None, quota=Quota(left, 60.0))
        pace.succeeded(numbers[0], prompt(0), answer)
        return pace.news()

    assert bool(asyncio.run(body())) is waits


def test_no_minute_holds_more_requests_or_tokens_than_allowed():
    _, server, _, _ = run(lambda _: OK, calls=50, ceiling=1, rpm=30)
    for start in server.calls:
        assert sum(start <= at < start + 60 for at in server.calls) <= 30
    _, server, _, time = run(lambda _: OK, calls=50, ceiling=1, tpm=1000)
    assert 50 * 100 * 60 / 1000 * 0.9 <= time.now - 1000 <= 50 * 100 * 60 / 1000 * 1.2


def test_sustained_refusal_ends_after_the_time_given_with_the_servers_words():
    replies, server, _, time = run(
        lambda _: TransientError("It answered 429: no.", throttled=True), give_up_after=120
    )
    assert all(type(reply) is TeacherError for reply in replies)
    assert "It answered 429: no. Nothing was answered for 120 seconds" in str(replies[0])
    assert 120 <= time.now - 1000 < 130
    assert server.most <= 8
    assert len(server.calls) < 100


def test_a_server_that_is_away_for_a_while_costs_no_request():
    def behave(server):
        # Up for 10 calls, then away until the clock says 1090.
        away = len(server.calls) > 10 and server.time.now < 1090
        return UnreachableError("away") if away else OK

    replies, server, pace, _ = run(behave, calls=60)
    assert all(isinstance(reply, Reply) for reply in replies)
    assert not pace.open
    assert pace.slots.limit > 1
    assert len(server.calls) < 60 + 80


def test_failures_count_against_a_request_only_while_others_succeed():
    def behave(server):
        return TransientError("500") if len(server.calls) % 2 else OK

    async def body():
        time = Time()
        server = Server(time, behave)
        pace = Pace(1, Rates(), time.clock, time.nap)
        teacher = Retrying(Paced(server, pace), Patience(attempts=3), pace, random.Random(1))
        await teacher.complete(prompt(0))
        server.behave = lambda s: TransientError("500") if s.bad else OK
        results = []
        for n in range(1, 10):
            server.bad = n == 5
            results.append(
                await asyncio.gather(teacher.complete(prompt(n)), return_exceptions=True)
            )
        return [result[0] for result in results]

    results = asyncio.run(body())
    assert [isinstance(result, Reply) for result in results] == [True] * 4 + [False] + [True] * 4
    assert results[4].attempts == 3


def test_whoever_waits_is_sent_home_when_the_run_ends():
    async def body(shutdown):
        pace = Pace(1, Rates())
        held = await pace.start(prompt(0))
        pace.failed(held, prompt(0), TransientError("429", throttled=True, retry_after=500.0))
        pace.slots.release()
        waiting = [asyncio.ensure_future(pace.start(prompt(n))) for n in range(1, 4)]
        sleeping = asyncio.ensure_future(pace.sleep(500))
        await asyncio.sleep(0.01)
        assert "waiting 500 s" in pace.news()
        shutdown.request()
        ends = await asyncio.gather(*waiting, sleeping, return_exceptions=True)
        assert all(isinstance(end, ClosedError) for end in ends)
        assert pace.slots.in_use == 0

    with Shutdown() as shutdown:
        asyncio.run(asyncio.wait_for(body(shutdown), 5))


def test_a_pause_does_not_pile_up_starts_beyond_the_rate():
    def behave(server):
        refused = len(server.calls) == 3
        return TransientError("429", throttled=True, retry_after=60.0) if refused else OK

    replies, server, _, _ = run(behave, calls=100, ceiling=1, rpm=60)
    assert all(isinstance(reply, Reply) for reply in replies)
    for start in server.calls:
        assert sum(start <= at < start + 60 for at in server.calls) <= 60


@pytest.mark.parametrize("refused", [True, False])
def test_a_server_that_asks_for_a_day_is_not_waited_for(refused):
    def behave(server):
        if len(server.calls) != 4:
            return OK
        if refused:
            return TransientError("It answered 429.", throttled=True, retry_after=86400.0)
        return Reply("ok", "stop", None, quota=Quota(0, 86400.0))

    replies, _, _, time = run(behave, calls=20, ceiling=2, give_up_after=300)
    assert any(type(reply) is TeacherError for reply in replies)
    assert time.now < 1000 + 400


def test_a_server_that_says_now_and_refuses_is_not_hammered():
    _, server, _, _ = run(
        lambda _: TransientError("429", throttled=True, retry_after=0.0),
        calls=1, ceiling=1, give_up_after=600,
    )  # fmt: skip
    assert len(server.calls) < 60
