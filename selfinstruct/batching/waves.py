"""Waves: what a run wants when nothing can go on, bought together."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator

from selfinstruct.batching import prompts
from selfinstruct.batching.collecting import collect
from selfinstruct.batching.desk import Desk, Wanted
from selfinstruct.batching.job import Hears, Job
from selfinstruct.batching.journal import Known
from selfinstruct.batching.ordering import Ordering
from selfinstruct.batching.settings import Batch
from selfinstruct.counts import counted
from selfinstruct.errors import WaitingError
from selfinstruct.teachers.shutdown import ClosedError, current

_STUBBORN = 3  # batches that brought nothing of a request; then it is asked directly
_OFTEN, _SELDOM = 60.0, 600.0  # seconds between two looks, at first and after the first hour
_HOUR = 3600.0


class Batches:
    """The batches of one job, as :class:`selfinstruct.batching.desk.Waves` wants them.

    Args:
        job: The batches of the folder.
        settings: How they are bought; None where none is, and what is outstanding is collected.
        ordering: Sends them; None likewise.

    Attributes:
        desk: Where prompts are noted.
    """

    def __init__(self, job: Job, settings: Batch | None, ordering: Ordering | None) -> None:
        self._job = job
        self._settings = settings
        self._ordering = ordering
        self.desk: Desk = job.desk
        self._told_of_small = False
        for batch in job.journal.outstanding:
            job.desk.submit(prompts.requests_in(batch.parcel(job.folder)))

    @property
    def outstanding(self) -> list[Known]:
        """The batches of which something may still come."""
        return self._job.journal.outstanding

    def heard_by(self, hears: Hears) -> None:
        """Have what batches bring counted, also what they have brought before."""
        self._job.heard_by(hears)

    async def collect(self) -> bool:
        """Store what the batches have brought that have ended; whether any has.

        Raises:
            TeacherError: See :func:`selfinstruct.batching.collecting.collect`.
            DiskError: Likewise.
        """
        return await collect(self._job)

    def close(self) -> None:
        """Close the journal."""
        self._job.journal.close()

    async def turn(self) -> bool:
        """See :class:`selfinstruct.batching.desk.Waves`."""
        wave = self.desk.wave()
        settings, ordering = self._settings, self._ordering
        if settings is None or ordering is None:
            return False
        # A wave that is half collected brings others in small pieces: these wait for the rest.
        if wave and (not self.outstanding or len(wave) >= (settings.smallest or math.inf)):
            if len(wave) < settings.smallest:
                self._tell_of(len(wave), settings.smallest)
                self.desk.ask_directly(wave)
                return True
            stubborn = self._stubborn(wave, settings)
            rest = [one for one in wave if one.key not in stubborn]
            self.desk.ask_directly([one for one in wave if one.key in stubborn])
            ordered = await ordering.order(rest) if rest else 0
            if stubborn:
                return True
            budget = self._job.budget
            if not ordered and not self.outstanding and budget is not None:
                raise budget.ended()
        if not await self._something_came(settings.wait):
            return False
        self.desk.clear()
        return True

    def _tell_of(self, calls: int, least: int) -> None:
        """Say, once, that what is no batch is no cheaper."""
        if self._told_of_small:
            return
        self._told_of_small = True
        self._job.tell(
            f"A wave of {counted(calls, 'call')} is smaller than --batch-min {least}: it is asked "
            "directly, at the full price, and so are others as small."
        )

    def waiting(self) -> WaitingError:
        """See :class:`selfinstruct.batching.desk.Waves`."""
        batches = self.outstanding
        calls = sum(one.planned.lines for one in batches)
        costs = [one.planned.usd for one in batches]
        known = [cost for cost in costs if cost is not None]
        cost = f", at most ${sum(known):,.2f}" if known and len(known) == len(costs) else ""
        how = ", ".join(map(self._told, batches))
        many = counted(len(batches), "batch", "batches")
        said = f"Waiting for {many} ({counted(calls, 'call')}{cost}): {how}."
        if files := [one for one in batches if not one.planned.address]:
            parcel = files[0].parcel(self._job.folder)
            said += (
                f" Have {parcel.requests} answered, put the answers beside it as "
                f"{parcel.output.name}, and run"
            )
        else:
            said += " Run"
        return WaitingError(f"{said} the same command again.")

    def _stubborn(self, wave: list[Wanted], settings: Batch) -> set[str]:
        """What batches never bring, where there is somebody who can be asked directly."""
        if not settings.smallest:
            return set()
        tries = self._job.tries()
        return {one.key for one in wave if tries[one.key] >= _STUBBORN}

    def _told(self, batch: Known) -> str:
        seen = self._job.seen.get(batch.number)
        status = (seen.status if seen else batch.status) or str(batch.step)
        if seen is not None and seen.completed and seen.total:
            return f"{batch.number} {status} {seen.completed:,} of {seen.total:,}"
        return f"{batch.number} {status}"

    async def _something_came(self, minutes: float | None) -> bool:
        """Whether a batch ended within so many minutes; None waits as long as it takes."""
        loop = asyncio.get_running_loop()
        left = math.inf if minutes is None else 60 * minutes
        end = loop.time() + left
        for pause in _pauses():
            now = loop.time()
            if now >= end:
                return False
            try:
                await _sleep(min(pause, end - now))
            except ClosedError:
                return False
            if await self.collect():
                return True
            if not self.outstanding:
                return True
        return False


def _pauses() -> Iterator[float]:
    """Seconds between looks: short at first, for servers that are quick; then seldom."""
    pause, waited = 1.0, 0.0
    while True:
        yield pause
        waited += pause
        pause = _SELDOM if waited > _HOUR else min(_OFTEN, 2 * pause)


async def _sleep(seconds: float) -> None:
    """Wait so long, unless the run ends first.

    Raises:
        ClosedError: It does.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[None] = loop.create_future()

    def over() -> None:
        if not future.done():
            future.set_result(None)

    timer = loop.call_later(seconds, over)
    try:
        await current().wait(future)
    finally:
        timer.cancel()
