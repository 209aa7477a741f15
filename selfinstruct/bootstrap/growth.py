"""Growing a pool to a target: one run, from opening to its last line in the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from selfinstruct import log
from selfinstruct.batching.desk import Waves
from selfinstruct.bootstrap.recipe import Recipe
from selfinstruct.bootstrap.saturation import AcceptanceRate
from selfinstruct.bootstrap.stages import Stages
from selfinstruct.filters import NoveltyRule
from selfinstruct.pool import Pool
from selfinstruct.requests import Asker, Health, Outcome, Run, Stopped, Tally, Traffic
from selfinstruct.tasks import Task
from selfinstruct.teachers import Teacher
from selfinstruct.teachers.budget import Price
from selfinstruct.teachers.pacing import Pace
from selfinstruct.teachers.shutdown import Shutdown
from selfinstruct.teachers.slots import Slots
from selfinstruct.teachers.thinking import Thinking


class Limits(Traffic):
    """How a run goes; nothing here changes the data.

    Attributes:
        min_yield: Share of accepted candidates, in [0, 1], under which the run is saturated.
        yield_requests: Over how many of the last requests that share is taken.
    """

    min_yield: float = Field(default=0.01, ge=0, le=1)
    yield_requests: int = Field(default=40, ge=1)


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
        pace: See :class:`Run`.
        waves: See :class:`Run`.
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
        waves: Waves | None = None,
    ) -> None:
        at = pool.position
        shutdown, slots = Shutdown(), Slots(limits.concurrency)
        priced = price is not None
        self.tally = Tally(tasks=at.tasks, instances=at.instances, priced=priced, shutdown=shutdown)
        self._pool = pool
        self._recipe = recipe
        self._teacher = teacher
        self._waves = waves
        desk = waves.desk if waves else None
        asker = Asker(teacher, pool.replies, slots, self.tally, price, desk)
        rate = AcceptanceRate(limits.yield_requests, limits.min_yield, pool.recent())
        health = Health(shutdown)
        parts = (pool, seeds, recipe, teacher, asker, novelty, self.tally, rate, health)
        self._stages = Stages(*parts)
        self._run = Run(self._stages, at.request, slots, shutdown, limits, pace, waves)

    def interrupt(self) -> None:
        """See :meth:`Run.interrupt`."""
        self._run.interrupt()

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
        for note in self._pool.notes:
            log.LOG.warning("%s", note)
        log.LOG.info("%s: %d tasks, growing to %d", self._pool.folder, self.tally.tasks, target)
        if self._recipe.retries_from is not None:
            behind = self._waves.desk.next_request if self._waves else 0
            self._pool.ask_failures_again(max(self._recipe.retries_from, behind))
        try:
            ended = await self._run.to_the_end(self._reached, self._pool.sync)
            self._log(ended)
            return ended
        finally:
            self._close()

    def _log(self, ended: Outcome) -> None:
        tally = self.tally
        said = f"{self._pool.folder}: stopped: {ended.stopped}; {tally.tasks} tasks, "
        said += f"{tally.accepted} of them new, {tally.total.calls} calls"
        if ended.error is not None:
            log.LOG.warning("%s. %s", said, ended.error)
        else:
            log.LOG.info("%s", said)

    def _reached(self) -> bool:
        ended = self.tally.unbounded and self._run.window.committed >= self._stages.end
        return ended or self.tally.tasks >= self.tally.goal

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
