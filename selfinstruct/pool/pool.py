"""Opening a pool and committing to it.

A commit appends to ``tasks.jsonl`` and ``rejects.jsonl`` and ends with one line of the ledger.
On opening, the files are cut back to the last commit that all of them reach; what lies behind
it was never committed and is made again from the stored replies.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from selfinstruct import jsonl
from selfinstruct.errors import PoolBusyError, PoolError
from selfinstruct.journal import (
    FolderLock,
    Journal,
    Line,
    ReplyStore,
    StepCount,
    Stream,
    StreamAt,
    make_folder,
)
from selfinstruct.journal.recovery import keep_copies
from selfinstruct.pool import removing
from selfinstruct.pool.failures import Failure
from selfinstruct.pool.files import REJECTS, SEEDS, TASKS
from selfinstruct.pool.ledger import After, Commit, Position
from selfinstruct.pool.manifest import Manifest, read_manifest
from selfinstruct.pool.opening import open_growth
from selfinstruct.pool.recovery import scan
from selfinstruct.pool.rows import Accepted, task_at
from selfinstruct.tasks import Reason, Reject, Task


class Pool:
    """A pool opened for writing. Close it, or use it in a ``with`` statement.

    Attributes:
        folder: Where it is.
        manifest: What it was made with.
        position: Up to where it is committed.
        replies: Its store of replies.
        notes: Sentences about what was cut back on opening.
    """

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        before: Manifest | None,
        seeds: str,
        now: Callable[[], str],
        files: Mapping[str, str] | None = None,
    ) -> None:
        """Open or make the pool; ``manifest`` is written where there is none yet.

        Args:
            folder: The pool's folder; its parent must exist or be creatable.
            manifest: What the run wants. The caller has compared it with the pool's own.
            before: The pool's own manifest as the caller read it; None for a new pool.
            seeds: The content of its seed file. The pool keeps a copy, so that it goes on growing
                from them whatever an upgrade ships.
            now: The time of day for the ledger.
            files: What else it keeps a copy of, by file name.

        Raises:
            PoolError: The folder cannot be used, or a file in it is damaged.
            PoolBusyError: Another run holds it.
            DiskError: It cannot be written.
        """
        self.folder = folder
        self.notes: list[str] = []
        self._now = now
        make_folder(folder)
        lock = FolderLock(folder)
        try:
            self.manifest = manifest
            self._refuse_changed(before)
            if before != manifest or not (folder / SEEDS).exists():
                for name, text in ((SEEDS, seeds), *(files or {}).items()):
                    jsonl.write_whole(folder / name, text)
                manifest.write(folder)
            removing.finish(folder)
            found = scan(folder)
            self.notes += keep_copies(folder, found.position.extents) + found.notes
            self.position = found.position
            self._accepted = found.accepted
            self._recent = found.recent
            self._offsets = found.offsets
            self._removed = found.removed
            self._retries = found.retries
            self._journal = Journal(
                folder, lock, found.lines, found.ledger_bytes, now, self._completed
            )
            self._growth, self.position = open_growth(self._journal, found)
            self.notes += self._growth.notes
        except BaseException:  # the lock must not outlive a pool that did not open
            lock.release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def replies(self) -> ReplyStore:
        """The replies that the pool grows from."""
        return self._growth.replies

    @property
    def broken(self) -> bool:
        """Whether a commit failed; nothing more is committed then."""
        return self._journal.broken

    def stream(self, name: str, files: Iterable[str]) -> Stream:
        """A job of another kind, which rides on this pool's ledger: see :meth:`Journal.stream`.

        Raises:
            PoolError: As :meth:`Journal.stream` does; and for "", which is the pool itself.
            DiskError: Likewise.
        """
        if not name:
            raise PoolError(f"{self.folder}: a job beside its growth needs a name.")
        return self._journal.stream(name, files)

    @property
    def retries(self) -> Mapping[int, Failure]:
        """By request number, the failure of an earlier run that is asked again under it."""
        return self._retries.active

    @property
    def has_failures(self) -> bool:
        """Whether failures of earlier runs are to be asked again."""
        return self._retries.waiting

    def drafted_as(self, number: int) -> int:
        """The number under which request ``number`` was drafted first."""
        return self._retries.drafted_as(number)

    def ask_failures_again(self, first: int) -> None:
        """Give the failures of earlier runs request numbers of their own, and load their replies.

        Args:
            first: The lowest number that may be given.

        Raises:
            DiskError: The ledger cannot be written.
        """
        behind = max(first, self.position.request + 1, self.replies.next_request)
        if new := self._retries.assign(behind):
            retries = tuple((number, *origin) for number, origin in new.items())
            line = Commit(time=self._now(), event="retry", retries=retries, position=self.position)
            self._journal.write(line)
        if self.retries:
            self.replies.recall(self._retries.recalled())

    def recent(self) -> dict[int, tuple[int, int]]:
        """Of the last requests, by number: tasks, and tasks and rejects together."""
        return self._recent

    def accepted(self) -> Sequence[Accepted]:
        """All accepted instructions in order: tasks, and those that no task came of."""
        return self._accepted

    def task(self, number: int) -> Task:
        """The finished task number ``number``, from 0, read back from disk.

        Numbers below 0 are those of tasks that were taken out; see :attr:`Accepted.row`.
        """
        if number < 0:
            return self._removed[-number - 1]
        return task_at(self.folder, self._offsets[number])

    def commit(
        self,
        tasks: Sequence[Task],
        rejects: Sequence[tuple[int, int, Reject]],
        after: After,
        *,
        teacher: str,
        model: str,
        event: str = "commit",
        unapplied: Sequence[str] = (),
    ) -> None:
        """Append tasks and rejects, and end the commit with a ledger line; all of it or nothing.

        Args:
            tasks: Finished tasks, in order.
            rejects: Rejects in order, each with its request and candidate number.
            after: Where the run goes on after this commit.
            teacher: The preset that answered.
            model: The model's name.
            event: ``commit``, or ``run`` for the last line of a run.
            unapplied: With ``run``, the sampling fields that the teacher did not take as meant.

        Raises:
            DiskError: A file cannot be written; the pool is as it was before this commit, and
                takes no further one.
        """
        lines = [jsonl.dumps(task.model_dump(mode="json")) + "\n" for task in tasks]
        rows = [reject.row(number) | {"candidate": place} for number, place, reject in rejects]
        position = self.position

        def line(at: StreamAt, steps: Mapping[str, StepCount]) -> Commit:
            nonlocal position
            self.replies.forget_below(after.request)
            position = self._position_after(after, at, tasks)
            return Commit(
                time=self._now(),
                event=event,
                teacher=teacher,
                model=model,
                accepted=len(tasks),
                rejected=dict(Counter(reject.reason.value for _, _, reject in rejects)),
                steps=dict(steps),
                unapplied=tuple(unapplied),
                position=position,
            )

        refused = [jsonl.dumps(row) + "\n" for row in rows]
        self._growth.write({TASKS: lines, REJECTS: refused}, after.request, line)
        offset = self.position.tasks_bytes
        for one in lines:
            self._offsets.append(offset)
            offset += len(one.encode("utf-8", "replace"))
        self.position = position

    def remove(
        self,
        gone: Mapping[int, Mapping[str, Any]],
        reason: Reason,
        lost: Mapping[int, Sequence[int]] | None = None,
    ) -> None:
        """Take finished tasks out; they become rejects, whole, and novelty keeps counting them.

        The pool must be closed afterwards: what it holds in memory is not what it was.

        Args:
            gone: By the place of each task, from 0, the detail of its reject.
            reason: Why.
            lost: Which instances go of those tasks of which others stay.

        Raises:
            DiskError: A file cannot be written; the pool is as before, or opening it finishes this.
        """
        tasks = {place: self.task(place) for place in gone}
        out = removing.Out(tasks, gone, lost or {}, reason, self._now())
        self._journal.broken = True
        rejects, ledger = self._growth.file(REJECTS), self._journal.ledger
        removing.take_out(self.folder, self.position, out, rejects, ledger)

    def _position_after(self, after: After, at: StreamAt, tasks: Sequence[Task]) -> Position:
        made, refused = at.files[TASKS], at.files[REJECTS]
        return Position(
            **dataclasses.asdict(after),
            tasks=made.rows,
            instances=self.position.instances + sum(len(task.instances) for task in tasks),
            rejects=refused.rows,
            tasks_bytes=made.bytes,
            tasks_crc=made.crc,
            rejects_bytes=refused.bytes,
            rejects_crc=refused.crc,
            replies_bytes=at.replies_bytes,
            replies_from=self.replies.needed_from(),
        )

    def _completed(self, line: Line) -> Line:
        """Where the pool is stands on every line of its ledger, whoever commits."""
        if isinstance(line, Commit):
            return line
        return Commit(**line.model_dump(), position=self.position)

    def _refuse_changed(self, before: Manifest | None) -> None:
        if read_manifest(self.folder) != before:
            raise PoolBusyError(
                f"{self.folder}: another run has just changed this pool. Try again."
            )

    def sync(self) -> None:
        """Make everything durable; the order does not matter, since opening checks all files.

        Raises:
            DiskError: See :meth:`AppendFile.sync`.
        """
        self._journal.sync()

    def close(self) -> None:
        """Close the files and let others in."""
        self._journal.close()
