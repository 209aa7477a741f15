"""Opening a pool and committing to it.

A commit appends to ``tasks.jsonl`` and ``rejects.jsonl`` and ends with one line of the ledger.
On opening, the files are cut back to the last commit that all of them reach; what lies behind
it was never committed and is made again from the stored replies.
"""

from __future__ import annotations

import dataclasses
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from selfinstruct import jsonl
from selfinstruct.errors import DiskError, PoolBusyError, PoolError
from selfinstruct.pool import removing
from selfinstruct.pool.appending import AppendFile
from selfinstruct.pool.failures import Failure
from selfinstruct.pool.ledger import Commit, Position
from selfinstruct.pool.lock import PoolLock
from selfinstruct.pool.manifest import Manifest, read_manifest
from selfinstruct.pool.recovery import (
    LEDGER,
    REJECTS,
    REPLIES,
    SEEDS,
    TASKS,
    keep_copies,
    recover,
)
from selfinstruct.pool.rows import Accepted
from selfinstruct.pool.store import ReplyStore
from selfinstruct.tasks import Reason, Reject, Task


@dataclass(frozen=True, slots=True)
class After:
    """Where a run goes on after a commit; the fields are those of :class:`Position`."""

    request: int
    candidate: int = 0
    reply: str = ""
    reply_base: int = 0


class Pool:
    """A pool opened for writing. Close it, or use it in a ``with`` statement.

    Attributes:
        folder: Where it is.
        manifest: What it was made with.
        position: Up to where it is committed.
        replies: Its store of replies.
        notes: Sentences about what was cut back on opening.
        broken: Whether a commit failed; nothing more is committed then.
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
        self.broken = False
        self.notes: list[str] = []
        self._now = now
        make_folder(folder)
        self._lock = PoolLock(folder)
        try:
            self.manifest = manifest
            self._refuse_changed(before)
            if before != manifest or not (folder / SEEDS).exists():
                for name, text in ((SEEDS, seeds), *(files or {}).items()):
                    jsonl.write_whole(folder / name, text)
                manifest.write(folder)
            removing.finish(folder)
            found = recover(folder, now())
            self.notes += keep_copies(folder, found)
            self.position = found.position
            self.notes += found.notes
            self._accepted = found.accepted
            self._recent = found.recent
            self._offsets = found.offsets
            self._removed = found.removed
            self._retries = found.retries
            at = found.position
            self._tasks = AppendFile(folder / TASKS, at.tasks_bytes, at.tasks_crc)
            self._rejects = AppendFile(folder / REJECTS, at.rejects_bytes, at.rejects_crc)
            self.replies = ReplyStore(folder / REPLIES, at.replies_from, found.counted)
            if self.replies.torn:
                self.notes.append(f"{folder / REPLIES} ended in a torn line; it was cut back.")
            self._ledger = AppendFile(folder / LEDGER, found.ledger_bytes, 0)
            if found.undone is not None or self.replies.shorter:
                self._write_recovery(found.undone, now())
        except BaseException:  # the lock must not outlive a pool that did not open
            self._lock.release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

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
            self._ledger.append(line.line())
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
        try:
            self._tasks.append("".join(lines))
            self._rejects.append(jsonl.lines(rows))
            self.replies.forget_below(after.request)
            position = self._position_after(after, tasks, rejects)
            commit = Commit(
                time=self._now(),
                event=event,
                teacher=teacher,
                model=model,
                accepted=len(tasks),
                rejected=dict(Counter(reject.reason.value for _, _, reject in rejects)),
                steps=self.replies.uncounted,
                unapplied=tuple(unapplied),
                position=position,
            )
            self._ledger.append(commit.line())
        except DiskError:
            self.broken = True
            self._tasks.cut_back(self.position.tasks_bytes, self.position.tasks_crc)
            self._rejects.cut_back(self.position.rejects_bytes, self.position.rejects_crc)
            raise
        offset = self.position.tasks_bytes
        for line in lines:
            self._offsets.append(offset)
            offset += len(line.encode("utf-8", "replace"))
        self.replies.uncounted = {}
        self.position = position

    def remove(self, gone: Mapping[int, Mapping[str, Any]], reason: Reason) -> None:
        """Take finished tasks out; they become rejects, whole, and novelty keeps counting them.

        The pool must be closed afterwards: what it holds in memory is not what it was.

        Args:
            gone: By the place of each task, from 0, the detail of its reject.
            reason: Why.

        Raises:
            DiskError: A file cannot be written; the pool is as before, or opening it finishes this.
        """
        tasks = {place: self.task(place) for place in gone}
        out = removing.Out(tasks, gone, reason, self._now())
        self.broken = True
        removing.take_out(self.folder, self.position, out, self._rejects, self._ledger)

    def _position_after(
        self, after: After, tasks: Sequence[Task], rejects: Sequence[object]
    ) -> Position:
        return Position(
            **dataclasses.asdict(after),
            tasks=self.position.tasks + len(tasks),
            instances=self.position.instances + sum(len(task.instances) for task in tasks),
            rejects=self.position.rejects + len(rejects),
            tasks_bytes=self._tasks.size,
            tasks_crc=self._tasks.crc,
            rejects_bytes=self._rejects.size,
            rejects_crc=self._rejects.crc,
            replies_bytes=self.replies.size,
            replies_from=self.replies.needed_from(),
        )

    def _refuse_changed(self, before: Manifest | None) -> None:
        if read_manifest(self.folder) != before:
            raise PoolBusyError(
                f"{self.folder}: another run has just changed this pool. Try again."
            )

    def _write_recovery(self, undone: Commit | None, now: str) -> None:
        # Offsets into a file that has become shorter would point into the middle of later lines.
        whole = undone or Commit(time=now, event="recovered", position=self.position)
        size = self.replies.size
        self.position = whole.position.model_copy(
            update={
                "replies_bytes": min(whole.position.replies_bytes, size),
                "replies_from": min(whole.position.replies_from, size),
            }
        )
        self._ledger.append(whole.model_copy(update={"position": self.position}).line())

    def sync(self) -> None:
        """Make everything durable; the order does not matter, since opening checks all files.

        Raises:
            DiskError: See :meth:`AppendFile.sync`.
        """
        for file in (self.replies, self._tasks, self._rejects, self._ledger):
            file.sync()

    def close(self) -> None:
        """Close the files and let others in."""
        for file in (self.replies, self._tasks, self._rejects, self._ledger):
            file.close()
        self._lock.release()


def task_at(folder: Path, offset: int) -> Task:
    """The finished task that begins at byte ``offset`` of ``tasks.jsonl``."""
    with (folder / TASKS).open("rb") as file:
        file.seek(offset)
        return Task.model_validate_json(file.readline())


def make_folder(folder: Path) -> None:
    """Make the pool's folder, and make sure that it is one and can be written.

    Raises:
        PoolError: It is a file, or cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise PoolError(f"{folder}: is a file; a pool is a folder. Name another path.") from error
    except OSError as error:
        raise PoolError(f"{folder}: cannot be made: {error.strerror}.") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PoolError(f"{folder}: is read-only. Change its permissions or name another path.")
