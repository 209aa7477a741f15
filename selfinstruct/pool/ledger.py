"""The pool's lines of the ledger: what a commit added, and up to where the pool is committed.

The position stands on every line, also on those of other jobs that ride on the pool's journal: so
the last line always says where the pool is, and the first release reads it there too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from selfinstruct import jsonl
from selfinstruct.journal import Extent, Line, read_lines
from selfinstruct.pool.files import REJECTS, TASKS

# The order of the keys on a line.
_ORDER = (
    "time",
    "event",
    "teacher",
    "model",
    "accepted",
    "rejected",
    "steps",
    "retries",
    "unapplied",
    "stream",
)


@dataclass(frozen=True, slots=True)
class After:
    """Where a run goes on after a commit; the fields are those of :class:`Position`."""

    request: int
    candidate: int = 0
    reply: str = ""
    reply_base: int = 0


class Position(BaseModel):
    """Up to where the pool is committed.

    Attributes:
        request: The request that comes next, or whose candidates are not all committed.
        candidate: How many candidates of that request are committed already.
        reply: The key of the reply they came from, where the request is half committed.
        reply_base: The number of that reply's first candidate.
        tasks: Finished tasks.
        instances: Their instances.
        rejects: Rejects.
        tasks_bytes: Committed size of ``tasks.jsonl``; likewise the other sizes.
        tasks_crc: CRC-32 of those bytes; likewise the other checksum.
        rejects_bytes: See above.
        rejects_crc: See above.
        replies_bytes: Up to where ``replies.jsonl`` is counted in the ledger.
        replies_from: From where stored replies may still be needed to go on.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    request: int = 0
    candidate: int = 0
    reply: str = ""
    reply_base: int = 0
    tasks: int = 0
    instances: int = 0
    rejects: int = 0
    tasks_bytes: int = 0
    tasks_crc: int = 0
    rejects_bytes: int = 0
    rejects_crc: int = 0
    replies_bytes: int = 0
    replies_from: int = 0

    @property
    def after(self) -> After:
        """Where a run goes on that has committed nothing since."""
        return After(self.request, self.candidate, self.reply, self.reply_base)

    @property
    def extents(self) -> dict[str, Extent]:
        """How much of each file is committed."""
        return {
            TASKS: Extent(rows=self.tasks, bytes=self.tasks_bytes, crc=self.tasks_crc),
            REJECTS: Extent(rows=self.rejects, bytes=self.rejects_bytes, crc=self.rejects_crc),
        }


class Commit(Line):
    """One line of a pool's ``ledger.jsonl``.

    Its event is ``commit``, ``run`` (a run ended), ``import`` (tasks from elsewhere), ``remove``
    (tasks taken out), ``retry`` (a run asks again what had failed) or ``recovered`` (files had lost
    their ends). What was taken out or lost is counted below 0. Lines of other jobs have a stream,
    and events of their own.

    Attributes:
        accepted: Tasks added.
        rejected: Rejects added, by reason.
        retries: With ``retry``, which request number stands for which failure: ``[number,
            request, candidate]``, with null for a request that had failed as a whole.
        position: Where the pool's files ended.
    """

    accepted: int = 0
    rejected: dict[str, int] = Field(default_factory=dict)
    retries: tuple[tuple[int, int, int | None], ...] = ()
    position: Position

    def line(self) -> str:
        """The line, with its newline; empty parts are left out."""
        said: dict[str, Any] = self.model_dump(mode="json", exclude_defaults=True)
        row = {name: said[name] for name in _ORDER if name in said}
        return jsonl.dumps(row | {"position": self.position.model_dump()}) + "\n"


def commits(path: Path, size: int) -> Iterator[tuple[int, Commit]]:
    """Yield ``(line number, commit)`` for the lines in the first ``size`` bytes of the ledger.

    Raises:
        PoolError: A line is damaged; it is named.
    """
    return read_lines(path, size, Commit)
