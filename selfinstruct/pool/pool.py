"""Opening a pool, committing to it, and looking at it.

A commit appends to ``tasks.jsonl`` and ``rejects.jsonl`` and ends with one line of the ledger.
On opening, the files are cut back to the last commit that all of them reach; what lies behind
it was never committed and is made again from the stored replies.
"""

from __future__ import annotations

import json
import os
import zlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selfinstruct import jsonl
from selfinstruct.errors import PoolError
from selfinstruct.pool.appending import AppendFile, checksum, size_of, whole_lines
from selfinstruct.pool.ledger import Commit, Position, StepCount, commits
from selfinstruct.pool.lock import PoolLock
from selfinstruct.pool.manifest import Manifest, read_manifest
from selfinstruct.pool.store import ReplyStore
from selfinstruct.tasks import Reason, Reject, Task

TASKS, REJECTS, LEDGER, REPLIES = "tasks.jsonl", "rejects.jsonl", "ledger.jsonl", "replies.jsonl"


@dataclass(frozen=True, slots=True)
class Accepted:
    """An instruction that had passed the filters, in the order of acceptance.

    Attributes:
        request: The request whose reply held it.
        candidate: Its place in that reply.
        instruction: The text.
        task_id: The id of the finished task; None where no task came of it.
    """

    request: int
    candidate: int
    instruction: str
    task_id: str | None


@dataclass(slots=True)
class Snapshot:
    """A pool at a glance, as :func:`look` reads it without holding the lock."""

    manifest: Manifest
    position: Position
    accepted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    steps: dict[str, StepCount] = field(default_factory=dict)
    runs: int = 0
    models: list[str] = field(default_factory=list)
    last_time: str = ""
    pending_bytes: int = 0

    def take(self, commit: Commit) -> None:
        """Add one line of the ledger."""
        self.accepted += commit.accepted
        self.rejected.update(commit.rejected)
        for step, count in commit.steps.items():
            self.steps.setdefault(step, StepCount()).add(count)
        self.runs += commit.event == "run"
        name = f"{commit.teacher} {commit.model}".strip()
        if name and name not in self.models:
            self.models.append(name)
        self.position, self.last_time = commit.position, commit.time


class Pool:
    """A pool opened for writing. Close it, or use it in a ``with`` statement.

    Attributes:
        folder: Where it is.
        manifest: What it was made with.
        position: Up to where it is committed.
        replies: Its store of replies.
        notes: Sentences about what was cut back on opening.
    """

    def __init__(self, folder: Path, manifest: Manifest, now: Callable[[], str]) -> None:
        """Open or make the pool; ``manifest`` is written where there is none yet.

        Args:
            folder: The pool's folder; its parent must exist or be creatable.
            manifest: What the run wants. The caller has compared it with the pool's own.
            now: The time of day for the ledger.

        Raises:
            PoolError: The folder cannot be used, or a file in it is damaged.
            PoolBusyError: Another run holds it.
            DiskError: It cannot be written.
        """
        self.folder = folder
        self.notes: list[str] = []
        self._now = now
        make_folder(folder)
        self._lock = PoolLock(folder)
        try:
            self.manifest = manifest
            if read_manifest(folder) != manifest:
                manifest.write(folder)
            self._open()
        except BaseException:  # the lock must not outlive a pool that did not open
            self._lock.release()
            raise

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def accepted(self) -> Iterator[Accepted]:
        """All accepted instructions in order: tasks, and those that no task came of."""
        yield from self._accepted

    def task(self, number: int) -> Task:
        """The finished task number ``number``, from 0, read back from disk."""
        with (self.folder / TASKS).open("rb") as file:
            file.seek(self._offsets[number])
            return Task.model_validate_json(file.readline())

    def commit(
        self,
        tasks: Sequence[Task],
        rejects: Sequence[tuple[int, int, Reject]],
        *,
        request: int,
        candidate: int,
        teacher: str,
        model: str,
        event: str = "commit",
    ) -> Commit:
        """Append tasks and rejects, and end the commit with a ledger line.

        Args:
            tasks: Finished tasks, in order.
            rejects: Rejects in order, each with its request and candidate number.
            request: The request that comes next, or is half committed.
            candidate: How many of its candidates are committed.
            teacher: The preset that answered.
            model: The model's name.
            event: ``commit``, or ``run`` for the last line of a run.

        Raises:
            DiskError: A file cannot be written; the pool opens again at the commit before.
        """
        lines = [jsonl.dumps(task.model_dump(mode="json")) + "\n" for task in tasks]
        offset = self._tasks.size
        for line in lines:
            self._offsets.append(offset)
            offset += len(line.encode())
        self._tasks.append("".join(lines))
        rows = (reject.row(number) | {"candidate": place} for number, place, reject in rejects)
        self._rejects.append(jsonl.lines(rows))
        self.replies.forget_below(request)
        self.position = Position(
            request=request,
            candidate=candidate,
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
        commit = Commit(
            time=self._now(),
            event=event,
            teacher=teacher,
            model=model,
            accepted=len(tasks),
            rejected=dict(Counter(reject.reason.value for _, _, reject in rejects)),
            steps=self.replies.take_uncounted(),
            position=self.position,
        )
        self._ledger.append(commit.line())
        return commit

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

    def _open(self) -> None:
        path = self.folder / LEDGER
        size = whole_lines(path)
        if size_of(path) > size:
            self.notes.append(f"{path} ended in a torn line; it was cut back.")
        history = [commit for _, commit in commits(path, size)]
        self._refuse_without_history(bool(history))
        last = history[-1] if history else None
        reached = self._reached([Position(), *(commit.position for commit in history)])
        self._say_cuts(reached)
        self.position = reached
        self._offsets = array("Q")
        self._accepted = self._load(history)
        self._tasks = AppendFile(self.folder / TASKS, reached.tasks_bytes, reached.tasks_crc)
        self._rejects = AppendFile(
            self.folder / REJECTS, reached.rejects_bytes, reached.rejects_crc
        )
        counted = last.position.replies_bytes if last else 0
        self.replies = ReplyStore(self.folder / REPLIES, reached.replies_from, counted)
        if self.replies.torn:
            self.notes.append(f"{self.folder / REPLIES} ended in a torn line; it was cut back.")
        self._ledger = AppendFile(path, size, 0)
        if last and reached != last.position:
            self._write_recovery(last, reached, history)

    def _refuse_without_history(self, has_history: bool) -> None:
        # Without a ledger nobody knows what was committed; only stored replies can tell.
        if has_history or not size_of(self.folder / TASKS) or size_of(self.folder / REPLIES):
            return
        raise PoolError(
            f"{self.folder / LEDGER}: is missing or empty, but {TASKS} holds tasks. Restore it "
            "from a copy."
        )

    def _reached(self, positions: list[Position]) -> Position:
        """The last position that the files, as they are now, still reach."""
        tasks, rejects = size_of(self.folder / TASKS), size_of(self.folder / REJECTS)
        return next(
            position
            for position in reversed(positions)
            if position.tasks_bytes <= tasks and position.rejects_bytes <= rejects
        )

    def _say_cuts(self, reached: Position) -> None:
        for name, committed in ((TASKS, reached.tasks_bytes), (REJECTS, reached.rejects_bytes)):
            if (behind := size_of(self.folder / name) - committed) > 0:
                self.notes.append(
                    f"{self.folder / name} held {behind} bytes that no commit had confirmed; they "
                    "were cut back and are made again from the stored replies."
                )

    def _write_recovery(self, last: Commit, reached: Position, history: list[Commit]) -> None:
        lost = last.position.tasks - reached.tasks
        self.notes.append(
            f"{self.folder}: files had lost their ends ({lost} tasks); they are made again from "
            "the stored replies."
        )
        # What the calls used stays counted; tasks and rejects are taken back.
        undone: Counter[str] = Counter()
        for commit in reversed(history):
            if commit.position == reached:
                break
            undone.update(commit.rejected)
        self._ledger.append(
            Commit(
                time=self._now(),
                event="recovered",
                accepted=-lost,
                rejected={reason: -count for reason, count in undone.items() if count},
                position=reached.model_copy(update={"replies_bytes": last.position.replies_bytes}),
            ).line()
        )

    def _load(self, history: list[Commit]) -> list[Accepted]:
        tasks, rejects = self.folder / TASKS, self.folder / REJECTS
        accepted: list[Accepted] = []
        try:
            crc, offset = 0, 0
            for number, line, row in _rows(tasks, self.position.tasks_bytes):
                crc = zlib.crc32(line, crc)
                self._offsets.append(offset)
                offset += len(line)
                accepted.append(_accepted_task(tasks, number, row))
            self._same(tasks, crc, self.position.tasks_crc, history, "tasks")
            crc = 0
            for number, line, row in _rows(rejects, self.position.rejects_bytes):
                crc = zlib.crc32(line, crc)
                if found := _accepted_reject(rejects, number, row):
                    accepted.append(found)
            self._same(rejects, crc, self.position.rejects_crc, history, "rejects")
        except OSError as error:
            raise PoolError(f"{self.folder}: cannot be read: {error.strerror}.") from error
        accepted.sort(key=lambda item: (item.request, item.candidate))
        return accepted

    def _same(self, path: Path, crc: int, expected: int, history: list[Commit], name: str) -> None:
        if crc == expected:
            return
        start, before, first = 0, 0, 1
        for commit in history:
            row = commit.position.model_dump()
            size, lines = row[f"{name}_bytes"], row[name]
            crc = checksum(path, size, before, start)
            if crc != row[f"{name}_crc"]:
                raise PoolError(
                    f"{path}:{first}: lines {first} to {lines} are not those that were committed. "
                    "Restore the file from a copy; selfinstruct does not guess."
                )
            start, before, first = size, crc, lines + 1


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


def look(folder: Path) -> Snapshot:
    """A pool at a glance, from its manifest and ledger; nothing is locked, cut or written.

    Raises:
        PoolError: It is no pool, or a file in it is damaged.
    """
    manifest = read_manifest(folder) if folder.is_dir() else None
    if manifest is None:
        raise PoolError(f"{folder}: is no pool (it has no manifest.json).")
    snapshot = Snapshot(manifest, Position())
    ledger = folder / LEDGER
    for _, commit in commits(ledger, whole_lines(ledger)):
        snapshot.take(commit)
    snapshot.pending_bytes = size_of(folder / REPLIES) - snapshot.position.replies_from
    return snapshot


def _rows(path: Path, size: int) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
    if not size:
        return
    with path.open("rb") as file:
        read = 0
        for number, line in enumerate(file, 1):
            if read >= size:
                return
            read += len(line)
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise PoolError(f"{path}:{number}: {_DAMAGED}") from error
            if not isinstance(row, dict):
                raise PoolError(f"{path}:{number}: {_DAMAGED}")
            yield number, line, row


_DAMAGED = "this line is damaged. Restore the file from a copy; selfinstruct does not guess."


def _accepted_task(path: Path, number: int, row: dict[str, Any]) -> Accepted:
    try:
        came = row["provenance"]
        return Accepted(came["request"], came["candidate"], row["instruction"], row["id"])
    except (KeyError, TypeError) as error:
        raise PoolError(f"{path}:{number}: {_DAMAGED}") from error


def _accepted_reject(path: Path, number: int, row: dict[str, Any]) -> Accepted | None:
    try:
        reject = Reject(row["text"], Reason(row["reason"]), row["detail"])
        if not reject.instruction_accepted:
            return None
        return Accepted(row["request"], row["candidate"], reject.text, None)
    except (KeyError, TypeError, ValueError) as error:
        raise PoolError(f"{path}:{number}: {_DAMAGED}") from error
