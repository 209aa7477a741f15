"""The stages of a request: draw and ask, judge, develop, commit.

Random numbers come from ``(seed, request number)``, so none is saved and none depends on timing.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from selfinstruct.bootstrap.asking import Asker
from selfinstruct.bootstrap.recipe import Developed, Draft, Recipe, View
from selfinstruct.bootstrap.tally import Tally
from selfinstruct.bootstrap.yields import Yields
from selfinstruct.errors import RequestError
from selfinstruct.filters import NoveltyRule
from selfinstruct.parsing import excerpt
from selfinstruct.pool import Accepted, After, Pool
from selfinstruct.tasks import Candidate, Provenance, Reason, Reject, Task, task_id
from selfinstruct.teachers import Reply, Teacher


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


class Stages:
    """What :class:`selfinstruct.window.Window` drives, for one pool and one recipe.

    Args:
        pool: The open pool.
        seeds: Its seed tasks.
        recipe: How to make prompts and read replies.
        teacher: Who answers, for provenance.
        asker: What asks the store and the teacher.
        novelty: The novelty rule, with nothing kept yet; it is filled from seeds and pool.
        tally: Where the run is counted.
        yields: Where the yield of requests is remembered.
    """

    def __init__(
        self,
        pool: Pool,
        seeds: Sequence[Task],
        recipe: Recipe,
        teacher: Teacher,
        asker: Asker,
        novelty: NoveltyRule,
        tally: Tally,
        yields: Yields,
    ) -> None:
        self._pool = pool
        self._seeds = seeds
        self._recipe = recipe
        self._teacher = teacher
        self._asker = asker
        self._novelty = novelty
        self._tally = tally
        self._yields = yields
        self._machine: list[Accepted] = []
        self._machine_requests = array("Q")
        self._similar: dict[str, dict[str, Any]] = {}  # of accepted candidates, by instruction
        self._pending = 0  # accepted candidates on their way to becoming tasks
        self._asking = 0  # requests whose reply has not been judged
        self._fill()

    def visible(self, number: int) -> int:
        """See :class:`selfinstruct.window.Stages`."""
        return self._recipe.visible(number)

    def may_start(self, number: int, running: int) -> bool:
        """Whether the requests under way will not suffice: nothing is bought for naught."""
        del number
        if not running:
            return True
        expected = self._pending + self._asking * self._yields.tasks_a_request
        return self._tally.tasks + expected < self._tally.target

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
            if self._tally.tasks + len(tasks) == self._tally.target:
                after = After(number, place, finished.key, finished.base)
                break
            rejects += [(number, place, reject) for reject in refused]
            if task is not None:
                tasks.append(task)
                self._machine.append(Accepted(number, place, task.instruction, task.id))
                self._machine_requests.append(number)
        self._pending -= sum(_counted(row) for row in finished.rows)
        teacher = self._teacher
        self._pool.commit(tasks, rejects, after, teacher=teacher.name, model=teacher.model)
        self._count(number, tasks, rejects)
        reached = self._tally.tasks >= self._tally.target
        return not reached and not self._yields.saturated

    # The parts of the stages.

    def _fill(self) -> None:
        accepted = self._pool.accepted()
        self._novelty.keep_many([seed.instruction for seed in self._seeds])
        self._novelty.keep_many([item.instruction for item in accepted])
        for item in accepted:
            if item.task_id is not None:
                self._machine.append(item)
                self._machine_requests.append(item.request)

    def _random(self, number: int) -> random.Random:
        text = f"{self._pool.manifest.seed}:{number}"
        return random.Random(hashlib.sha256(text.encode()).digest())

    def _verdict(self, candidate: Candidate) -> Candidate | Reject:
        if refusal := self._recipe.refuse(candidate):
            return Reject(excerpt(candidate.instruction), *refusal)
        similar = self._novelty.similar(candidate.instruction)
        if refusal := self._novelty.refuse(candidate.instruction):
            return Reject(candidate.instruction, *refusal)
        if similar:
            self._similar[candidate.instruction] = similar
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
            **self._similar.pop(item.instruction, {}),
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

    def _count(
        self, number: int, tasks: list[Task], rejects: list[tuple[int, int, Reject]]
    ) -> None:
        self._tally.tasks += len(tasks)
        self._tally.accepted += len(tasks)
        self._tally.instances += sum(len(task.instances) for task in tasks)
        self._tally.rejected.update(reject.reason.value for _, _, reject in rejects)
        self._tally.requests += 1
        self._yields.add(number, len(tasks), len(tasks) + len(rejects))


def _counted(row: tuple[int, Task | None, tuple[Reject, ...]]) -> bool:
    """Whether this candidate had been accepted, and so counted as pending."""
    _, task, rejects = row
    return task is not None or any(reject.instruction_accepted for reject in rejects)
