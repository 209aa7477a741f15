"""Doing a job whose rows are derived from stored replies: opened, asked, and its rows made."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from selfinstruct import teachers
from selfinstruct.api.buying import open_batches, outstanding, refuse_unbatchable
from selfinstruct.api.clock import now
from selfinstruct.api.limits import Limits
from selfinstruct.api.observer import Observer
from selfinstruct.api.running import blocking
from selfinstruct.api.stop import Stop
from selfinstruct.api.teachers import Asked, Made, Teacher, make_whole, price_of, timeout_of
from selfinstruct.batching.journal import FOLDER, JOURNAL
from selfinstruct.batching.waves import Batches
from selfinstruct.bootstrap import Outcome, Stopped, Tally
from selfinstruct.errors import PoolError
from selfinstruct.journal import LEDGER, REPLIES, Journal, ReplyStore, Stream
from selfinstruct.languages import LanguagePack
from selfinstruct.pool import teachers as known
from selfinstruct.requests import DerivedJob, DerivedRun, Item, Row, Traffic
from selfinstruct.requests.manifest import JobManifest
from selfinstruct.teachers import Api
from selfinstruct.teachers.pacing import Pace

_BEGUN = {
    ".lock",
    LEDGER,
    REPLIES,
    known.NAME,
    JOURNAL,
    FOLDER,
}  # what stands there before anything is asked

T = TypeVar("T")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run of such a job came to.

    Attributes:
        rows: The rows of all items that are settled, in order.
        tally: What the run counted.
        outcome: How it ended.
        seconds: How long it took.
        began: Whether there was anything to ask.
    """

    rows: Sequence[Row]
    tally: Tally
    outcome: Outcome
    seconds: float
    began: bool


@dataclass(frozen=True, slots=True)
class DerivedWork(Generic[T, Value]):
    """A job that is ready to be done in its folder.

    Attributes:
        folder: The folder of the job: its store of replies and its ledger, and nobody else's.
        job: What is asked, and what comes of it.
        items: What is asked about, in order, each id once.
        api: The kind of endpoint.
        pack: The language, for the mock.
        asked: Who is asked.
        limits: How much the run may use.
        observer: Who hears of it.
        stop: What ends it from outside.
        before: Called with what is still to be asked about, before anything is: it may raise.
        finish: Makes the products and the result, while the folder is held.
        take_over: Called with the store and the teacher before it is looked what is still to be
            asked: puts replies into the store that another folder holds.
        began: When it was called for, by the clock that only goes forward.
    """

    folder: Path
    job: DerivedJob[T]
    items: Sequence[Item[T]]
    api: Api
    pack: LanguagePack
    asked: Asked
    limits: Limits
    observer: Observer
    stop: Stop
    before: Callable[[Sequence[T]], Awaitable[None]]
    finish: Callable[[Ran], Value]
    take_over: Callable[[ReplyStore, teachers.Teacher], None] | None = None
    began: float = field(default_factory=time.monotonic)

    def go(self) -> Value:
        """Do it in a loop of its own.

        Raises:
            SelfInstructError: The folder cannot be opened, or the disk failed.
        """
        with Journal.open(self.folder, now) as journal:
            stream = self._stream(journal)
            return self.finish(blocking(lambda: self._ran(stream), self.stop.set))

    async def go_async(self) -> Value:
        """Do it in the loop that goes.

        Raises:
            SelfInstructError: The folder cannot be opened, or the disk failed.
        """
        with Journal.open(self.folder, now) as journal:
            return self.finish(await self._ran(self._stream(journal)))

    def _stream(self, journal: Journal) -> Stream:
        stream = journal.stream("", [])
        for note in [*journal.notes, *stream.notes]:
            self.observer.warned(note)
        return stream

    async def _ran(self, stream: Stream) -> Ran:
        refuse_unbatchable(self.asked, self.limits)
        pace = Pace(self.limits.concurrency, self.limits.rates())
        made = make_whole(
            self.asked,
            self.api,
            self.pack,
            pace,
            self.limits.caps(),
            self.folder,
            self.observer.said,
        )
        teacher = made.teacher
        pace.known = stream.replies.answered(teacher.name, teacher.model)
        waves = self._waves(stream, made)
        try:
            return await self._asked(stream, teacher, pace, waves)
        finally:
            if waves is not None:
                waves.close()
            await teacher.close()

    def _waves(self, stream: Stream, made: Made) -> Batches | None:
        store = stream.replies
        return open_batches(self.folder, store, made, self.asked, self.limits, self.observer)

    async def _asked(
        self, stream: Stream, teacher: teachers.Teacher, pace: Pace, waves: Batches | None
    ) -> Ran:
        if waves is not None:
            await waves.collect()
        if self.take_over is not None:
            self.take_over(stream.replies, teacher)
        run = await DerivedRun.prepared(
            stream,
            self.job,
            self.items,
            teacher,
            Traffic(
                concurrency=self.limits.concurrency,
                drain_most=timeout_of(self.asked) or self.limits.give_up_after,
            ),
            price_of(self.asked),
            pace,
            waves,
        )
        tally = run.asking.tally
        if waves is not None:
            waves.heard_by(tally)
        await self.before([item.content for item in run.left])
        outcome = Outcome(Stopped.TARGET)
        if run.left:
            tally.tasks, tally.target = len(self.items) - len(run.left), len(self.items)
            with self.stop.ending(run.asking.interrupt):
                async with self.observer.watching(tally, pace):
                    outcome = await run.run()
        if outcome.stopped is Stopped.TARGET and (said := outstanding(self.folder)):
            self.observer.warned(said)
        rows = await run.rows()
        seconds = time.monotonic() - self.began
        return Ran(rows, tally, outcome, seconds, bool(run.left))


def refuse_another(
    folder: Path, before: JobManifest | None, wanted: JobManifest, remedy: str
) -> None:
    """Refuse a folder that holds something else than the job that is wanted.

    Args:
        folder: The folder of the job.
        before: The manifest that it has.
        wanted: What it should be.
        remedy: How to name another folder.

    Raises:
        PoolError: It holds another job, or no job at all and yet something.
    """
    if before is not None:
        if different := before.differences(wanted):
            raise PoolError(
                f"{folder}: holds another {wanted.noun}: {'; '.join(different)}. {remedy}"
            )
    elif folder.is_dir() and not {path.name for path in folder.iterdir()} <= _BEGUN:
        raise PoolError(f"{folder}: holds something else. Name another folder.")


def name_of(asked: Asked) -> str:
    """The preset that is asked, as manifests tell it."""
    if isinstance(asked, Teacher):
        return asked.name or ""
    return str(getattr(asked, "name", "") or type(asked).__name__)


def model_of(asked: Asked, pack: LanguagePack) -> str:
    """Its model, likewise."""
    if not isinstance(asked, Teacher):
        return str(getattr(asked, "model", "") or name_of(asked))
    return f"mock-{pack.source}" if asked.name == "mock" else asked.model or ""
