"""One run of a job in its window: the end, its grace, the syncs meanwhile, and how it went."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic

from pydantic import BaseModel, ConfigDict, Field

from selfinstruct.batching.desk import Waves
from selfinstruct.errors import SelfInstructError, TeacherError
from selfinstruct.requests.window import AskedT, FinishedT, JudgedT, Stages, Window
from selfinstruct.teachers.budget import BudgetEndedError
from selfinstruct.teachers.pacing import Pace
from selfinstruct.teachers.shutdown import Shutdown
from selfinstruct.teachers.slots import Slots

_NEARLY_ALL = 0.95  # of the calls; the slowest say nothing of the others
_SYNC_EVERY = 1.0  # seconds between two syncs: what a power cut may lose


class Stopped(StrEnum):
    """Why a run ended, as ``--json`` says it."""

    TARGET = "target"
    BUDGET = "budget"
    SATURATED = "saturated"
    TEACHER = "teacher"
    INTERRUPTED = "interrupted"
    WAITING = "waiting"


class Traffic(BaseModel):
    """How a run goes; nothing here changes the data.

    Attributes:
        concurrency: The most calls in flight.
        drain: Seconds to wait, when a run ends, for calls in flight: they are paid for. Slow
            teachers are given more: twice the time that nearly all of their calls took.
        drain_most: The most that those are given.
        drain_interrupted: The same after an interruption.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    concurrency: int = Field(default=16, ge=1)
    drain: float = Field(default=20.0, ge=0)
    drain_most: float = Field(default=600.0, ge=0)
    drain_interrupted: float = Field(default=1.0, ge=0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended.

    Attributes:
        stopped: Why.
        error: What made it stop early, for its message; None at the target.
    """

    stopped: Stopped
    error: SelfInstructError | None = None


class Run(Generic[AskedT, JudgedT, FinishedT]):
    """Drives the stages of a job to an end.

    Args:
        stages: What happens to a request.
        first: The number of the first request.
        slots: Where calls wait for room.
        shutdown: The end of the run.
        traffic: How it goes.
        pace: What tells how long the teacher's calls take. It may be shared with other runs,
            before, after and beside this one.
        waves: What brings replies by batches, if that is how they come.

    Attributes:
        window: What drives them.
    """

    def __init__(
        self,
        stages: Stages[AskedT, JudgedT, FinishedT],
        first: int,
        slots: Slots,
        shutdown: Shutdown,
        traffic: Traffic,
        pace: Pace | None,
        waves: Waves | None = None,
    ) -> None:
        self.window = Window(stages, slots, first, shutdown, waves)
        self._waves = waves
        self._shutdown = shutdown
        self._traffic = traffic
        self._pace = pace
        self._interrupted = False

    def interrupt(self) -> None:
        """End the run soon, keeping everything; safe to call from a signal handler of the loop."""
        self._interrupted = True
        self.window.stop()

    async def to_the_end(self, reached: Callable[[], bool], sync: Callable[[], None]) -> Outcome:
        """Run until a commit says that it is enough, or the run cannot go on.

        Args:
            reached: Whether what is committed is all that was wanted.
            sync: Makes everything durable; it is called in another thread.

        Raises:
            SelfInstructError: What neither budget nor teacher is to blame for: see the stages.
        """
        syncing = asyncio.get_running_loop().create_task(self._sync(sync))
        try:
            with self._shutdown:
                ended = await self._ended()
        finally:
            syncing.cancel()
            await asyncio.gather(syncing, return_exceptions=True)
        # What was bought already may have been enough.
        return Outcome(Stopped.TARGET) if reached() else ended

    async def _ended(self) -> Outcome:
        try:
            await self.window.run(self._grace)
        except BudgetEndedError as error:
            return Outcome(Stopped.BUDGET, error)
        except TeacherError as error:
            return Outcome(Stopped.TEACHER, error)
        if self._interrupted:
            return Outcome(Stopped.INTERRUPTED)
        if self._waves is not None and self.window.stuck:
            return Outcome(Stopped.WAITING, self._waves.waiting())
        return Outcome(Stopped.SATURATED)

    def _grace(self) -> float:
        traffic = self._traffic
        if self._interrupted:
            return traffic.drain_interrupted
        usual = self._pace.pulse.latency(_NEARLY_ALL) if self._pace else None
        return max(traffic.drain, min(traffic.drain_most, 2 * (usual or 0.0)))

    async def _sync(self, sync: Callable[[], None]) -> None:
        while True:
            await asyncio.sleep(_SYNC_EVERY)
            try:
                await asyncio.to_thread(sync)
            except SelfInstructError as error:
                self.window.fail(error)
                return
