"""Whether a pool's files are what its ledger says, and what a rerun would make again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from selfinstruct.journal import REPLIES, checksum, size_of, whole_lines
from selfinstruct.pool.files import REJECTS, TASKS
from selfinstruct.pool.ledger import Position

EDITS = ("remove", "import")
"""Events of the ledger after which stored replies do not make all tasks again."""

ANEW = (
    "delete it and run the same command again, which makes all of it anew from the stored replies "
    "and buys nothing"
)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A file that is not what the ledger says.

    Attributes:
        path: The file.
        what: What is wrong with it.
        remedy: What to do.
    """

    path: Path
    what: str
    remedy: str


def restorable(folder: Path, position: Position, edited: Position | None) -> bool:
    """Whether stored replies make tasks and rejects again from the beginning."""
    replies = whole_lines(folder / REPLIES)
    return edited is None and replies > 0 and replies >= position.replies_bytes


def disagreements(
    folder: Path, position: Position, edited: Position | None
) -> Iterator[Disagreement]:
    """The files of the pool in ``folder`` that are not what its ledger says.

    Args:
        folder: The pool; it may be growing, for a commit writes the ledger last.
        position: Up to where it is committed.
        edited: Up to where tasks were last imported or taken out; None where nothing was.

    Raises:
        OSError: A file cannot be read.
    """
    anew = restorable(folder, position, edited)
    for name, size, crc in (
        (TASKS, position.tasks_bytes, position.tasks_crc),
        (REJECTS, position.rejects_bytes, position.rejects_crc),
    ):
        path = folder / name
        if what := _shorter(path, size):
            yield Disagreement(path, what, _of_shorter(folder, position, edited))
        elif size and checksum(path, size) != crc:
            remedy = f"Restore it from a copy, or {ANEW}." if anew else "Restore it from a copy."
            yield Disagreement(path, "is not what was committed", remedy)
    if what := _shorter(folder / REPLIES, position.replies_bytes):
        remedy = (
            "Tasks stay as they are; what is lost and needed again would be asked and paid for "
            "again. Restore it from a copy, if there is one."
        )
        yield Disagreement(folder / REPLIES, what, remedy)


def _shorter(path: Path, size: int) -> str:
    found = size_of(path)
    if found >= size:
        return ""
    if not path.exists():
        return "is missing"
    return f"has lost its end: {found:,} bytes of {size:,} are left"


def _of_shorter(folder: Path, position: Position, edited: Position | None) -> str:
    if whole_lines(folder / REPLIES) < max(1, position.replies_bytes):
        return "Restore it from a copy; replies that would make it again are lost too."
    start = edited or Position()
    tasks, rejects = size_of(folder / TASKS), size_of(folder / REJECTS)
    if tasks >= start.tasks_bytes and rejects >= start.rejects_bytes:
        return "Run the same command again: it makes what is lost from the stored replies."
    return (
        "Restore it from a copy: tasks were imported or taken out, which stored replies do not "
        "make again."
    )
