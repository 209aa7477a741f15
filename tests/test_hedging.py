"""Calls made again beside one that hangs: when, how often, and how they are counted."""

from __future__ import annotations

import asyncio
import contextlib
import math
import random

import pytest
from test_pacing import OK, Time

from selfinstruct.errors import TransientError
from selfinstruct.teachers import Decoding, Prompt
from selfinstruct.teachers.budget import Budgeted, BudgetEndedError, Caps
from selfinstruct.teachers.hedging import Hedged
from selfinstruct.teachers.pacing import Pace, Paced, Rates
from selfinstruct.teachers.retry_policy import Patience
from selfinstruct.teachers.retrying import Retrying


def asking(number, tokens=100):
    return Prompt(
        f"p{number}", Decoding(temperature=0, top_p=0, max_tokens=tokens), "tasks", number
    )


class Bench:
    """A teacher whose calls end when a test says so, in a time that a test moves."""

    name, model, api, more = "bench", "m", None, ""

    def __init__(self, ceiling=16, caps=None):
        self.time = Time()
        self.pace = Pace(ceiling, Rates(), self.time.clock, self.time.nap)
        self.calls = []  # (prompt, future)
        self.said = []
        inner = Budgeted(self, caps, None) if caps else self
        self.hedged = Hedged(Paced(inner, self.pace), self.pace, self.said.append)
        self.teacher = Retrying(self.hedged, Patience(), self.pace, random.Random(1))

    async def complete(self, prompt):
        maker = asyncio.current_task()
        number = self.pace.pulse.began(maker)
        future = asyncio.get_running_loop().create_future()
        self.calls.append((prompt, future))
        answered = False
        try:
            reply = await future
            answered = True
            self.pace.pulse.ended(number, 50)
        finally:
            self.pace.pulse.forget(maker)
            if not answered:
                self.pace.pulse.failed(number)
        return reply

    async def close(self):
        """Nothing is open."""

    def ask(self, prompt):
        return asyncio.ensure_future(self.teacher.complete(prompt))

    async def answer(self, count, seconds=1.0):
        """So many calls one after another, each answered in so many seconds."""
        for _ in range(count):
            task = self.ask(asking(1000 + len(self.calls)))
            await settled()
            self.time.now += seconds
            self.calls[-1][1].set_result(OK)
            await task

    async def look(self, seconds):
        self.time.now += seconds
        self.hedged.look()
        await settled()

    def of(self, number):
        return [future for prompt, future in self.calls if prompt.request == number]


async def settled():
    for _ in range(20):
        await asyncio.sleep(0)


def bench(body, **more):
    async def run():
        made = Bench(**more)
        try:
            return await asyncio.wait_for(body(made), 30)
        finally:
            await made.hedged.close()

    return asyncio.run(run())


def test_a_call_that_others_overtake_is_made_again_and_the_first_answer_counts():
    async def body(b):
        await b.answer(8)
        hanging = b.ask(asking(1))
        await settled()
        await b.answer(3)
        await b.look(1)
        assert len(b.of(1)) == 1  # four seconds are not five times what others take
        await b.look(3)
        assert len(b.of(1)) == 2
        await b.look(1)
        assert len(b.of(1)) == 2  # never more than one beside it
        b.of(1)[1].set_result(OK)
        reply = await hanging
        assert (reply.attempts, reply.lost) == (2, 1)
        assert b.of(1)[0].cancelled()
        assert len(b.said) == 1
        assert "--no-hedge" in b.said[0]
        assert b.pace.slots.in_use == 0
        assert b.pace.pulse.in_flight == 0

    bench(body)


def test_the_first_may_still_be_the_one_that_answers():
    async def body(b):
        await b.answer(8)
        hanging = b.ask(asking(1))
        await settled()
        await b.answer(3)
        await b.look(10)
        b.of(1)[0].set_result(OK)
        reply = await hanging
        assert (reply.attempts, reply.lost) == (2, 1)
        assert b.of(1)[1].cancelled()
        assert b.pace.slots.in_use == 0

    bench(body)


def test_a_refused_call_beside_is_asked_for_again_and_one_that_hangs_too_is_ended():
    async def body(b):
        await b.answer(8)
        hanging = b.ask(asking(1))
        await settled()
        await b.answer(3)
        await b.look(10)
        b.of(1)[1].set_exception(TransientError("busy", throttled=True, retry_after=0.5))
        await settled()
        assert len(b.of(1)) == 3
        await b.look(5)
        assert len(b.of(1)) == 3
        await b.look(200)
        assert len(b.of(1)) == 4
        b.of(1)[3].set_result(OK)
        reply = await hanging
        assert (reply.attempts, reply.lost) == (4, 2)

    bench(body)


def test_when_the_first_fails_the_one_beside_it_is_waited_for():
    async def body(b):
        await b.answer(8)
        hanging = b.ask(asking(1))
        await settled()
        await b.answer(3)
        await b.look(10)
        b.of(1)[0].set_exception(TransientError("closed", maybe_billed=True))
        await settled()
        assert len(b.of(1)) == 2  # nobody asks a third time
        b.of(1)[1].set_result(OK)
        reply = await hanging
        assert (reply.attempts, reply.lost) == (2, 1)

    bench(body)


def test_what_a_long_reply_may_need_is_waited_for():
    async def body(b):
        assert b.hedged.due(asking(1)) == math.inf  # nobody knows anything yet
        await b.answer(8, seconds=10)  # fifty tokens in ten seconds
        assert b.hedged.due(asking(1, tokens=100)) == 50
        assert b.hedged.due(asking(1, tokens=2000)) == 800
        long = b.ask(asking(1, tokens=2000))
        await settled()
        await b.answer(6, seconds=100)
        await b.look(100)
        assert len(b.of(1)) == 1
        b.of(1)[0].set_result(OK)
        assert (await long).attempts == 1

    bench(body)


def test_of_calls_that_all_hang_one_tries_whether_the_server_is_away():
    async def body(b):
        await b.answer(8)
        asked = [b.ask(asking(number)) for number in range(6)]
        await settled()
        for _ in range(5):
            await b.look(100)
        beside = sum(len(b.of(number)) for number in range(6)) - 6
        assert 1 <= beside <= 4
        assert sum(len(b.of(number)) > 1 for number in range(6)) == 1
        for task in asked:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*asked)
        await settled()
        assert b.pace.pulse.in_flight == 0
        assert b.pace.slots.in_use == 0

    bench(body)


def test_few_calls_are_made_beside_others():
    async def body(b):
        await b.answer(40)
        asked = [b.ask(asking(number)) for number in range(8)]
        await settled()
        await b.answer(4)
        for _ in range(4):
            await b.look(10)
        assert sum(len(b.of(number)) > 1 for number in range(8)) == 4
        for number in range(8):
            b.of(number)[-1].set_result(OK)
        await asyncio.gather(*asked)

    bench(body)


def test_a_call_beside_counts_against_the_caps_and_room_is_kept_to():
    async def body(b):
        await b.answer(8)
        hanging = b.ask(asking(1))
        await settled()
        await b.answer(3)
        await b.look(10)
        assert len(b.of(1)) == 1  # the cap is reached
        b.of(1)[0].set_result(OK)
        assert (await hanging).attempts == 1
        with pytest.raises(BudgetEndedError):
            await b.ask(asking(2))

    bench(body, caps=Caps(calls=12))


def test_room_that_the_pace_has_cut_does_not_keep_out_the_call_that_helps():
    async def body(b):
        await b.answer(8)
        hanging = [b.ask(asking(number)) for number in (1, 2)]
        await settled()
        b.pace.slots.limit = 1  # as after a refusal for the rate limit
        for _ in range(3):
            await b.look(10)
        assert len(b.of(1)) + len(b.of(2)) > 2
        for number in (1, 2):
            for future in b.of(number):
                if not future.done():
                    future.set_result(OK)
        await asyncio.gather(*hanging)
        assert b.pace.slots.in_use == 0

    bench(body)


def test_one_call_at_a_time_stays_one():
    async def body(b):
        await b.answer(8)
        hanging = b.ask(asking(1))
        await settled()
        for _ in range(5):
            await b.look(100)
        assert len(b.of(1)) == 1  # --concurrency 1 leaves no room beside it
        b.of(1)[0].set_result(OK)
        assert (await hanging).attempts == 1

    bench(body, ceiling=1)
