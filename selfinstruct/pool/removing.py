"""Taking tasks out of a pool again, so that a crash at any point leaves it as before or as after.

The tasks that stay are written to ``tasks.jsonl.next``; the others are appended to
``rejects.jsonl``, whole, with the reason; then a line of the ledger says where both files end. From
that line on the removal has happened: opening the pool finishes it, by putting the new file in the
place of the old one. Without the line the new file is dropped.
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from selfinstruct import jsonl
from selfinstruct.errors import DiskError, PoolBusyError
from selfinstruct.pool.appending import checksum, size_of, whole_lines
from selfinstruct.pool.ledger import Commit, commits
from selfinstruct.pool.lock import PoolLock
from selfinstruct.pool.recovery import LEDGER, TASKS
from selfinstruct.tasks import Reason, Reject, Task

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
        lock = PoolLock(folder)
        try:
            finish(folder)
        finally:
            lock.release()


def _is_of(path: Path, commit: Commit) -> bool:
    at = commit.position
    size = size_of(path)
    return size == at.tasks_bytes and checksum(path, size) == at.tasks_crc


def stage(folder: Path, size: int, numbers: Sequence[int]) -> tuple[int, int]:
    """Write what stays of the first ``size`` bytes of the tasks; returns its size and CRC-32.

    Args:
        folder: The pool.
        size: The committed size of its tasks.
        numbers: Which tasks go, by their place from 0.

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
            if place not in gone:
                new.write(line)
                written += len(line)
                crc = zlib.crc32(line, crc)
    return written, crc


def put_in_place(folder: Path) -> None:
    """Put the staged tasks in the place of the old ones.

    Raises:
        DiskError: They cannot be moved; opening the pool tries again.
    """
    try:
        (folder / _NEXT).replace(folder / TASKS)
    except OSError as error:
        raise DiskError(f"{folder / _NEXT}: cannot be moved: {error.strerror}.") from error
    jsonl.sync_folder(folder)


def drop(folder: Path) -> None:
    """Forget the staged tasks."""
    with contextlib.suppress(OSError):
        (folder / _NEXT).unlink()


def rejected(
    task: Task, reason: Reason, detail: Mapping[str, Any], until: int
) -> tuple[int, int, Reject]:
    """The refusal of a finished task, which keeps all of it; later ones must differ from it still.

    Args:
        task: The task.
        reason: Why it goes.
        detail: What a person needs to understand that.
        until: The request that comes next.

    Returns:
        The request and the candidate number that the task had, and the reject.
    """
    row = task.model_dump(mode="json")
    came = row.get("provenance") or {}
    judged = came.get("judged") == "input"
    text = task.instances[0].input if judged else task.instruction
    whole = {"instruction_accepted": True, **detail, "until": until, "task": row}
    return int(came["request"]), int(came["candidate"]), Reject(text, reason, whole)
