"""A mapping job: every item is asked about for itself, and rows are appended in the order of items.

Items do not depend on each other, so nothing but the number of their calls limits how many are
under way; but their rows are committed in order, so the files are the same at any concurrency.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from selfinstruct.batching.desk import Waves
from selfinstruct.errors import RequestError, StarvedError
from selfinstruct.journal import Stream
from selfinstruct.requests.asking import Asker
from selfinstruct.requests.health import Health
from selfinstruct.requests.items import Item, Mapped, MappingJob
from selfinstruct.requests.running import Outcome, Run, Stopped, Traffic
from selfinstruct.requests.tally import Tally
from selfinstruct.teachers import Prompt, Reply, Teacher
from selfinstruct.teachers.budget import Price
from selfinstruct.teachers.pacing import Pace
from selfinstruct.teachers.shutdown import Shutdown
from selfinstruct.teachers.slots import Slots
from selfinstruct.teachers.thinking import Thinking

_ROWS = 64  # items of one commit, at most; a killed run makes theirs again from stored replies
_SECONDS = 1.0  # between two commits, at most, while items come

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Answered:
    """What the asking of an item brought: see :meth:`Health.heard` for the replies."""

    mapped: Mapped
    replies: tuple[tuple[str, Reply], ...] = ()
    starved: str = ""


class MappingRun(Generic[T]):
    """One run of a mapping job over a stream.

    Args:
        stream: Where rows and replies go.
        job: What is asked, and what is written.
        items: What is asked about, in order: see :func:`waiting`.
        teacher: Who answers; retries and budget are wrapped around it already.
        traffic: How the run goes.
        price: What tokens cost, if that is known.
        pace: See :class:`Run`.
        waves: See :class:`Run`.

    Attributes:
        tally: What it has done so far; its tasks are items.
    """

    def __init__(
        self,
        stream: Stream,
        job: MappingJob[Item[T]],
        items: Sequence[Item[T]],
        teacher: Teacher,
        traffic: Traffic,
        price: Price | None = None,
        pace: Pace | None = None,
        waves: Waves | None = None,
    ) -> None:
        shutdown, slots = Shutdown(), Slots(traffic.concurrency)
        desk = waves.desk if waves is not None else None
        self.tally = Tally(target=len(items), priced=price is not None, shutdown=shutdown)
        self.tally.requests_left = len(items)
        self._stream = stream
        self._job = job
        self._items = items
        self._teacher = teacher
        self._first = stream.at.request
        self._asker = Asker(teacher, stream.replies, slots, self.tally, price, desk)
        self._health = Health(shutdown)
        self._due: list[Mapped] = []  # in order, and not yet on disk
        self._written_at = 0.0
        self._run = Run(self, self._first, slots, shutdown, traffic, pace, waves)

    def interrupt(self) -> None:
        """See :meth:`Run.interrupt`."""
        self._run.interrupt()

    async def run(self) -> Outcome:
        """Ask about all items, or until that cannot go on.

        Raises:
            DiskError: A file of the stream cannot be written.
        """
        if not self._items:
            return Outcome(Stopped.TARGET)
        try:
            return await self._run.to_the_end(self._reached, self._stream.sync_all)
        finally:
            if not self._stream.broken:
                self._write(unapplied=self._unapplied())  # and calls that ended after the last one
                self._stream.sync_all()

    # The stages of its window.

    def visible(self, number: int) -> int:
        """See :class:`selfinstruct.requests.Stages`: items do not depend on each other."""
        del number
        return 0

    def may_start(self, number: int, running: int) -> bool:
        """See :class:`selfinstruct.requests.Stages`."""
        del running
        return number < self._end

    async def ask(self, number: int) -> _Answered:
        """See :class:`selfinstruct.requests.Stages`."""
        item = self._items[number - self._first]
        replies: list[tuple[str, Reply]] = []

        async def ask(prompt: Prompt) -> Reply:
            reply = await self._health.asked(self._asker.ask, replace(prompt, request=number))
            replies.append((prompt.step, reply))
            return reply

        try:
            return _Answered(await self._job.answer(item, ask), tuple(replies))
        except RequestError as error:
            starved = error.step if isinstance(error, StarvedError) and error.asked else ""
            return _Answered(self._job.failed(item, error), starved=starved)

    def judge(self, number: int, asked: _Answered) -> Mapped:
        """See :class:`selfinstruct.requests.Stages`."""
        del number
        if asked.starved:
            self._health.unread(asked.starved, None)
        self._health.heard(asked.replies, asked.mapped.unread)
        return asked.mapped

    async def finish(self, number: int, judged: Mapped) -> Mapped:
        """See :class:`selfinstruct.requests.Stages`."""
        del number
        return judged

    def commit(self, number: int, finished: Mapped) -> bool:
        """See :class:`selfinstruct.requests.Stages`."""
        self._due.append(finished)
        now = asyncio.get_running_loop().time()
        if len(self._due) >= _ROWS or now - self._written_at >= _SECONDS:
            self._write()
            self._written_at = now
        self.tally.tasks += 1
        self.tally.accepted += 1
        self.tally.requests += 1
        self.tally.requests_left = self._end - number - 1
        self.tally.forecast.committed(number, 1)
        return number + 1 < self._end

    @property
    def _end(self) -> int:
        return self._first + len(self._items)

    def _reached(self) -> bool:
        return self._stream.at.request + len(self._due) >= self._end

    def _write(self, unapplied: Sequence[str] = ()) -> None:
        """Commit what is due, if there is anything to say."""
        for mapped in self._due:
            for step in mapped.unread:
                self._asker.note(step, unreadable=1)
        if not (self._due or self._stream.replies.uncounted or unapplied):
            return
        rows: dict[str, list[Mapping[str, Any]]] = {}
        for mapped in self._due:
            for name, some in mapped.rows.items():
                rows.setdefault(name, []).extend(some)
        self._stream.commit(
            rows,
            self._stream.at.request + len(self._due),
            event=self._job.event,
            teacher=self._teacher.name,
            model=self._teacher.model,
            unapplied=unapplied,
        )
        self._due = []

    def _unapplied(self) -> tuple[str, ...]:
        teacher = self._teacher
        return tuple(teacher.unapplied) if isinstance(teacher, Thinking) else ()
