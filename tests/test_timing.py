"""How long calls may take, what is seen of them meanwhile, and what becomes of late ones."""

from __future__ import annotations

import asyncio
import random

import pytest
from aiohttp import web
from test_http import PROMPT, completing, over_http, talk, teacher
from test_pacing import OK, Server, Time, prompt, run

from selfinstruct.errors import TeacherError, TransientError
from selfinstruct.teachers import Decoding, Prompt, Reply, timing
from selfinstruct.teachers.pacing import Pace, Paced, Rates
from selfinstruct.teachers.pulse import Pulse
from selfinstruct.teachers.retry_policy import Patience
from selfinstruct.teachers.retrying import Retrying
from selfinstruct.teachers.shutdown import ClosedError, Shutdown
from selfinstruct.teachers.timing import Timing

__all__ = ["talk"]


@pytest.fixture
def program(inside):
    """Verbs run in this process: starting one takes longer than most of what is tested here."""
    return inside


def answers(*seconds_and_tokens):
    """A pulse that has seen calls one after another, and its clock."""
    time = Time()
    pulse = Pulse(time.clock)
    for seconds, tokens in seconds_and_tokens:
        number = pulse.began()
        time.now += seconds
        pulse.ended(number, tokens)
    return pulse, time


def long_(tokens):
    return Prompt("p", Decoding(temperature=0, top_p=0, max_tokens=tokens), "tasks", 0)


def test_a_call_may_take_twice_what_its_tokens_need_at_the_speed_that_was_seen():
    pulse, _ = answers((10, 20), (30, 60))  # two tokens a second
    assert pulse.speed == 2
    assert Timing(pulse).expected(long_(3072)) == 3072
    assert Timing(pulse).expected(long_(100)) == timing.USUAL
    assert Timing(pulse, patience=600).most(long_(100)) == 600
    assert Timing(pulse, patience=600).most(long_(3072)) == 3072
    assert Timing(pulse, 30, 600).most(long_(3072)) == 30  # by hand is by hand
    assert Timing(Pulse()).expected(long_(3072)) == timing.USUAL  # before anything is known


def test_latencies_and_ages_are_those_of_single_calls():
    pulse, time = answers(*((seconds, 5) for seconds in range(1, 21)))
    assert pulse.latency(0.95) == 20
    assert pulse.latency(0.5) == 11
    assert (pulse.in_flight, pulse.oldest, pulse.youngest, pulse.answered) == (0, 0, 0, 20)
    first = pulse.began()
    time.now += 7
    second = pulse.began()
    time.now += 1
    assert (pulse.in_flight, pulse.oldest, pulse.youngest) == (2, 8, 1)
    pulse.failed(first)
    pulse.failed(second)
    assert (pulse.in_flight, pulse.answered) == (0, 20)
    assert Pulse().latency(0.5) is None


def test_the_rate_is_steady_between_answers_that_come_in_lumps():
    pulse, time = answers()
    seen = []
    for _ in range(3):
        numbers = [pulse.began() for _ in range(16)]
        for _ in range(6):
            time.now += 10
            seen.append(pulse.tokens_per_second)
        for number in numbers:
            pulse.ended(number, 30)
    assert seen[:6] == [None] * 6
    assert all(each == pytest.approx(8) for each in seen[6:])
    pulse.began()
    time.now += 240  # overdue: then it sinks
    assert pulse.tokens_per_second < 8


def slow_server(seconds, seen):
    async def handler(_):
        seen.append(1)
        await asyncio.sleep(seconds)
        return web.json_response({"choices": [{"message": {"content": "ok"}}]})

    return handler


def test_a_late_call_is_waited_for_and_not_bought_again(talk, monkeypatch):
    monkeypatch.setattr(timing, "USUAL", 0.05)
    seen, said = [], []

    def asked(address):
        patient = teacher(address, timing=Timing(Pulse(), None, 30, said.append))
        pace = Pace(8, Rates())
        return Retrying(patient, Patience(), pace, random.Random(1))

    async def twice(address):
        both = asked(address)
        await asyncio.gather(both.complete(PROMPT), both.complete(PROMPT))
        await both.close()

    talk(slow_server(0.3, seen), twice)
    assert len(seen) == 2
    assert len(said) == 1
    assert "is waited for, up to 30 s (--give-up-after)" in said[0]


def test_a_limit_by_hand_ends_the_call_and_is_named(talk):
    seen = []
    with pytest.raises(TransientError) as caught:
        talk(
            slow_server(5, seen),
            completing(lambda address: teacher(address, timing=Timing(Pulse(), 0.2))),
        )
    assert "did not answer within 0.2 s (--timeout)." in str(caught.value)
    assert caught.value.maybe_billed
    assert caught.value.took == 0.2


def test_a_server_that_swallows_calls_is_given_up_when_nothing_was_answered_for_that_long():
    def behave(server):
        server.time.now = max(server.time.now, 1600)  # each call was waited for
        return TransientError("It did not answer within 600 s.", maybe_billed=True, took=600)

    replies, server, _, time = run(behave, calls=8, give_up_after=600)
    assert all(type(reply) is TeacherError for reply in replies)
    assert "Nothing was answered for 600 seconds" in str(replies[0])
    assert time.now < 1000 + 600 + 60
    assert len(server.calls) == 8


def test_one_late_call_among_answers_ends_no_run():
    def behave(server):
        if len(server.calls) == 3:
            server.time.now += 600
            return TransientError("late", took=600)
        server.time.now += 100
        return OK

    replies, _, _, _ = run(behave, calls=12, ceiling=1, give_up_after=650)
    assert all(isinstance(reply, Reply) for reply in replies)


def test_a_teacher_that_answered_an_earlier_run_is_waited_for():
    time = Time()
    server = Server(time, lambda _: TransientError("away") if time.now < 1100 else OK)
    pace = Pace(4, Rates(), time.clock, time.nap)
    pace.known = True
    asked = Retrying(Paced(server, pace), Patience(), pace, random.Random(1))

    async def body():
        return await asyncio.gather(*(asked.complete(prompt(n)) for n in range(8)))

    assert all(isinstance(reply, Reply) for reply in asyncio.run(body()))


def test_a_run_over_a_pool_with_answers_does_not_give_up_at_once(program, server):
    address = server()
    program("generate", "p", *over_http(address), "--target", 5, "--quiet", check=0)
    away = ("--base-url", "http://127.0.0.1:9/v1", "--give-up-after", 6)
    done = program("generate", "p", *over_http(address), *away, "--target", 40, check=4)
    assert "Nothing was answered for 6 seconds (--give-up-after)" in done.stderr
    done = program("generate", "new", *over_http(address), *away, "--target", 40, check=4)
    assert "Nothing was answered" not in done.stderr


def test_attempts_that_failed_before_an_interruption_are_counted():
    async def body(shutdown):
        hanging = asyncio.Event()

        class Late(Server):
            async def complete(self, asked):
                self.calls.append(asked)
                if len(self.calls) == 1:
                    raise TransientError("late", maybe_billed=True)
                hanging.set()
                await asyncio.Event().wait()

        time = Time()
        pace = Pace(1, Rates(), time.clock, time.nap)
        asked = Retrying(Paced(Late(time, None), pace), Patience(), pace, random.Random(1))
        call = asyncio.ensure_future(asked.complete(prompt(0)))
        await hanging.wait()
        shutdown.request()
        call.cancel()
        with pytest.raises(ClosedError) as caught:
            await call
        return caught.value

    with Shutdown() as shutdown:
        ended = asyncio.run(asyncio.wait_for(body(shutdown), 10))
    assert (ended.attempts, ended.lost) == (1, 1)


def test_what_was_said_of_tokens_makes_the_speed():
    pulse, _ = answers((10, None), (10, 40))
    assert pulse.speed == 4
    assert pulse.tokens_per_second == 2
