"""Doing a job whose rows are derived from stored replies: opened, asked, and its rows made."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from selfinstruct import teachers
from selfinstruct.api.buying import open_batches, outstanding, refuse_unbatchable
from selfinstruct.api.clock import now
from selfinstruct.api.limits import Limits
from selfinstruct.api.observer import Observer
from selfinstruct.api.results import Ended, Usage
from selfinstruct.api.running import blocking
from selfinstruct.api.stop import Stop
from selfinstruct.api.teachers import Asked, Made, Teacher, make_whole, price_of, timeout_of
from selfinstruct.batching.journal import FOLDER, JOURNAL
from selfinstruct.batching.waves import Batches
from selfinstruct.bootstrap import Outcome, Stopped
from selfinstruct.errors import DeclinedError, PoolError
from selfinstruct.journal import LEDGER, REPLIES, Journal, ReplyStore, Stream
from selfinstruct.languages import LanguagePack
from selfinstruct.pool import teachers as known
from selfinstruct.requests import DerivedJob, DerivedRun, Item, Row, Traffic
from selfinstruct.requests.manifest import JobManifest
from selfinstruct.teachers import Api
from selfinstruct.teachers.pacing import Pace

# What stands there before anything is asked.
_BEGUN = {".lock", LEDGER, REPLIES, known.NAME, JOURNAL, FOLDER}


class Piece(Protocol):
    """Something that is asked about."""

    @property
    def id(self) -> str:
        """What rows call it; each once in a job."""
        ...


T = TypeVar("T", bound=Piece)
Kind = TypeVar("Kind", bound=JobManifest)
Told = TypeVar("Told")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Means:
    """With what a job is done, whatever it is.

    Attributes:
        asked: Who is asked.
        limits: How much the run may use.
        observer: Who hears of it.
        stop: What ends it from outside.
    """

    asked: Asked
    limits: Limits
    observer: Observer
    stop: Stop


@dataclass(frozen=True, slots=True)
class Prepared(Generic[Kind, T]):
    """A job that is ready to be done in its folder.

    Attributes:
        folder: Its store of replies, its ledger and its products, and nobody else's.
        manifest: What it is made with.
        pieces: What is asked about, in order, each id once.
        pack: The language.
    """

    folder: Path
    manifest: Kind
    pieces: Sequence[T]
    pack: LanguagePack


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run of such a job came to.

    Attributes:
        rows: The rows of all items that are settled, in order.
        ended: How it ended, and what it took.
    """

    rows: Sequence[Row]
    ended: Ended


@dataclass(frozen=True, slots=True)
class DerivedWork(Generic[T, Told, Value]):
    """Doing such a job.

    Attributes:
        ready: What is done.
        job: What is asked, and what comes of it.
        means: With what.
        estimate: What asking about those that are left takes.
        confirm: Called with the estimate before the first call, where there is something to ask;
            False calls it off.
        finish: Makes the products and the result, while the folder is held.
        begin: Called before the first call, when the manifest stands.
        take_over: Called with the store and the teacher before it is looked what is still to be
            asked: puts replies into the store that another folder holds.
        began: When it was called for, by the clock that only goes forward.
    """

    ready: Prepared[Any, T]  # any kind of manifest: the job's own stands in its own type
    job: DerivedJob[T]
    means: Means
    estimate: Callable[[Sequence[T]], Awaitable[Told]]
    confirm: Callable[[Told], bool] | None
    finish: Callable[[Ran], Value]
    begin: Callable[[], None] | None = None
    take_over: Callable[[ReplyStore, teachers.Teacher], None] | None = None
    began: float = field(default_factory=time.monotonic)

    def go(self) -> Value:
        """Do it in a loop of its own.

        Raises:
            SelfInstructError: The folder cannot be opened, or the disk failed.
        """
        with Journal.open(self.ready.folder, now) as journal:
            stream = self._stream(journal)
            return self.finish(blocking(lambda: self._ran(stream), self.means.stop.set))

    async def go_async(self) -> Value:
        """Do it in the loop that goes.

        Raises:
            SelfInstructError: The folder cannot be opened, or the disk failed.
        """
        with Journal.open(self.ready.folder, now) as journal:
            return self.finish(await self._ran(self._stream(journal)))

    def _stream(self, journal: Journal) -> Stream:
        stream = journal.stream("", [])
        for note in [*journal.notes, *stream.notes]:
            self.means.observer.warned(note)
        return stream

    async def _ran(self, stream: Stream) -> Ran:
        means = self.means
        refuse_unbatchable(means.asked, means.limits)
        pace = Pace(means.limits.concurrency, means.limits.rates())
        made = make_whole(
            means.asked,
            Api(self.ready.manifest.api),
            self.ready.pack,
            pace,
            means.limits.caps(),
            self.ready.folder,
            means.observer.said,
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
        means, store = self.means, stream.replies
        folder = self.ready.folder
        return open_batches(folder, store, made, means.asked, means.limits, means.observer)

    async def _asked(
        self, stream: Stream, teacher: teachers.Teacher, pace: Pace, waves: Batches | None
    ) -> Ran:
        if waves is not None:
            await waves.collect()
        if self.take_over is not None:
            self.take_over(stream.replies, teacher)
        means = self.means
        items = [Item(one.id, one) for one in self.ready.pieces]
        run = await DerivedRun.prepared(
            stream,
            self.job,
            items,
            teacher,
            Traffic(
                concurrency=means.limits.concurrency,
                drain_most=timeout_of(means.asked) or means.limits.give_up_after,
            ),
            price_of(means.asked),
            pace,
            waves,
        )
        await self._may_begin([item.content for item in run.left])
        tally = run.asking.tally
        if waves is not None:
            waves.heard_by(tally)
        outcome = Outcome(Stopped.TARGET)
        if run.left:
            tally.tasks, tally.target = len(items) - len(run.left), len(items)
            with means.stop.ending(run.asking.interrupt):
                async with means.observer.watching(tally, pace):
                    outcome = await run.run()
        if outcome.stopped is Stopped.TARGET and (said := outstanding(self.ready.folder)):
            means.observer.warned(said)
        rows = await run.rows()
        ended = Ended(
            usage=Usage.of(tally.total),
            priced=tally.priced,
            seconds=round(time.monotonic() - self.began, 3),
            stopped=outcome.stopped,
            error=outcome.error,
            last_failure=tally.last_failure or None,
            began=bool(run.left),
        )
        return Ran(rows, ended)

    async def _may_begin(self, left: Sequence[T]) -> None:
        if left and self.confirm is not None and not self.confirm(await self.estimate(left)):
            raise DeclinedError("Nothing was asked.")
        self.ready.manifest.write(self.ready.folder)
        if self.begin is not None:
            self.begin()


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
