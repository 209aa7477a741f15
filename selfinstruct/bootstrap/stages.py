"""The stages of a request: draw and ask, judge, develop, commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from selfinstruct import lineage, log
from selfinstruct.bootstrap.acceptance import Acceptance, retried, tried
from selfinstruct.bootstrap.drawing import Source
from selfinstruct.bootstrap.handover import (
    Asked,
    Finished,
    Judged,
    JudgedItem,
    Made,
    Row,
    counted,
    task_of,
)
from selfinstruct.bootstrap.recipe import Draft, Recipe
from selfinstruct.bootstrap.saturation import AcceptanceRate
from selfinstruct.bootstrap.scheduling import Scheduling
from selfinstruct.errors import RequestError, StarvedError
from selfinstruct.filters import NoveltyRule
from selfinstruct.pool import Accepted, After, Failure, Pool
from selfinstruct.requests import Asker, Health, Tally, gather_all
from selfinstruct.tasks import Candidate, Reason, Reject, Task
from selfinstruct.teachers import Prompt, Reply, Teacher


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
        rate: What the last requests brought.
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
        rate: AcceptanceRate,
        health: Health,
    ) -> None:
        self._pool = pool
        self._recipe = recipe
        self._teacher = teacher
        self._asker = asker
        self._health = health
        self._tally = tally
        self._made: dict[int, dict[int, Row]] = {}  # by request and place, while it is not whole
        self._source = Source(seeds, pool.manifest.seed, pool.task)
        for item in pool.accepted():
            if item.task_id is not None:
                self._source.add(item)
        self._acceptance = Acceptance(pool, seeds, recipe, novelty)
        self._scheduling = Scheduling(pool, recipe, self._source, tally, rate)

    @property
    def end(self) -> float:
        """The number behind the last request there is."""
        return self._scheduling.end

    def visible(self, number: int) -> int:
        """See :class:`selfinstruct.requests.Stages`."""
        return self._recipe.visible(number)

    def may_start(self, number: int, running: int) -> bool:
        """See :class:`selfinstruct.requests.Stages`."""
        return self._scheduling.may_start(number, running)

    async def ask(self, number: int) -> Asked:
        """See :class:`selfinstruct.requests.Stages`."""
        self._scheduling.asking.add(number)
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
            if isinstance(error, StarvedError) and error.asked:
                self._health.unread(prompt.step, None)
            detail = {"step": prompt.step, "error": str(error)} | dict(draft.lineage)
            detail |= tried(self._pool, number)
            return Asked(draft, key, None, Reject("", Reason(error.reason), detail))

    def judge(self, number: int, asked: Asked) -> Judged:
        """See :class:`selfinstruct.requests.Stages`."""
        self._scheduling.asking.discard(number)
        if asked.again is not None:
            wanted = self._acceptance.still_wanted(asked.again, number)
            self._scheduling.pending += isinstance(wanted, Candidate)
            return Judged(asked.draft, asked.key, 0, [JudgedItem(0, wanted)])
        items: list[Candidate | Reject] = [asked.failure] if asked.failure else []
        unread: tuple[str, ...] = ()
        if asked.reply is not None:
            items = self._recipe.read(asked.reply, asked.draft)
            unread = self._unread(asked.draft.prompt.step, asked.reply, items)
        base, done = self._committed_part(number, asked.key)
        judged: list[JudgedItem] = []
        for place, item in enumerate(items, base):
            if place < done:
                continue  # committed by an earlier run that reached its target here
            if isinstance(item, Reject):
                judged.append(JudgedItem(place, item))
                continue
            verdict, similar = self._acceptance.verdict(item, asked.draft, number)
            self._scheduling.pending += isinstance(verdict, Candidate)
            judged.append(JudgedItem(place, verdict, similar))
        return Judged(asked.draft, asked.key, base, judged, asked.reply, () if done else unread)

    async def finish(self, number: int, judged: Judged) -> Finished:
        """See :class:`selfinstruct.requests.Stages`."""
        made = self._made.setdefault(number, {})  # begun anew, what is finished stays so

        async def finished(item: JudgedItem) -> Row:
            if item.place not in made:
                made[item.place] = await self._finished(number, item, judged)
            return made[item.place]

        rows = await gather_all(finished(item) for item in judged.items)
        del self._made[number]
        return Finished(judged.key, judged.base, rows, judged.unread)

    def commit(self, number: int, finished: Finished) -> bool:
        """See :class:`selfinstruct.requests.Stages`.

        Raises:
            DiskError: A file of the pool cannot be written.
        """
        tasks: list[Task] = []
        accepted: list[Accepted] = []
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
                accepted.append(Accepted(number, place, task.instruction, task.id, row=at))
        self._scheduling.pending -= sum(counted(row) for row in finished.rows)
        for step in unread:
            self._asker.note(step, unreadable=1)
        teacher = self._teacher
        self._pool.commit(tasks, rejects, after, teacher=teacher.name, model=teacher.model)
        for one in accepted:
            self._source.add(one)
        self._count(number, tasks, rejects)
        said = "request %d: %d tasks, %d rejects; %d tasks in all"
        log.LOG.debug(said, number, len(tasks), len(rejects), self._tally.tasks)
        return not self._scheduling.is_over

    # The parts of the stages.

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

    async def _finished(self, number: int, judged_item: JudgedItem, judged: Judged) -> Row:
        place, item = judged_item.place, judged_item.item
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
            if error.asked:
                self._health.unread(error.step, None)
            detail = lineage.accepted(error=str(error))
            detail |= dict(judged.draft.lineage) | tried(self._pool, number)
            return Row(place, None, (Reject(item.text, Reason.STARVED, detail),))
        except RequestError as error:
            detail = lineage.accepted(error=str(error))
            detail |= dict(judged.draft.lineage) | tried(self._pool, number)
            return Row(place, None, (Reject(item.text, Reason(error.reason), detail),))
        self._health.heard(asked, developed.unread)
        if again := retried(self._pool, number):
            marked = [replace(one, detail=one.detail | again) for one in developed.rejects]
            developed = replace(developed, rejects=tuple(marked))
        if not developed.instances:
            return Row(place, None, developed.rejects, developed.unread)
        made = Made(self._recipe.name, self._teacher, number, place, again)
        task = task_of(item, developed, judged, made, judged_item.more)
        return Row(place, task, developed.rejects, developed.unread)

    async def _ask(self, prompt: Prompt) -> Reply:
        return await self._health.asked(self._asker.ask, prompt)

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
        self._scheduling.committed(number, len(tasks), len(tasks) + len(rejects))
