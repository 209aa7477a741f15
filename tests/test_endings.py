"""However a run ends, what it has bought is judged and committed as far as order allows."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import random
import re
import shutil

import pytest
from conftest import TIME, JitteryMock, in_every_setup, made_with

from selfinstruct.api.plan import plan as make_plan
from selfinstruct.bootstrap import Asker, Growth, Limits, Stopped, Tally
from selfinstruct.errors import RequestError, StarvedError, TeacherError
from selfinstruct.journal import ReplyStore
from selfinstruct.pool import Pool, look
from selfinstruct.seeds import file_text
from selfinstruct.teachers import Decoding, Prompt, Reply
from selfinstruct.teachers.budget import Budgeted, Caps
from selfinstruct.teachers.pacing import Pace, Rates
from selfinstruct.teachers.slots import Slots

FILES = ("tasks.jsonl", "rejects.jsonl")


def contents(folder):
    return [(folder / name).read_bytes() for name in FILES]


class Capped(JitteryMock):
    """The mock with a cap of calls around it, as a run has it."""

    def __init__(self, calls, rng=None):
        super().__init__(rng)
        self.counted = JitteryMock(rng)
        self.inner = Budgeted(self.counted, Caps(calls=calls), None)

    def speak(self, language):
        super().speak(language)
        self.counted.speak(language)

    async def complete(self, prompt):
        self.counted.api = self.api
        return await self.inner.complete(prompt)


@in_every_setup
@pytest.mark.parametrize("calls", [4, 7])
def test_a_run_that_a_cap_ended_has_judged_all_that_order_allows(grow, data, calls):
    whole = contents(grow("whole", 110, data=data)[0])
    teacher = Capped(calls, random.Random(calls))
    folder, outcome, _ = grow("p", 110, data=data, teacher=teacher, concurrency=16)
    assert outcome.stopped is Stopped.BUDGET
    assert len(teacher.counted.calls) == calls
    got = contents(folder)
    for mine, all_ in zip(got, whole, strict=True):
        assert all_.startswith(mine)
    again, outcome, growth = grow("p", 110, data=data, teacher=Capped(0), concurrency=16)
    assert outcome.stopped is Stopped.BUDGET
    assert contents(again) == got
    assert growth.tally.accepted == 0
    if data.recipe == "alpaca":  # nothing follows from its replies: each of them is judged
        assert look(folder).position.request == calls


@in_every_setup
def test_a_run_that_may_buy_nothing_judges_what_earlier_runs_have_bought(grow, tmp_path, data):
    folder, _, _ = grow("whole", 60, data=data, concurrency=32)
    expected = contents(folder)
    shutil.copytree(folder, tmp_path / "cut")
    for name in (*FILES, "ledger.jsonl"):
        (tmp_path / "cut" / name).write_bytes(b"")
    # A small window: the store holds far more than what this run would have under way.
    _, outcome, _ = grow("cut", 60, data=data, teacher=Capped(0), concurrency=1)
    assert outcome.stopped is Stopped.TARGET
    assert contents(tmp_path / "cut") == expected


class Stalling(JitteryMock):
    """Answers some calls, and then no more; tells when it has stopped answering."""

    def __init__(self, answers, then):
        super().__init__()
        self.answers, self.then = answers, then
        self.stalled = asyncio.Event()

    async def complete(self, prompt):
        if len(self.calls) < self.answers:
            return await super().complete(prompt)
        await self.then(self)
        raise AssertionError("it has ended")


def growing(folder, data, teacher, pace=None, **limits):
    """A growth over a pool that must be closed."""
    plan = make_plan(folder, data)
    pool = Pool(
        folder, plan.manifest, plan.existing, file_text(plan.seeds), lambda: TIME, plan.files
    )
    limits = Limits(concurrency=16, **limits)
    parts = (plan.seeds, plan.recipe, teacher, plan.novelty, limits)
    return pool, Growth(pool, *parts, pace=pace)


def test_an_interrupted_run_has_judged_what_had_arrived(grow, tmp_path):
    data = made_with(seed=1, recipe="alpaca")
    whole = contents(grow("whole", 300, data=data)[0])

    async def stall(teacher):
        teacher.stalled.set()
        await asyncio.Event().wait()

    async def body():
        teacher = Stalling(9, stall)
        pool, growth = growing(tmp_path / "p", data, teacher, drain_interrupted=0.0)
        with pool:
            running = asyncio.ensure_future(growth.run(300))
            await teacher.stalled.wait()
            growth.interrupt()
            return await running

    outcome = asyncio.run(asyncio.wait_for(body(), 20))
    assert outcome.stopped is Stopped.INTERRUPTED
    assert look(tmp_path / "p").position.request == 9
    for mine, all_ in zip(contents(tmp_path / "p"), whole, strict=True):
        assert all_.startswith(mine)


def test_replies_that_arrive_while_a_run_ends_are_judged(tmp_path):
    data = made_with(seed=1, recipe="alpaca")

    class Late(JitteryMock):
        """The fourth call fails for good; those before it answer only after that."""

        def __init__(self):
            super().__init__()
            self.failed = asyncio.Event()

        async def complete(self, prompt):
            if prompt.request == 3:
                self.failed.set()
                raise TeacherError("The key was refused.")
            await self.failed.wait()
            for _ in range(50):
                await asyncio.sleep(0)
            return await super().complete(prompt)

    async def body():
        pool, growth = growing(tmp_path / "p", data, Late())
        with pool:
            return await growth.run(300)

    outcome = asyncio.run(asyncio.wait_for(body(), 20))
    assert outcome.stopped is Stopped.TEACHER
    assert look(tmp_path / "p").position.request == 3


def test_a_target_reached_by_what_was_bought_is_reached(grow):
    data = made_with(seed=1, recipe="alpaca")
    folder, _, _ = grow("whole", 40, data=data, concurrency=1)
    needed = len((folder / "replies.jsonl").read_bytes().splitlines())
    for calls, stopped in ((needed, Stopped.TARGET), (needed - 1, Stopped.BUDGET)):
        name = f"c{calls}"
        outcome = grow(name, 40, data=data, teacher=Capped(calls), concurrency=16)[1]
        assert outcome.stopped is stopped


def test_slow_teachers_are_given_twice_the_time_of_nearly_all_of_their_calls(tmp_path):
    now = [0.0]
    pace = Pace(4, Rates(), lambda: now[0])
    data = made_with(seed=1, recipe="alpaca")
    pool, growth = growing(tmp_path / "p", data, JitteryMock(), pace, drain_most=200)
    with pool:
        graces = []
        for seconds in (2, 45, 3000):
            number = pace.pulse.began()
            now[0] += seconds
            pace.pulse.ended(number, 1)
            graces.append(growth._run._grace())
        assert graces == [20, 90, 200]


class TooLong(JitteryMock):
    """The mock, which takes no request of one step: each is too long for its context."""

    def __init__(self, step, kinds, rng):
        super().__init__(rng)
        self.step, self.kinds = step, itertools.cycle(kinds)

    async def complete(self, prompt):
        reply = await super().complete(prompt)
        if prompt.step == self.step:
            raise RequestError("It was refused (400).", kind=next(self.kinds))
        return reply


@pytest.mark.parametrize("concurrency", [1, 3, 16])
@pytest.mark.parametrize("step", ["classify", "input_first"])
def test_ten_refusals_alike_end_the_run_whoever_is_turned_away_meanwhile(grow, step, concurrency):
    rng = random.Random(concurrency)
    teacher = TooLong(step, [RequestError.CONTEXT], rng)
    _, outcome, growth = grow("p", 60, teacher=teacher, concurrency=concurrency)
    assert outcome.stopped is Stopped.TEACHER
    said = rf"The last 1\d requests of the step '{step}' were all refused alike"
    assert re.search(said, str(outcome.error))
    assert "larger context" in str(outcome.error)
    assert 10 <= growth.tally.failures <= 10 + concurrency


def test_refusals_for_several_reasons_end_no_run(grow):
    kinds = [RequestError.CONTEXT, RequestError.CONTENT, ""]
    teacher = TooLong("input_first", kinds, None)
    assert grow("p", 30, teacher=teacher)[1].stopped is Stopped.TARGET


def test_the_tenth_refusal_alike_in_a_row_is_the_last_and_an_answer_begins_the_row_anew(grow):
    class Mostly(TooLong):
        """Takes each tenth of the requests of its step."""

        async def complete(self, prompt):
            try:
                return await super().complete(prompt)
            except RequestError:
                self.refused += 1
                if self.refused % 10:
                    raise
                return await JitteryMock.complete(self, prompt)

    teacher = TooLong("classify", [RequestError.CONTEXT], None)
    _, outcome, growth = grow("p", 60, teacher=teacher, concurrency=1)
    assert "The last 10 requests of the step 'classify'" in str(outcome.error)
    assert growth.tally.failures <= 11  # one may have been under way
    teacher = Mostly("classify", [RequestError.CONTEXT], None)
    teacher.refused = 0
    _, outcome, growth = grow("q", 3, teacher=teacher, concurrency=1, yield_requests=1000)
    assert outcome.stopped is Stopped.TARGET
    assert growth.tally.failures > 18


def test_twenty_replies_that_say_nothing_end_a_run_and_nineteen_do_not(grow):
    class Mute(JitteryMock):
        async def complete(self, prompt):
            reply = await super().complete(prompt)
            return dataclasses.replace(reply, text="Hm.") if len(self.calls) <= self.most else reply

    data = made_with(seed=1, recipe="alpaca")
    for most, stopped in ((20, Stopped.TEACHER), (19, Stopped.TARGET)):
        teacher = Mute()
        teacher.most = most
        outcome = grow(f"p{most}", 5, data=data, teacher=teacher, concurrency=1)[1]
        assert outcome.stopped is stopped


def test_what_an_earlier_run_had_no_room_for_says_nothing_against_the_teacher_now(tmp_path):
    decoding = Decoding(temperature=0, top_p=0, max_tokens=9)
    prompts = [Prompt(f"Is {number} odd?", decoding, "classify", number) for number in range(30)]

    class Starved(JitteryMock):
        async def complete(self, prompt):
            self.calls.append(prompt)
            return Reply("", "length", None, starved=True, hopeless=True)

    async def body():
        errors = []
        teacher = Starved()
        for _ in range(2):
            store = ReplyStore(tmp_path / "replies.jsonl", 0, 0)
            asker = Asker(teacher, store, Slots(4), Tally(), None)
            for prompt in prompts:
                with pytest.raises(StarvedError) as caught:
                    await asker.ask(prompt)
                errors.append(caught.value.asked)
            store.close()
        return errors, len(teacher.calls)

    errors, calls = asyncio.run(body())
    assert errors == [True] * 30 + [False] * 30
    assert calls == 30  # what is stored is not bought again


class RememberingMock(JitteryMock):
    """Answers nothing to classifications while it has no room to think."""

    has_room = False

    async def complete(self, prompt):
        reply = await super().complete(prompt)
        if prompt.step != "classify" or self.has_room:
            return reply
        return dataclasses.replace(reply, text="", starved=True, hopeless=True)


def test_a_pool_goes_on_with_room_after_a_run_without(grow, tmp_path):
    teacher = RememberingMock()
    _, outcome, _ = grow("p", 50, teacher=teacher, concurrency=64)
    assert outcome.stopped is Stopped.TEACHER
    # As if nothing of it had been committed: all that is stored was given no room.
    for name in ("tasks", "rejects", "ledger"):
        (tmp_path / "p" / f"{name}.jsonl").write_bytes(b"")
    teacher.has_room = True
    _, outcome, _ = grow("p", 5, teacher=teacher)
    assert outcome.stopped is Stopped.TARGET
