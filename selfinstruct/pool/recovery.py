"""What opening a pool finds: up to where its files agree, and what its rows say of the pool.

The files are compared as those of every stream are: see :mod:`selfinstruct.journal.recovery`. But
nothing goes back behind an import or a removal, which no reply would make again.
"""

from __future__ import annotations

import zlib
from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from selfinstruct.errors import PoolError
from selfinstruct.journal import LEDGER, REPLIES, rows_of, size_of, whole_lines
from selfinstruct.journal.ledger import RECOVERED, Extent
from selfinstruct.journal.lines import damaged
from selfinstruct.journal.recovery import cuts, reached, refuse_changed
from selfinstruct.lineage import Lineage
from selfinstruct.pool.agreement import ANEW, EDITS, restorable
from selfinstruct.pool.failures import Failure, Retries
from selfinstruct.pool.files import REJECTS, TASKS
from selfinstruct.pool.ledger import Commit, Position, commits
from selfinstruct.pool.rows import IMPORTED, Accepted, accepted_task, read_reject
from selfinstruct.tasks import Reason, Task

_RECENT = 1000  # requests of which the yield is remembered


@dataclass(frozen=True, slots=True)
class Scanned:
    """What is left of a pool's files.

    Attributes:
        position: The last commit that all files reach.
        ledger_bytes: The size of the ledger up to its last whole line.
        lines: Its lines.
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
    lines: list[Commit]
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


def scan(folder: Path) -> Scanned:
    """Read the files of the pool in ``folder``; nothing is changed.

    Args:
        folder: The pool.

    Raises:
        PoolError: A file is damaged; file and line are named.
    """
    refuse_lost(folder)
    ledger = folder / LEDGER
    size = whole_lines(ledger)
    lines = [commit for _, commit in commits(ledger, size)]
    history = [commit for commit in lines if commit.stream is None]
    notes = [f"{ledger} ended in a torn line; it was cut back."] if size_of(ledger) > size else []
    position = _reached(folder, history)
    notes += cuts(folder, position.extents)
    undone = _undone(history, position)
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
    return Scanned(
        position, size, lines, counted, accepted, offsets, removed, recent, retries, undone, notes
    )


def _reached(folder: Path, history: Sequence[Commit]) -> Position:
    edit = _last_of(history, *EDITS)
    start = [Position()] if edit is None else []
    positions = [*start, *(commit.position for commit in history[edit:])]
    place = reached(folder, [position.extents for position in positions])
    if place is not None:
        return positions[place]
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


def _undone(history: Sequence[Commit], position: Position) -> Commit | None:
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
        time="",
        event=RECOVERED,
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
    refuse_changed(tasks, crc, _extents(history, position, TASKS))
    crc = 0
    for number, line, row in rows_of(rejects, position.rejects_bytes):
        crc = zlib.crc32(line, crc)
        found, failed = read_reject(rejects, number, row)
        if found and row["reason"] == Reason.CONTAMINATED:
            removed.append(_removed(rejects, number, row))
            came = removed[-1].provenance
            told = Lineage(row["detail"])
            found = replace(
                found,
                task_id=removed[-1].id,
                row=-len(removed),
                until=told.until,
                since=came.lineage.since if came else None,
                order=came.lineage.order if came else 0,
            )
        accepted += [found] if found else []
        failures += [failed] if failed else []
        if row["candidate"] != IMPORTED:
            was_task = row["reason"] == Reason.CONTAMINATED
            if not was_task or Lineage(row["detail"]).lost is None:  # else its task stands there
                _count_recent(recent, row["request"], int(was_task), position)
    refuse_changed(rejects, crc, _extents(history, position, REJECTS))
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


def _extents(history: Sequence[Commit], position: Position, name: str) -> list[tuple[Extent, bool]]:
    """How much of a file each commit had, up to ``position``, and whether it took lines back."""
    since = [
        (commit.position.extents[name], commit.event == RECOVERED)
        for commit in history[_last_of(history, "remove") :]
    ]
    return [*since, (position.extents[name], True)]
