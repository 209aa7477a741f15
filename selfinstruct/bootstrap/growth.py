"""Growing a pool to a target.

The stages of :class:`selfinstruct.window.Window`: a request draws and asks concurrently, is
judged in order, has its accepted candidates developed concurrently, and is committed in order.
Random numbers come from ``(seed, request number)``, so none is saved and none depends on timing.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from array import array
from bisect import bisect_left
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from selfinstruct.bootstrap.asking import Asker
from selfinstruct.bootstrap.recipe import Developed, Draft, Recipe, View
from selfinstruct.bootstrap.tally import Tally
from selfinstruct.errors import RequestError, SelfInstructError, TeacherError
from selfinstruct.novelty import NoveltyIndex
from selfinstruct.parsing import excerpt
from selfinstruct.pool import Accepted, After, Pool
from selfinstruct.tasks import Candidate, Provenance, Reason, Reject, Task, task_id
from selfinstruct.teachers import Reply, Teacher
from selfinstruct.teachers.budget import BudgetEndedError, Price
from selfinstruct.window import Window

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
        drain: Seconds to wait, when a run ends, for calls in flight: they are paid for.
        drain_interrupted: The same after an interruption.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    concurrency: int = Field(default=16, ge=1)
    min_yield: float = Field(default=0.01, ge=0, le=1)
    yield_requests: int = Field(default=40, ge=1)
    drain: float = Field(default=20.0, ge=0)
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


@dataclass(frozen=True, slots=True)
class _Asked:
    draft: Draft
    key: str
    reply: Reply | None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class _Judged:
    draft: Draft
    key: str
    base: int
    items: list[tuple[int, Candidate | Reject]]


@dataclass(frozen=True, slots=True)
class _Finished:
    key: str
    base: int
    rows: list[tuple[int, Task | None, tuple[Reject, ...]]]


class Growth:
    """One run over one pool.

    Args:
        pool: The open pool.
        seeds: Its seed tasks.
        recipe: How to make prompts and read replies.
        teacher: Who answers; retries and budget are wrapped around it already.
        index: An empty novelty index; it is filled from seeds and pool.
        limits: How the run goes.
        price: What tokens cost, if that is known.
    """

    def __init__(
        self,
        pool: Pool,
        seeds: Sequence[Task],
        recipe: Recipe,
        teacher: Teacher,
        index: NoveltyIndex,
        limits: Limits,
        price: Price | None = None,
    ) -> None:
        self.tally = Tally(tasks=pool.position.tasks, instances=pool.position.instances)
        self._pool = pool
        self._seeds = seeds
        self._recipe = recipe
        self._teacher = teacher
        self._limits = limits
        self._index = index
        self._texts: list[str] = []  # by row of the index
        self._machine: list[Accepted] = []
        self._machine_requests = array("Q")
        self._yields: deque[tuple[int, int, int]] = deque(maxlen=limits.yield_requests)
        for number, counts in sorted(pool.recent().items()):
            self._yields.append((number, *counts))
        self._target = 0
        self._pending = 0  # accepted candidates on their way to becoming tasks
        self._asking = 0  # requests whose reply has not been judged
        self._interrupted = False
        self._saturated = False
        self._fill()
        self._window = Window(self, limits.concurrency, pool.position.request)
        self._asker = Asker(teacher, pool.replies, self._window.slots, self.tally, price)

    def interrupt(self) -> None:
        """End the run soon, keeping everything; safe to call from a signal handler of the loop."""
        self._interrupted = True
        self._window.stop()

    async def run(self, target: int) -> Outcome:
        """Grow the pool until it holds ``target`` finished tasks, or cannot go on.

        Raises:
            DiskError: A file of the pool cannot be written.
            PromptError: A template fails.
        """
        self.tally.target = self._target = target
        if self.tally.tasks >= target:
            return Outcome(Stopped.TARGET)
        syncing = asyncio.get_running_loop().create_task(self._sync())
        try:
            return await self._run()
        finally:
            syncing.cancel()
            await asyncio.gather(syncing, return_exceptions=True)
            self._close()

    async def _run(self) -> Outcome:
        try:
            await self._window.run(self._grace)
        except BudgetEndedError as error:
            return Outcome(Stopped.BUDGET, error)
        except TeacherError as error:
            return Outcome(Stopped.TEACHER, error)
        if self.tally.tasks >= self._target:
            return Outcome(Stopped.TARGET)
        if self._interrupted:
            return Outcome(Stopped.INTERRUPTED)
        return Outcome(Stopped.SATURATED)

    def _grace(self) -> float:
        return self._limits.drain_interrupted if self._interrupted else self._limits.drain

    def _close(self) -> None:
        if self._pool.broken:
            return
        # Calls that ended after the last commit belong to the ledger too.
        at = self._pool.position
        after = After(at.request, at.candidate, at.reply, at.reply_base)
        self._commit_lines([], [], after, event="run")
        self._pool.sync()

    async def _sync(self) -> None:
        while True:
            await asyncio.sleep(_SYNC_EVERY)
            try:
                await asyncio.to_thread(self._pool.sync)
            except SelfInstructError as error:
                self._window.fail(error)
                return

    # The stages of the window.

    def visible(self, number: int) -> int:
        """See :class:`selfinstruct.window.Stages`."""
        return self._recipe.visible(number)

    def may_start(self, number: int, running: int) -> bool:
        """Whether the requests under way will not suffice: nothing is bought for naught."""
        del number
        if not running:
            return True
        expected = self._pending + self._asking * self._tasks_a_request()
        return self.tally.tasks + expected < self._target

    async def ask(self, number: int) -> _Asked:
        """See :class:`selfinstruct.window.Stages`."""
        self._asking += 1
        committed = bisect_left(self._machine_requests, self._recipe.visible(number))
        view = View(self._seeds, self._machine, committed)
        draft = self._recipe.draft(number, self._random(number), view)
        key = self._asker.key(draft.prompt)
        try:
            return _Asked(draft, key, await self._asker.ask(draft.prompt))
        except RequestError as error:
            return _Asked(draft, key, None, str(error))

    def judge(self, number: int, asked: _Asked) -> _Judged:
        """See :class:`selfinstruct.window.Stages`."""
        self._asking -= 1
        if asked.reply is None:
            detail = {"step": asked.draft.prompt.step, "error": asked.failure}
            items: list[Candidate | Reject] = [Reject("", Reason.REQUEST_FAILED, detail)]
        else:
            items = self._recipe.read(asked.reply, asked.draft)
        base, done = self._committed_part(number, asked.key)
        judged: list[tuple[int, Candidate | Reject]] = []
        for place, item in enumerate(items, base):
            if place < done:
                continue  # committed by an earlier run that reached its target here
            verdict = item if isinstance(item, Reject) else self._verdict(item)
            self._pending += isinstance(verdict, Candidate)
            judged.append((place, verdict))
        return _Judged(asked.draft, asked.key, base, judged)

    async def finish(self, number: int, judged: _Judged) -> _Finished:
        """See :class:`selfinstruct.window.Stages`."""
        work = [self._finished(number, place, item, judged.draft) for place, item in judged.items]
        results = await asyncio.gather(*work, return_exceptions=True)
        whole: list[tuple[int, Task | None, tuple[Reject, ...]]] = []
        for (place, _), result in zip(judged.items, results, strict=True):
            if isinstance(result, BaseException):
                raise result
            whole.append((place, *result))
        return _Finished(judged.key, judged.base, whole)

    def commit(self, number: int, finished: _Finished) -> bool:
        """See :class:`selfinstruct.window.Stages`."""
        tasks: list[Task] = []
        rejects: list[tuple[int, int, Reject]] = []
        after = After(number + 1)
        for place, task, refused in finished.rows:
            if self.tally.tasks + len(tasks) == self._target:
                after = After(number, place, finished.key, finished.base)
                break
            rejects += [(number, place, reject) for reject in refused]
            if task is not None:
                tasks.append(task)
                self._machine.append(Accepted(number, place, task.instruction, task.id))
                self._machine_requests.append(number)
        self._pending -= sum(_counted(row) for row in finished.rows)
        self._commit_lines(tasks, rejects, after)
        self._count(number, tasks, rejects)
        reached = self.tally.tasks >= self._target
        return not reached and not self._saturated

    # The parts of the stages.

    def _fill(self) -> None:
        for seed in self._seeds:
            self._index.add(seed.instruction)
            self._texts.append(seed.instruction)
        for item in self._pool.accepted():
            self._index.add(item.instruction)
            self._texts.append(item.instruction)
            if item.task_id is not None:
                self._machine.append(item)
                self._machine_requests.append(item.request)

    def _random(self, number: int) -> random.Random:
        text = f"{self._pool.manifest.seed}:{number}"
        return random.Random(hashlib.sha256(text.encode()).digest())

    def _verdict(self, candidate: Candidate) -> Candidate | Reject:
        if refusal := self._recipe.refuse(candidate):
            return Reject(excerpt(candidate.instruction), *refusal)
        if match := self._index.admit(candidate.instruction):
            detail = {"nearest": self._texts[match.row], "score": match.score}
            return Reject(candidate.instruction, Reason.TOO_SIMILAR, detail)
        self._texts.append(candidate.instruction)
        return candidate

    async def _finished(
        self, number: int, place: int, item: Candidate | Reject, draft: Draft
    ) -> tuple[Task | None, tuple[Reject, ...]]:
        if isinstance(item, Reject):
            return None, (item,)
        try:
            developed = await self._recipe.develop(item, number, self._asker.ask)
        except RequestError as error:
            detail = {"instruction_accepted": True, "error": str(error)}
            return None, (Reject(item.instruction, Reason.REQUEST_FAILED, detail),)
        if not developed.instances:
            return None, developed.rejects
        return self._task(number, place, item, draft, developed), developed.rejects

    def _task(
        self, number: int, place: int, item: Candidate, draft: Draft, developed: Developed
    ) -> Task:
        identity = task_id(
            item.instruction, developed.instances, is_classification=developed.is_classification
        )
        provenance = Provenance(
            recipe=self._recipe.name,
            teacher=self._teacher.name,
            model=self._teacher.model,
            request=number,
            demonstrations=draft.demonstrations,
            candidate=place,
        )
        return Task(
            id=identity,
            instruction=item.instruction,
            is_classification=developed.is_classification,
            instances=developed.instances,
            provenance=provenance,
            **developed.extra,
        )

    def _committed_part(self, number: int, key: str) -> tuple[int, int]:
        """The number of the reply's first candidate, and of the first that is not committed.

        A request that reached a target half-way goes on in the same reply. Where another reply
        has come in its place (another model, other decoding), all of that one is new.
        """
        at = self._pool.position
        if number != at.request:
            return 0, 0
        return (at.reply_base if key == at.reply else at.candidate), at.candidate

    def _commit_lines(
        self,
        tasks: list[Task],
        rejects: list[tuple[int, int, Reject]],
        after: After,
        event: str = "commit",
    ) -> None:
        self._pool.commit(
            tasks,
            rejects,
            after,
            teacher=self._teacher.name,
            model=self._teacher.model,
            event=event,
        )

    def _count(
        self, number: int, tasks: list[Task], rejects: list[tuple[int, int, Reject]]
    ) -> None:
        self.tally.tasks += len(tasks)
        self.tally.accepted += len(tasks)
        self.tally.instances += sum(len(task.instances) for task in tasks)
        self.tally.rejected.update(reject.reason.value for _, _, reject in rejects)
        self.tally.requests += 1
        accepted, candidates = len(tasks), len(tasks) + len(rejects)
        if self._yields and self._yields[-1][0] == number:
            _, before, judged = self._yields.pop()  # the first half of a request cut by a target
            accepted, candidates = accepted + before, candidates + judged
        self._yields.append((number, accepted, candidates))
        if len(self._yields) == self._limits.yield_requests:
            _, accepted, candidates = (sum(column) for column in zip(*self._yields, strict=True))
            self._saturated = accepted < self._limits.min_yield * max(1, candidates)

    def _tasks_a_request(self) -> float:
        # Half a task at least: a guess too low only means a few more requests at the end.
        if not self._yields:
            return 4.0
        return max(0.5, sum(accepted for _, accepted, _ in self._yields) / len(self._yields))


def _counted(row: tuple[int, Task | None, tuple[Reject, ...]]) -> bool:
    """Whether this candidate had been accepted, and so counted as pending."""
    _, task, rejects = row
    return task is not None or any(reject.instruction_accepted for reject in rejects)
