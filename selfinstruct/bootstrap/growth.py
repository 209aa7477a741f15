"""Growing a pool to a target: one run, from opening to its last line in the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from selfinstruct.bootstrap.asking import Asker
from selfinstruct.bootstrap.health import Health
from selfinstruct.bootstrap.recipe import Recipe
from selfinstruct.bootstrap.stages import Stages
from selfinstruct.bootstrap.tally import Tally
from selfinstruct.bootstrap.yields import Yields
from selfinstruct.errors import SelfInstructError, TeacherError
from selfinstruct.filters import NoveltyRule
from selfinstruct.pool import Pool
from selfinstruct.tasks import Task
from selfinstruct.teachers import Teacher
from selfinstruct.teachers.budget import BudgetEndedError, Price
from selfinstruct.teachers.pacing import Pace
from selfinstruct.teachers.shutdown import Shutdown
from selfinstruct.teachers.slots import Slots
from selfinstruct.teachers.thinking import Thinking
from selfinstruct.window import Window

_NEARLY_ALL = 0.95  # of the calls; the slowest say nothing of the others
_SYNC_EVERY = 1.0  # seconds between two syncs: what a power cut may lose


class Stopped(StrEnum):
    """Why a run ended, as ``--json`` says it."""

    TARGET = "target"
    BUDGET = "budget"
    SATURATED = "saturated"
    TEACHER = "teacher"
    INTERRUPTED = "interrupted"


class Limits(BaseModel):
    """How a run goes; nothing here changes the data.

    Attributes:
        concurrency: The most calls in flight.
        min_yield: Share of accepted candidates, in [0, 1], under which the run is saturated.
        yield_requests: Over how many of the last requests that share is taken.
        drain: Seconds to wait, when a run ends, for calls in flight: they are paid for. Slow
            teachers are given more: twice the time that nearly all of their calls took.
        drain_most: The most that those are given.
        drain_interrupted: The same after an interruption.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    concurrency: int = Field(default=16, ge=1)
    min_yield: float = Field(default=0.01, ge=0, le=1)
    yield_requests: int = Field(default=40, ge=1)
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


class Growth:
    """One run over one pool.

    Args:
        pool: The open pool.
        seeds: Its seed tasks.
        recipe: How to make prompts and read replies.
        teacher: Who answers; retries and budget are wrapped around it already.
        novelty: The novelty rule, with nothing kept yet; it is filled from seeds and pool.
        limits: How the run goes.
        price: What tokens cost, if that is known.
        pace: How the teacher is paced, which tells how long its calls take. It may be shared with
            other runs, before, after and beside this one.
    """

    def __init__(
        self,
        pool: Pool,
        seeds: Sequence[Task],
        recipe: Recipe,
        teacher: Teacher,
        novelty: NoveltyRule,
        limits: Limits,
        price: Price | None = None,
        pace: Pace | None = None,
    ) -> None:
        at = pool.position
        self._shutdown = Shutdown()
        self.tally = Tally(
            tasks=at.tasks,
            instances=at.instances,
            priced=price is not None,
            shutdown=self._shutdown,
        )
        self._pool = pool
        self._recipe = recipe
        self._teacher = teacher
        self._limits = limits
        self._interrupted = False
        self._pace = pace
        slots = Slots(limits.concurrency)
        asker = Asker(teacher, pool.replies, slots, self.tally, price)
        yields = Yields(limits.yield_requests, limits.min_yield, pool.recent())
        health = Health(self._shutdown)
        parts = (pool, seeds, recipe, teacher, asker, novelty, self.tally, yields, health)
        self._stages = Stages(*parts)
        self._window = Window(self._stages, slots, pool.position.request, self._shutdown)

    def interrupt(self) -> None:
        """End the run soon, keeping everything; safe to call from a signal handler of the loop."""
        self._interrupted = True
        self._window.stop()

    async def run(self, target: int, *, unbounded: bool = False) -> Outcome:
        """Grow the pool until it holds ``target`` finished tasks, or cannot go on.

        Args:
            target: That number.
            unbounded: Go on behind it, to the recipe's end, which then is the target.

        Raises:
            DiskError: A file of the pool cannot be written.
            PromptError: A template fails.
        """
        self.tally.target, self.tally.unbounded = target, unbounded
        asks_again = self._recipe.retries_from is not None
        if self._reached() and not (unbounded and asks_again and self._pool.has_failures):
            return Outcome(Stopped.TARGET)
        if self._recipe.retries_from is not None:
            self._pool.ask_failures_again(self._recipe.retries_from)
        syncing = asyncio.get_running_loop().create_task(self._sync())
        try:
            with self._shutdown:
                return await self._run()
        finally:
            syncing.cancel()
            await asyncio.gather(syncing, return_exceptions=True)
            self._close()

    async def _run(self) -> Outcome:
        try:
            await self._window.run(self._grace)
        except BudgetEndedError as error:
            ended = Outcome(Stopped.BUDGET, error)
        except TeacherError as error:
            ended = Outcome(Stopped.TEACHER, error)
        else:
            ended = Outcome(Stopped.INTERRUPTED if self._interrupted else Stopped.SATURATED)
        # What was bought already may have been enough.
        return Outcome(Stopped.TARGET) if self._reached() else ended

    def _reached(self) -> bool:
        ended = self.tally.unbounded and self._window.committed >= self._stages.end
        return ended or self.tally.tasks >= self.tally.goal

    def _grace(self) -> float:
        limits = self._limits
        if self._interrupted:
            return limits.drain_interrupted
        usual = self._pace.pulse.latency(_NEARLY_ALL) if self._pace else None
        return max(limits.drain, min(limits.drain_most, 2 * (usual or 0.0)))

    def _close(self) -> None:
        if self._pool.broken:
            return
        # Calls that ended after the last commit belong to the ledger too.
        teacher = self._teacher
        self._pool.commit(
            [],
            [],
            self._pool.position.after,
            teacher=teacher.name,
            model=teacher.model,
            event="run",
            unapplied=teacher.unapplied if isinstance(teacher, Thinking) else (),
        )
        self._pool.sync()

    async def _sync(self) -> None:
        while True:
            await asyncio.sleep(_SYNC_EVERY)
            try:
                await asyncio.to_thread(self._pool.sync)
            except SelfInstructError as error:
                self._window.fail(error)
                return
