"""Taking tasks out of a pool again, so that a crash at any point leaves it as before or as after.

The tasks that stay are written to ``tasks.jsonl.next``; the others are appended to
``rejects.jsonl``, whole, with the reason; then a line of the ledger says where both files end. From
that line on the removal has happened: opening the pool finishes it, by putting the new file in the
place of the old one. Without the line the new file is dropped.
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfinstruct import jsonl, lineage
from selfinstruct.errors import DiskError, PoolBusyError
from selfinstruct.journal import LEDGER, AppendFile, FolderLock, checksum, size_of, whole_lines
from selfinstruct.pool.files import TASKS
from selfinstruct.pool.ledger import Commit, Position, commits
from selfinstruct.tasks import Reason, Reject, Task, task_id

EVENT = "remove"
_NEXT = f"{TASKS}.next"


def finish(folder: Path) -> None:
    """Finish a removal that was cut short, or undo what of it was never committed.

    Raises:
        DiskError: The folder cannot be written.
    """
    path = folder / _NEXT
    if not path.exists():
        return
    ledger = folder / LEDGER
    last: Commit | None = None
    for _, commit in commits(ledger, whole_lines(ledger)):
        last = commit
    try:
        if last is not None and last.event == EVENT and _is_of(path, last):
            path.replace(folder / TASKS)
            jsonl.sync_folder(folder)
        else:
            path.unlink()
    except OSError as error:
        raise DiskError(f"{path}: cannot be moved: {error.strerror}.") from error


def settle(folder: Path) -> None:
    """:func:`finish` for those who only look; a run that holds the pool has done it."""
    if not (folder / _NEXT).exists():
        return
    with contextlib.suppress(PoolBusyError, DiskError):
        lock = FolderLock(folder)
        try:
            finish(folder)
        finally:
            lock.release()


def _is_of(path: Path, commit: Commit) -> bool:
    at = commit.position
    size = size_of(path)
    return size == at.tasks_bytes and checksum(path, size) == at.tasks_crc


@dataclass(frozen=True, slots=True)
class Out:
    """What is to be taken out.

    Attributes:
        tasks: The tasks, by their place from 0.
        details: Of each the detail of its reject.
        lost: Which instances go of those tasks of which some stay; the others go whole.
        reason: Why.
        time: The time of day for the ledger.
    """

    tasks: Mapping[int, Task]
    details: Mapping[int, Mapping[str, Any]]
    lost: Mapping[int, Sequence[int]]
    reason: Reason
    time: str


def take_out(folder: Path, at: Position, out: Out, rejects: AppendFile, ledger: AppendFile) -> None:
    """Take tasks out of the pool in ``folder``.

    Args:
        folder: The pool.
        at: Up to where it is committed.
        out: What goes.
        rejects: Its file of rejects, open for writing.
        ledger: Its ledger, open for writing.

    Raises:
        DiskError: A file cannot be written; the pool is as before, or opening it finishes this.
    """
    rows = [
        _rejected(task, out.reason, out.details[place], at.request, out.lost.get(place))
        for place, task in out.tasks.items()
    ]
    left = {place: _left(out.tasks[place], lost, at.request) for place, lost in out.lost.items()}
    gone = len(rows) - len(left)
    instances = sum(len(one.instances) for one in out.tasks.values())
    instances -= sum(len(one.instances) for one in left.values())
    size, crc = _stage(folder, at.tasks_bytes, out.tasks.keys(), left)
    try:
        rejects.append(
            jsonl.lines(one.row(number) | {"candidate": place} for number, place, one in rows)
        )
        rejects.sync()
        position = at.model_copy(
            update={
                "tasks": at.tasks - gone,
                "instances": at.instances - instances,
                "rejects": at.rejects + len(rows),
                "tasks_bytes": size,
                "tasks_crc": crc,
                "rejects_bytes": rejects.size,
                "rejects_crc": rejects.crc,
            }
        )
        line = Commit(
            time=out.time,
            event=EVENT,
            accepted=-gone,
            rejected={out.reason.value: len(rows)},
            position=position,
        )
        ledger.append(line.line())
    except DiskError:
        with contextlib.suppress(OSError):
            (folder / _NEXT).unlink()
        raise
    ledger.sync()
    try:
        (folder / _NEXT).replace(folder / TASKS)
    except OSError as error:
        raise DiskError(f"{folder / _NEXT}: cannot be moved: {error.strerror}.") from error
    jsonl.sync_folder(folder)


def _left(task: Task, lost: Sequence[int], until: int) -> Task:
    """What stays of ``task``, with the id of its content."""
    cases = tuple(case for place, case in enumerate(task.instances) if place not in lost)
    kind, came = task.is_classification, task.provenance
    told = came and came.model_copy(update=lineage.trimmed(until))
    identity = task_id(task.instruction, cases, is_classification=kind)
    return task.model_copy(update={"id": identity, "instances": cases, "provenance": told})


def _line(task: Task) -> bytes:
    return (jsonl.dumps(task.model_dump(mode="json")) + "\n").encode("utf-8", "replace")


def _stage(
    folder: Path, size: int, numbers: Iterable[int], left: Mapping[int, Task]
) -> tuple[int, int]:
    """Write what stays of the first ``size`` bytes of the tasks; returns its size and CRC-32.

    Args:
        folder: The pool.
        size: The committed size of its tasks.
        numbers: Which tasks go, by their place from 0.
        left: Of those of which something stays, what.

    Raises:
        DiskError: It cannot be written.
    """
    gone = set(numbers)
    written, crc, read = 0, 0, 0
    with (folder / TASKS).open("rb") as old, jsonl.whole_file(folder / _NEXT) as new:
        for place, line in enumerate(old):
            if read >= size:
                break
            read += len(line)
            if place in gone and place not in left:
                continue
            kept = line if place not in left else _line(left[place])
            new.write(kept)
            written += len(kept)
            crc = zlib.crc32(kept, crc)
    return written, crc


def _rejected(
    task: Task,
    reason: Reason,
    detail: Mapping[str, Any],
    until: int,
    lost: Sequence[int] | None,
) -> tuple[int, int, Reject]:
    """The refusal of a finished task, which keeps all of it; later ones must differ from it still.

    Args:
        task: The task.
        reason: Why it goes.
        detail: What a person needs to understand that.
        until: The request that comes next.
        lost: Which of its instances go; None where it goes whole.

    Returns:
        The request and the candidate number that the task had, and the reject.
    """
    row = task.model_dump(mode="json")
    came = row.get("provenance") or {}
    told = lineage.Lineage(came)
    text = task.instances[0].input if told.judges_input else task.instruction
    whole = lineage.accepted() | dict(detail) | lineage.removed(until, row, lost)
    return int(came["request"]), told.candidate, Reject(text, reason, whole)
