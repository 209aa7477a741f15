"""Room for calls: it is never lost, whoever is cancelled."""

from __future__ import annotations

import asyncio

from selfinstruct.teachers.slots import Slots


def test_room_that_was_given_to_a_call_cancelled_in_that_moment_is_given_on():
    async def body():
        slots = Slots(1)
        await slots.acquire(0)
        waiting = [asyncio.ensure_future(slots.acquire(n)) for n in (1, 2)]
        await asyncio.sleep(0)
        slots.release()  # the first of them has its room, and does not know it yet
        waiting[0].cancel()
        await waiting[1]
        assert waiting[0].cancelled()
        slots.release()
        assert slots.in_use == 0

    asyncio.run(asyncio.wait_for(body(), 5))
