"""``batches``: what is outstanding, and what is done with it by hand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from selfinstruct.api.buying import ways
from selfinstruct.api.clock import now
from selfinstruct.api.observer import SILENT, Observer
from selfinstruct.api.results import Result
from selfinstruct.api.running import blocking
from selfinstruct.api.teachers import Teacher
from selfinstruct.batching import managing
from selfinstruct.batching.desk import Desk
from selfinstruct.batching.job import Job
from selfinstruct.batching.journal import BatchJournal, Known, read_batches
from selfinstruct.errors import PoolError, SettingsError
from selfinstruct.journal import REPLIES, FolderLock, ReplyStore
from selfinstruct.teachers.batching import ENDPOINTS, Seen

if TYPE_CHECKING:  # it takes its time to import
    from selfinstruct.teachers.openai import OpenAITeacher

_NOBODY = Teacher()


@dataclass(frozen=True, slots=True)
class BatchAtAGlance(Result):
    """A batch that is outstanding.

    Attributes:
        batch: Its number.
        folder: The folder of its job, below the pool; "." for the pool itself.
        step: What was written down of it last.
        status: Its server's word for how it goes.
        calls: How many it has.
        done: How many of them are done, as far as the server said.
        most_usd: The most that it can cost; None where no price is known.
        id: What its server calls it.
        address: Where it is; "" for the folder itself.
        time: When the last step was written down.
    """

    batch: str
    folder: str
    step: str
    status: str
    calls: int
    done: int
    most_usd: float | None
    id: str
    address: str
    time: str

    def line(self) -> str:
        """The same in a line."""
        cost = "" if self.most_usd is None else f", at most ${self.most_usd:,.2f}"
        done = f", {self.done:,} done" if self.done else ""
        return f"{self.calls:,} calls{cost}: {self.status or self.step}{done}, since {self.time}"


@dataclass(frozen=True, slots=True)
class BatchesResult(Result):
    """The batches of a pool, a judging, a set of answers or a comparison.

    Attributes:
        pool: The folder.
        batches: Those that are outstanding.
    """

    pool: Path
    batches: tuple[BatchAtAGlance, ...]


def outstanding_in(folder: Path) -> Iterator[BatchAtAGlance]:
    """What the journals below a folder tell of batches that are outstanding; nothing is asked.

    Raises:
        PoolError: A journal is damaged.
    """
    for home in managing.folders(folder):
        for batch in read_batches(home):
            if batch.is_outstanding:
                yield _glance(batch, str(home.relative_to(folder)), None)


def preset_of(pool: str | Path) -> str | None:
    """The preset that the batches of a folder were last bought from; None where none were.

    Raises:
        PoolError: The journal is damaged.
    """
    sent = [one.planned for one in read_batches(Path(pool)) if one.planned.address]
    return sent[-1].teacher if sent else None


def batches(
    pool: str | Path,
    *,
    teacher: Teacher = _NOBODY,
    cancel: Collection[str] = (),
    forget: Collection[str] = (),
    ids: Mapping[str, str] | None = None,
    observer: Observer = SILENT,
) -> BatchesResult:
    """How the batches of a folder go, after what is to be done with them.

    Args:
        pool: The folder: a pool, a judging, a set of answers, a comparison.
        teacher: Whose they are; model and preset are those of the batches where none are named.
        cancel: The numbers of those that are to end early, or ``all``.
        forget: Of those that are given up.
        ids: By number, what the server calls one of which nobody knew whether it had arrived.
        observer: Who hears of it.

    Raises:
        UsageError: There are none, or something given makes no sense.
        TeacherError: A batch cannot be cancelled.
        PoolBusyError: A run holds the folder.
        DiskError: The journal cannot be written.
    """
    folder = Path(pool)
    work = _Work(folder, teacher, cancel, forget, ids or {}, observer)
    return blocking(work.done, lambda: None)


async def batches_async(
    pool: str | Path,
    *,
    teacher: Teacher = _NOBODY,
    cancel: Collection[str] = (),
    forget: Collection[str] = (),
    ids: Mapping[str, str] | None = None,
    observer: Observer = SILENT,
) -> BatchesResult:
    """:func:`batches` in the loop that goes."""
    return await _Work(Path(pool), teacher, cancel, forget, ids or {}, observer).done()


@dataclass(frozen=True, slots=True)
class _Work:
    folder: Path
    teacher: Teacher
    cancel: Collection[str]
    forget: Collection[str]
    ids: Mapping[str, str]
    observer: Observer

    async def done(self) -> BatchesResult:
        if not read_batches(self.folder):
            raise PoolError(f"{self.folder}: no batch was ever planned here.")
        lock = FolderLock(self.folder, "folder")
        try:
            return await self._done()
        finally:
            lock.release()

    async def _done(self) -> BatchesResult:
        journal = BatchJournal(self.folder, now)
        store = ReplyStore(self.folder / REPLIES, 1 << 62, 1 << 62)
        client = self._client(journal)
        lines, transports = ways(client)
        said, warned = self.observer.said, self.observer.warned
        job = Job(journal, store, Desk(), lines, transports, None, None, said, warned)
        try:
            outstanding = journal.outstanding
            chosen = managing.chosen(outstanding, self.cancel, "--cancel")
            managing.forget(job, managing.chosen(outstanding, self.forget, "--forget"))
            managing.name(job, self.ids)
            await managing.cancel(job, chosen)
            seen = await managing.look(job)
        finally:
            store.close()
            journal.close()
            if client is not None:
                await client.close()
        glances = [_glance(one, ".", seen.get(one.number)) for one in journal.outstanding]
        return BatchesResult(self.folder, tuple(glances))

    def _client(self, journal: BatchJournal) -> OpenAITeacher | None:
        """Who can be asked: the teacher of the batches, where nobody named another."""
        sent = [one.planned for one in journal.outstanding if one.planned.address]
        if not sent:
            return None
        planned = sent[-1]
        name, model = self.teacher.name or planned.teacher, self.teacher.model or planned.model
        api = next(api for api, endpoint in ENDPOINTS.items() if endpoint == planned.endpoint)
        from selfinstruct.api.clients import make_client

        try:
            asked = replace(self.teacher, name=name, model=model)
            return make_client(name, asked, api, None, self.observer.said).teacher
        except SettingsError as error:
            self.observer.warned(f"Nobody was asked: {error}")
            return None


def _glance(batch: Known, folder: str, seen: Seen | str | None) -> BatchAtAGlance:
    status, done = batch.status, 0
    if isinstance(seen, Seen):
        status, done = seen.status, seen.completed + seen.failed
    elif seen is not None:
        status = seen
    planned = batch.planned
    return BatchAtAGlance(
        batch.number,
        folder,
        str(batch.step),
        status,
        planned.lines,
        done,
        planned.usd,
        batch.id,
        planned.address,
        batch.time,
    )
