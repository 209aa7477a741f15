"""The stages of a request: draw and ask, judge, develop, commit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from selfinstruct.bootstrap.drawing import Source
from selfinstruct.bootstrap.passing import Asked, Finished, Judged, Row, counted, task_of
from selfinstruct.bootstrap.recipe import Draft, Outlook, Recipe, foreseen
from selfinstruct.bootstrap.yields import Yields
from selfinstruct.errors import RequestError, StarvedError
from selfinstruct.filters import NoveltyRule
from selfinstruct.parsing import excerpt
from selfinstruct.pool import Accepted, After, Failure, Pool
from selfinstruct.requests import Asker, Forecast, Health, Tally, gather_all
from selfinstruct.tasks import Candidate, Reason, Reject, Task
from selfinstruct.teachers import Prompt, Reply, Teacher

_FORESEEN = 4  # requests that are drafted to see how many calls one takes


class Stages:
    """What :class:`selfinstruct.requests.Window` drives, for one pool and one recipe.

    Args:
        pool: The open pool.
        seeds: Its seed tasks.
        recipe: How to make prompts and read replies.
        teacher: Who answers, for provenance.
        asker: What asks the store and the teacher.
        novelty: The novelty rule, with nothing kept yet; it is filled from seeds and pool.
        tally: Where the run is counted.
        yields: Where the yield of requests is remembered.
        health: Where it is noticed that a step goes wrong alike.
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
        health: Health,
    ) -> None:
        self._pool = pool
        self._seeds = seeds
        self._recipe = recipe
        self._teacher = teacher
        self._asker = asker
        self._novelty = novelty
        self._tally = tally
        self._yields = yields
        self._source = Source(seeds, pool.manifest.seed, pool.task)
        self._similar: dict[str, dict[str, Any]] = {}  # of accepted candidates, by instruction
        self._made: set[str] | None = None  # accepted texts, where failures are asked again
        self._health = health
        self._pending = 0  # accepted candidates on their way to becoming tasks
        self._asking = 0  # requests whose reply has not been judged
        self._fill()
        tally.forecast = Forecast(*foreseen(self._outlooks()))
        tally.requests_left = self._requests_left(pool.position.request)

    @property
    def end(self) -> float:
        """The number behind the last request there is."""
        if self._recipe.end is None:
            return math.inf
        return max([self._recipe.end, *(number + 1 for number in self._pool.retries)])

    def visible(self, number: int) -> int:
        """See :class:`selfinstruct.requests.Stages`."""
        return self._recipe.visible(number)

    def may_start(self, number: int, running: int) -> bool:
        """Whether the requests under way will not suffice: nothing is bought for naught."""
        if number >= self.end:
            return False
        if not running:
            return True
        expected = self._pending + self._asking * self._yields.tasks_a_request
        return self._tally.tasks + expected < self._tally.goal

    async def ask(self, number: int) -> Asked:
        """See :class:`selfinstruct.requests.Stages`."""
        self._asking += 1
        failed = self._pool.retries.get(number)
        candidate = failed.origin[1] if failed else None
        origin = self._pool.drafted_as(number)
        view = self._source.view(self._recipe.visible(origin))
        draft = self._recipe.draft(origin, self._source.random(origin), view)
        prompt = replace(draft.prompt, request=number)
        key = self._asker.key(prompt)
        if failed and candidate is not None:
            return Asked(draft, key, None, again=self._again(draft, key, failed))
        try:
            return Asked(draft, key, await self._ask(prompt))
        except RequestError as error:
            if isinstance(error, StarvedError):
                self._health.unread(prompt.step, None)
            detail = {"step": prompt.step, "error": str(error)} | dict(draft.lineage)
            detail |= self._tried(number)
            return Asked(draft, key, None, Reject("", Reason(error.reason), detail))

    def judge(self, number: int, asked: Asked) -> Judged:
        """See :class:`selfinstruct.requests.Stages`."""
        self._asking -= 1
        if self._made is None and self._pool.retries:
            self._made = {item.instruction for item in self._pool.accepted() if not item.failed}
        if asked.again is not None:
            wanted = self._still_wanted(asked.again, number)
            self._pending += isinstance(wanted, Candidate)
            return Judged(asked.draft, asked.key, 0, [(0, wanted)])
        items: list[Candidate | Reject] = [asked.failure] if asked.failure else []
        unread: tuple[str, ...] = ()
        if asked.reply is not None:
            items = self._recipe.read(asked.reply, asked.draft)
            unread = self._unread(asked.draft.prompt.step, asked.reply, items)
        base, done = self._committed_part(number, asked.key)
        judged: list[tuple[int, Candidate | Reject]] = []
        for place, item in enumerate(items, base):
            if place < done:
                continue  # committed by an earlier run that reached its target here
            verdict = item if isinstance(item, Reject) else self._verdict(item, asked.draft)
            if isinstance(verdict, Candidate) and number in self._pool.retries:
                verdict = self._still_wanted(verdict, number)
            if isinstance(verdict, Candidate):
                self._pending += 1
                if self._made is not None:
                    self._made.add(verdict.text)
            judged.append((place, verdict))
        return Judged(asked.draft, asked.key, base, judged, asked.reply, () if done else unread)

    async def finish(self, number: int, judged: Judged) -> Finished:
        """See :class:`selfinstruct.requests.Stages`."""
        work = [self._finished(number, place, item, judged) for place, item in judged.items]
        return Finished(judged.key, judged.base, await gather_all(work), judged.unread)

    def commit(self, number: int, finished: Finished) -> bool:
        """See :class:`selfinstruct.requests.Stages`."""
        tasks: list[Task] = []
        rejects: list[tuple[int, int, Reject]] = []
        after = After(number + 1)
        unread = list(finished.unread)
        for row in finished.rows:
            place, task = row.place, row.task
            if self._tally.tasks + len(tasks) == self._tally.goal:
                after = After(number, place, finished.key, finished.base)
                break
            rejects += [(number, place, reject) for reject in row.rejects]
            unread += row.unread
            if task is not None:
                at = self._pool.position.tasks + len(tasks)
                tasks.append(task)
                self._source.add(Accepted(number, place, task.instruction, task.id, row=at))
        self._pending -= sum(counted(row) for row in finished.rows)
        for step in unread:
            self._asker.note(step, unreadable=1)
        teacher = self._teacher
        self._pool.commit(tasks, rejects, after, teacher=teacher.name, model=teacher.model)
        self._count(number, tasks, rejects)
        reached = self._tally.tasks >= self._tally.goal
        return not reached and not self._yields.saturated

    # The parts of the stages.

    def _fill(self) -> None:
        accepted = self._pool.accepted()
        self._novelty.keep_many([text for seed in self._seeds for text in self._recipe.known(seed)])
        self._novelty.keep_many([item.instruction for item in accepted if not item.again])
        for item in accepted:
            if item.task_id is not None:
                self._source.add(item)

    def _outlooks(self) -> list[Outlook]:
        """What the last requests of a recipe with an end, or the first of another, will take."""
        end = self._recipe.end
        first = self._pool.position.request if end is None else max(0, end - _FORESEEN)
        numbers = range(first, first + _FORESEEN if end is None else end)
        view = self._source.view(0)
        return [self._recipe.foresee(one, self._source.random(one), view) for one in numbers]

    def _requests_left(self, number: int) -> float | None:
        """How many requests are left behind those below ``number``; None where there is no end."""
        return max(0.0, self.end - number) if self._recipe.end is not None else None

    def _verdict(self, candidate: Candidate, draft: Draft) -> Candidate | Reject:
        if refusal := self._recipe.refuse(candidate):
            reason, detail = refusal
            return Reject(excerpt(candidate.text), reason, detail | dict(draft.lineage))
        if not candidate.novel:
            self._novelty.keep(candidate.text)
            return candidate
        similar = self._novelty.similar(candidate.text)
        if refusal := self._novelty.refuse(candidate.text):
            reason, detail = refusal
            return Reject(candidate.text, reason, detail | dict(draft.lineage))
        if similar:
            self._similar[candidate.text] = similar
        return candidate

    def _still_wanted(self, candidate: Candidate, number: int) -> Candidate | Reject:
        """``candidate``, unless a later request has brought the very same since.

        What was judged before counts, committed or not: the verdict must not depend on timing.
        """
        if self._made is not None and candidate.text in self._made:
            detail = {"duplicate_of": candidate.text} | self._retried(number)
            return Reject(candidate.text, Reason.DUPLICATE, detail)
        if self._made is not None:
            self._made.add(candidate.text)
        return candidate

    def _again(self, draft: Draft, key: str, failed: Failure) -> Candidate:
        """The candidate whose follow-up failed, as it stands in the stored reply."""
        reply = self._asker.stored(key)
        items = self._recipe.read(reply, draft) if reply else []
        found = (
            item
            for item in items
            if isinstance(item, Candidate) and item.text == failed.instruction
        )
        return next(found, Candidate(failed.instruction, failed.origin[1] or 0))

    async def _finished(
        self, number: int, place: int, item: Candidate | Reject, judged: Judged
    ) -> Row:
        if isinstance(item, Reject):
            return Row(place, None, (item,))
        asked: list[tuple[str, Reply]] = []

        async def ask(prompt: Prompt) -> Reply:
            reply = await self._ask(prompt)
            asked.append((prompt.step, reply))
            return reply

        try:
            developed = await self._recipe.develop(item, judged.draft, number, ask)
        except StarvedError as error:
            self._health.unread(error.step, None)
            detail = {"instruction_accepted": True, "error": str(error)}
            detail |= dict(judged.draft.lineage) | self._tried(number)
            return Row(place, None, (Reject(item.text, Reason.STARVED, detail),))
        except RequestError as error:
            detail = {"instruction_accepted": True, "error": str(error)}
            detail |= dict(judged.draft.lineage) | self._tried(number)
            return Row(place, None, (Reject(item.text, Reason(error.reason), detail),))
        self._health.heard(asked, developed.unread)
        if retried := self._retried(number):
            marked = [replace(one, detail=one.detail | retried) for one in developed.rejects]
            developed = replace(developed, rejects=tuple(marked))
        if not developed.instances:
            return Row(place, None, developed.rejects, developed.unread)
        came = {"request": number, "candidate": place} | self._retried(number)
        similar = self._similar.pop(item.text, {})
        task = task_of(item, developed, judged, self._recipe.name, self._teacher, came, similar)
        return Row(place, task, developed.rejects, developed.unread)

    async def _ask(self, prompt: Prompt) -> Reply:
        try:
            reply = await self._asker.ask(prompt)
        except RequestError as error:
            self._health.refused(prompt.step, error)
            raise
        self._health.answered(prompt.step)
        return reply

    def _unread(
        self, step: str, reply: Reply, items: Sequence[Candidate | Reject]
    ) -> tuple[str, ...]:
        """The step, where ``reply`` holds nothing that could be read."""
        if not items:
            return ()  # a replay that has read it under another number
        if any(isinstance(one, Candidate) or not one.reason.of_whole_reply for one in items):
            self._health.read(step)
            return ()
        self._health.unread(step, reply)
        return (step,)

    def _retried(self, number: int) -> dict[str, Any]:
        """Which failure of an earlier run request ``number`` stands for, if it does."""
        failed = self._pool.retries.get(number)
        return {"retry_of": list(failed.origin)} if failed else {}

    def _tried(self, number: int) -> dict[str, Any]:
        """The same, with how often it has failed now."""
        failed = self._pool.retries.get(number)
        return self._retried(number) | ({"tries": failed.tries + 1} if failed else {})

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
        self._tally.forecast.committed(number, len(tasks))
        self._tally.requests_left = self._requests_left(number + 1)
        self._yields.add(number, len(tasks), len(tasks) + len(rejects))
