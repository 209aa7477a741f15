"""What opening a pool finds: up to where its files agree, and what must be cut back or refused.

Files are compared with the positions in the ledger, the last one first. Ends that no commit had
confirmed are cut; a file that has lost its end takes the pool back to a commit that it still
reaches; anything else that is wrong is named by its line and left alone.
"""

from __future__ import annotations

import shutil
import zlib
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from selfinstruct.errors import DiskError, PoolError
from selfinstruct.pool.agreement import ANEW, EDITS, restorable
from selfinstruct.pool.appending import checksum, size_of, whole_lines
from selfinstruct.pool.failures import Failure, Retries
from selfinstruct.pool.files import LEDGER, REJECTS, REPLIES, TASKS
from selfinstruct.pool.ledger import Commit, Position, commits
from selfinstruct.pool.rows import (
    IMPORTED,
    Accepted,
    accepted_task,
    damaged,
    read_reject,
    rows_of,
)
from selfinstruct.tasks import Reason, Task

_RECENT = 1000  # requests of which the yield is remembered


@dataclass(frozen=True, slots=True)
class Recovered:
    """What is left of a pool's files.

    Attributes:
        position: The last commit that all files reach.
        ledger_bytes: The size of the ledger up to its last whole line.
        counted: Up to which byte stored replies are counted in the ledger.
        accepted: All accepted instructions up to the position, in order.
        offsets: Where each finished task begins in ``tasks.jsonl``.
        removed: The tasks that were taken out, in that order.
        recent: Of the last requests, by number: tasks, and tasks and rejects together.
        retries: Which request numbers stand for failures of earlier runs.
        undone: The ledger line that takes back what was lost, without its time; None if nothing.
        notes: Sentences about what is cut back.
    """

    position: Position
    ledger_bytes: int
    counted: int
    accepted: list[Accepted]
    offsets: array[int]
    removed: list[Task]
    recent: dict[int, tuple[int, int]]
    retries: Retries
    undone: Commit | None
    notes: list[str]


def refuse_lost(folder: Path) -> None:
    """Refuse a pool that nothing can tell about any more.

    Raises:
        PoolError: The ledger is lost, and the stored replies do not make it again.
    """
    if whole_lines(folder / LEDGER) or not whole_lines(folder / TASKS):
        return
    if not whole_lines(folder / REPLIES) or _was_edited(folder):
        raise PoolError(
            f"{folder / LEDGER}: is missing or empty, but {TASKS} holds tasks, and stored replies "
            "do not make all of them again. Restore it from a copy."
        )


def _was_edited(folder: Path) -> bool:
    """Whether tasks were imported or taken out: stored replies know nothing of that."""
    size = whole_lines(folder / TASKS)
    came = (row.get("provenance") for _, _, row in rows_of(folder / TASKS, size))
    if any(isinstance(one, dict) and one.get("candidate") == IMPORTED for one in came):
        return True
    size = whole_lines(folder / REJECTS)
    rows = (row for _, _, row in rows_of(folder / REJECTS, size))
    return any(row.get("reason") == Reason.CONTAMINATED for row in rows)


def keep_copies(folder: Path, found: Recovered) -> list[str]:
    """Copy what is about to be cut off and holds whole lines; returns sentences about it.

    Stored replies normally make it again; should they be lost too, nothing is gone.

    Raises:
        DiskError: A copy cannot be written; nothing has been cut then.
    """
    kept = []
    sizes = ((TASKS, found.position.tasks_bytes), (REJECTS, found.position.rejects_bytes))
    for name, size in sizes:
        path = folder / name
        if whole_lines(path) <= size:
            continue
        number = next(n for n in range(1, 10_000) if not (folder / f"{name}.lost-{n}").exists())
        copy = folder / f"{name}.lost-{number}"
        try:
            shutil.copyfile(path, copy)
        except OSError as error:
            raise DiskError(f"{copy}: cannot be written: {error.strerror}.") from error
        kept.append(f"{path} is cut back; what it held is kept as {copy.name}.")
    return kept


def recover(folder: Path, now: str) -> Recovered:
    """Read the files of the pool in ``folder``; nothing is changed.

    Args:
        folder: The pool.
        now: The time of day for a line of the ledger.

    Raises:
        PoolError: A file is damaged; file and line are named.
    """
    refuse_lost(folder)
    ledger = folder / LEDGER
    size = whole_lines(ledger)
    history = [commit for _, commit in commits(ledger, size)]
    notes = [f"{ledger} ended in a torn line; it was cut back."] if size_of(ledger) > size else []
    position = _reached(folder, history)
    notes += _cuts(folder, position)
    undone = _undone(history, position, now)
    last = history[-1].position if history else Position()
    edit = _last_of(history, *EDITS)
    anew = restorable(folder, last, None if edit is None else history[edit].position)
    if undone is not None:
        stored = whole_lines(folder / REPLIES) >= last.replies_bytes
        notes.append(
            f"{folder}: files had lost their ends ({-undone.accepted} tasks); they are "
            + ("made again from the stored replies." if stored else "asked for again.")
        )
    try:
        accepted, offsets, removed, recent, failures = _load(folder, position, history)
    except OSError as error:
        raise PoolError(f"{folder}: cannot be read: {error.strerror}.") from error
    except PoolError as error:
        raise PoolError(f"{error} Or {ANEW}." if anew else str(error)) from error
    counted = last.replies_bytes
    assigned = {one[0]: (one[1], one[2]) for commit in history for one in commit.retries}
    retries = Retries(failures, assigned, position.request)
    return Recovered(
        position, size, counted, accepted, offsets, removed, recent, retries, undone, notes
    )


def _reached(folder: Path, history: Sequence[Commit]) -> Position:
    tasks, rejects = size_of(folder / TASKS), size_of(folder / REJECTS)
    edit = _last_of(history, *EDITS)
    start = [Position()] if edit is None else []
    for position in reversed([*start, *(commit.position for commit in history[edit:])]):
        if position.tasks_bytes <= tasks and position.rejects_bytes <= rejects:
            return position
    raise PoolError(
        f"{folder}: {TASKS} or {REJECTS} has lost what stood there when tasks were imported or "
        "taken out, which stored replies do not make again. Restore it from a copy."
    )


def _last_of(history: Sequence[Commit], *events: str) -> int | None:
    """The place of the last commit of such an event; None where there is none.

    Positions before a removal are of other files; behind an import, replies make nothing again.
    """
    places = (n for n in range(len(history) - 1, -1, -1) if history[n].event in events)
    return next(places, None)


def _cuts(folder: Path, position: Position) -> list[str]:
    committed = ((TASKS, position.tasks_bytes), (REJECTS, position.rejects_bytes))
    return [
        f"{folder / name} held {behind} bytes behind the last whole commit; they were cut back and "
        "are made again from the stored replies."
        for name, size in committed
        if (behind := size_of(folder / name) - size) > 0
    ]


def _undone(history: Sequence[Commit], position: Position, now: str) -> Commit | None:
    """A ledger line that takes lost tasks and rejects back; what calls used stays counted."""
    if not history or history[-1].position == position:
        return None
    last = history[-1].position
    rejected: Counter[str] = Counter()
    for commit in reversed(history):
        if commit.position == position:
            break
        rejected.update(commit.rejected)
    return Commit(
        time=now,
        event="recovered",
        accepted=position.tasks - last.tasks,
        rejected={reason: -count for reason, count in rejected.items() if count},
        position=position.model_copy(update={"replies_bytes": last.replies_bytes}),
    )


def _load(
    folder: Path, position: Position, history: Sequence[Commit]
) -> tuple[list[Accepted], array[int], list[Task], dict[int, tuple[int, int]], list[Failure]]:
    tasks, rejects = folder / TASKS, folder / REJECTS
    accepted: list[Accepted] = []
    offsets: array[int] = array("Q")
    removed: list[Task] = []
    recent: dict[int, tuple[int, int]] = {}
    failures: list[Failure] = []
    crc, offset = 0, 0
    for number, line, row in rows_of(tasks, position.tasks_bytes):
        crc = zlib.crc32(line, crc)
        offsets.append(offset)
        offset += len(line)
        accepted.append(task := accepted_task(tasks, number, row))
        if task.candidate != IMPORTED:
            _count_recent(recent, task.request, 1, position)
    _refuse_changed(tasks, crc, position.tasks_crc, history, "tasks")
    crc = 0
    for number, line, row in rows_of(rejects, position.rejects_bytes):
        crc = zlib.crc32(line, crc)
        found, failed = read_reject(rejects, number, row)
        if found and row["reason"] == Reason.CONTAMINATED:
            removed.append(_removed(rejects, number, row))
            until = row["detail"].get("until", 0)
            came = removed[-1].provenance
            found = replace(
                found,
                task_id=removed[-1].id,
                row=-len(removed),
                until=until,
                order=((came and came.model_extra) or {}).get("order", 0),
            )
        accepted += [found] if found else []
        failures += [failed] if failed else []
        if row["candidate"] != IMPORTED:
            was_task = row["reason"] == Reason.CONTAMINATED
            _count_recent(recent, row["request"], int(was_task), position)
    _refuse_changed(rejects, crc, position.rejects_crc, history, "rejects")
    accepted.sort(key=lambda item: (item.request, item.candidate, item.order))
    return accepted, offsets, removed, recent, failures


def _removed(path: Path, number: int, row: dict[str, Any]) -> Task:
    try:
        return Task.model_validate(row["detail"]["task"])
    except (KeyError, ValidationError) as error:
        raise damaged(path, number) from error


def _count_recent(
    recent: dict[int, tuple[int, int]], request: int, tasks: int, position: Position
) -> None:
    if request >= position.request - _RECENT:
        accepted, candidates = recent.get(request, (0, 0))
        recent[request] = (accepted + tasks, candidates + 1)


def _refuse_changed(
    path: Path, crc: int, expected: int, history: Sequence[Commit], name: str
) -> None:
    if crc == expected:
        return
    start, before, first = 0, 0, 1
    for commit in history[_last_of(history, "remove") :]:
        row = commit.position.model_dump()
        size, lines = row[f"{name}_bytes"], row[name]
        if commit.event == "recovered":
            start, before, first = size, row[f"{name}_crc"], lines + 1
            continue
        crc = checksum(path, size, before, start)
        if crc != row[f"{name}_crc"]:
            raise PoolError(
                f"{path}:{first}: lines {first} to {lines} are not those that were committed. "
                "Restore the file from a copy; selfinstruct does not guess."
            )
        start, before, first = size, crc, lines + 1
