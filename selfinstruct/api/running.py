"""Growing a pool: opened, run, and told as a result; within a loop or around one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from selfinstruct.api.buying import open_batches, outstanding
from selfinstruct.api.clock import now
from selfinstruct.api.limits import Limits
from selfinstruct.api.observer import Observer
from selfinstruct.api.plan import Plan
from selfinstruct.api.results import RunResult, Usage
from selfinstruct.api.stop import Stop
from selfinstruct.api.teachers import Asked, Made, price_of, timeout_of
from selfinstruct.batching.waves import Batches
from selfinstruct.bootstrap import Growth, Outcome, Stopped, Tally
from selfinstruct.figures import yield_curve
from selfinstruct.pool import Pool, look
from selfinstruct.seeds import file_text
from selfinstruct.teachers.pacing import Pace

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is ready to start.

    Attributes:
        folder: The pool.
        target: How many tasks it shall hold.
        plan: What it is made of.
        asked: Who was chosen.
        made: Who answers, with everything around it.
        pace: How the teacher is paced.
        limits: How the run goes.
        observer: Who hears of it.
        stop: What ends it from outside.
        unbounded: Whether it goes on to the recipe's end, which is the target then.
        began: When it was called for, by the clock that only goes forward.
    """

    folder: Path
    target: int
    plan: Plan
    asked: Asked
    made: Made
    pace: Pace
    limits: Limits
    observer: Observer
    stop: Stop
    unbounded: bool = False
    began: float = field(default_factory=time.monotonic)

    def go(self) -> RunResult:
        """Run it in a loop of its own.

        Raises:
            SelfInstructError: The pool cannot be opened, or the disk failed.
        """
        with self._opened() as (growth, waves):
            outcome = blocking(lambda: self._grown(growth, waves), self.stop.set)
        return self._told(growth.tally, outcome)

    async def go_async(self) -> RunResult:
        """Run it in the loop that goes.

        Raises:
            SelfInstructError: The pool cannot be opened, or the disk failed.
        """
        with self._opened() as (growth, waves):
            outcome = await self._grown(growth, waves)
        return self._told(growth.tally, outcome)

    @contextmanager
    def _opened(self) -> Iterator[tuple[Growth, Batches | None]]:
        plan, teacher = self.plan, self.made.teacher
        with Pool(
            self.folder, plan.manifest, plan.existing, file_text(plan.seeds), now, plan.files
        ) as pool:
            for note in pool.notes:
                self.observer.warned(note)
            self.pace.known = pool.replies.answered(teacher.name, teacher.model)
            store = pool.replies
            waves = open_batches(
                self.folder, store, self.made, self.asked, self.limits, self.observer
            )
            growth = Growth(
                pool,
                plan.seeds,
                plan.recipe,
                teacher,
                plan.novelty,
                self.limits.of_run(timeout_of(self.asked)),
                price_of(self.asked),
                self.pace,
                waves,
            )
            try:
                yield growth, waves
            finally:
                if waves is not None:
                    waves.close()

    async def _grown(self, growth: Growth, waves: Batches | None) -> Outcome:
        with self.stop.ending(growth.interrupt):
            try:
                growth.tally.target = self.target
                if waves is not None:
                    waves.heard_by(growth.tally)
                    await waves.collect()
                async with self.observer.watching(growth.tally, self.pace):
                    return await growth.run(self.target, unbounded=self.unbounded)
            finally:
                await self.made.teacher.close()

    def _told(self, tally: Tally, outcome: Outcome) -> RunResult:
        if outcome.stopped is Stopped.TARGET and (said := outstanding(self.folder)):
            self.observer.warned(said)
        return told(self.folder, tally, outcome, time.monotonic() - self.began)


def told(
    folder: Path, tally: Tally, outcome: Outcome, seconds: float, *, began: bool = True
) -> RunResult:
    """What a run came to."""
    saturated = outcome.stopped is Stopped.SATURATED
    return RunResult(
        pool=folder,
        target=tally.target,
        tasks=tally.tasks,
        instances=tally.instances,
        accepted=tally.accepted,
        rejected=dict(tally.rejected.most_common()),
        usage=Usage.of(tally.total),
        priced=tally.priced,
        last_failure=tally.last_failure or None,
        seconds=round(seconds, 3),
        stopped=outcome.stopped,
        error=outcome.error,
        began=began,
        curve=yield_curve(look(folder).yields) if saturated else (),
    )


def reached(folder: Path, target: int, tasks: int, instances: int) -> RunResult:
    """That there was nothing to do."""
    tally = Tally(target=target, tasks=tasks, instances=instances)
    return told(folder, tally, Outcome(Stopped.TARGET), 0.0, began=False)


def blocking(made: Callable[[], Coroutine[Any, Any, Value]], end: Callable[[], None]) -> Value:
    """What the coroutine returns, also where a loop goes in this thread, as in a notebook.

    Args:
        made: Makes the coroutine.
        end: Ends it in order, where an interruption reaches this thread and not the loop.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(made())
    with ThreadPoolExecutor(1, "selfinstruct") as executor:
        running = executor.submit(lambda: asyncio.run(made()))
        while True:
            try:
                return running.result()
            except KeyboardInterrupt:
                if running.done():  # it was raised in there
                    raise
                end()
