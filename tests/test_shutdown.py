"""A run that ends sends home only those who wait for its sake: pace and budget outlive it."""

from __future__ import annotations

import asyncio

import pytest
from conftest import TIME, JitteryMock, made_with

from selfinstruct.api.plan import plan as make_plan
from selfinstruct.bootstrap import Growth, Limits, Stopped
from selfinstruct.errors import TransientError
from selfinstruct.pool import Pool
from selfinstruct.seeds import file_text
from selfinstruct.teachers import Api, Decoding, Prompt, Reply, Usage
from selfinstruct.teachers.budget import Budgeted, Caps
from selfinstruct.teachers.pacing import Pace, Paced, Rates
from selfinstruct.teachers.shutdown import ClosedError, Shutdown
from selfinstruct.teachers.slots import Slots

PROMPT = Prompt("x" * 100, Decoding(temperature=0, top_p=0, max_tokens=50), "classify", 0)


def job(folder, teacher, pace, target):
    """A growth of a pool, and what runs it."""
    plan = make_plan(folder, made_with(seed=1))

    async def run():
        seeds = file_text(plan.seeds)
        with Pool(folder, plan.manifest, plan.existing, seeds, lambda: TIME, plan.files) as pool:
            limits = Limits(concurrency=4)
            parts = (plan.seeds, plan.recipe, teacher, plan.novelty, limits)
            return await Growth(pool, *parts, pace=pace).run(target)

    return run()


def test_two_runs_one_after_the_other_share_a_pace_and_a_budget(tmp_path):
    inner = JitteryMock()
    pace = Pace(4, Rates())
    teacher = Paced(Budgeted(inner, Caps(calls=60), None), pace)
    first = asyncio.run(job(tmp_path / "a", teacher, pace, 10))
    bought = len(inner.calls)
    second = asyncio.run(job(tmp_path / "b", teacher, pace, 400))
    assert (first.stopped, second.stopped) == (Stopped.TARGET, Stopped.BUDGET)
    assert 0 < bought < 60 == len(inner.calls)


def test_a_run_that_ends_leaves_the_other_alone_that_shares_its_pace(tmp_path):
    async def both():
        pace = Pace(4, Rates())
        teacher = Paced(JitteryMock(), pace)
        runs = (
            job(tmp_path / name, teacher, pace, target) for name, target in (("a", 3), ("b", 60))
        )
        return await asyncio.gather(*runs)

    assert [one.stopped for one in asyncio.run(both())] == [Stopped.TARGET] * 2


def test_only_those_who_wait_for_the_run_are_sent_home_and_their_room_is_not_lost():
    async def body():
        slots, ending, lasting = Slots(1), Shutdown(), Shutdown()
        await slots.acquire(0)
        with ending:
            gone = [asyncio.create_task(slots.acquire(n)) for n in (1, 2)]
        with lasting:
            kept = asyncio.create_task(slots.acquire(3))
        await asyncio.sleep(0)
        ending.request()
        ends = await asyncio.gather(*gone, return_exceptions=True)
        assert all(isinstance(end, ClosedError) for end in ends)
        assert not kept.done()
        slots.release()
        await kept
        assert (slots.in_use, slots.free) == (1, 0)
        slots.release()
        assert (slots.in_use, slots.free) == (0, 1)
        with ending, pytest.raises(ClosedError):
            await slots.acquire(4)

    asyncio.run(asyncio.wait_for(body(), 5))


def test_room_that_is_given_in_the_moment_of_a_cancellation_is_given_back():
    async def body():
        slots = Slots(1)
        await slots.acquire(0)
        waiting = asyncio.create_task(slots.acquire(1))
        await asyncio.sleep(0)
        slots.release()  # it is given to the one who waits …
        waiting.cancel()  # … who is gone before it can take it
        await asyncio.gather(waiting, return_exceptions=True)
        assert (slots.in_use, slots.free) == (0, 1)

    asyncio.run(asyncio.wait_for(body(), 5))


def test_who_waits_for_the_budget_is_sent_home_too_without_a_call():
    class Hanging:
        name, model, api, more = "hanging", "m", Api.CHAT, ""

        async def complete(self, _):
            await asyncio.Event().wait()

    async def body():
        teacher = Budgeted(Hanging(), Caps(calls=1), None)
        with Shutdown() as shutdown:
            calls = [asyncio.create_task(teacher.complete(PROMPT)) for _ in range(3)]
            await asyncio.sleep(0)
            shutdown.request()
            ends = await asyncio.gather(*calls[1:], return_exceptions=True)
        calls[0].cancel()
        return ends

    for end in asyncio.run(asyncio.wait_for(body(), 5)):
        assert isinstance(end, ClosedError)
        assert not end.made


def test_the_next_run_does_not_give_up_for_what_the_last_had_waited_for():
    async def body():
        now = 1000.0
        pace = Pace(1, Rates(give_up_after=60), lambda: now)
        with Shutdown() as first:
            number = await pace.start(PROMPT)
            pace.failed(number, PROMPT, TransientError("500"))
            pace.slots.release()
            first.request()
        now += 3600
        with Shutdown():
            number = await pace.start(PROMPT)
            pace.succeeded(number, PROMPT, Reply("ok", "stop", Usage(1, 1)))

    asyncio.run(body())
