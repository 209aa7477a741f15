"""The ledger: a line per commit, with what it cost and how far the files of a stream have come.

Numbers of a line are those since the line before, so sums over all lines are the totals over all
runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from selfinstruct import jsonl
from selfinstruct.errors import PoolError
from selfinstruct.journal.step_counts import StepCount

LEDGER = "ledger.jsonl"
RECOVERED = "recovered"
"""The event of a line that takes back what files have lost."""


class Extent(BaseModel):
    """How much of a file is committed.

    Attributes:
        rows: Lines.
        bytes: Their size.
        crc: CRC-32 of these bytes.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    rows: int = 0
    bytes: int = 0
    crc: int = 0


class StreamAt(BaseModel):
    """Up to where a stream is committed.

    Attributes:
        name: The stream: its folder below that of the journal, or "" for that one itself.
        request: The number of the request that comes next.
        files: Of each of its files how much is committed, by its name in the stream's folder.
        replies_bytes: Up to where its replies are counted in the ledger.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str = ""
    request: int = 0
    files: dict[str, Extent] = Field(default_factory=dict)
    replies_bytes: int = 0


class Line(BaseModel):
    """One line of a ledger.

    Attributes:
        time: When, in UTC, as ISO 8601.
        event: What happened; ``recovered`` where files had lost their ends.
        teacher: The preset that answered.
        model: The model's name.
        steps: What the calls used, by step.
        unapplied: At the end of a run, the sampling fields that the teacher did not take as meant.
        stream: Whose commit it is, and up to where; None for the job that the folder is made for,
            which says so in its own way.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    time: str
    event: str
    teacher: str = ""
    model: str = ""
    steps: dict[str, StepCount] = Field(default_factory=dict)
    unapplied: tuple[str, ...] = ()
    stream: StreamAt | None = None

    def line(self) -> str:
        """The line, with its newline; empty parts are left out."""
        return jsonl.dumps(self.model_dump(mode="json", exclude_defaults=True)) + "\n"


LineT = TypeVar("LineT", bound=Line)


def read_lines(path: Path, size: int, kind: type[LineT]) -> Iterator[tuple[int, LineT]]:
    """Yield ``(line number, line)`` for the lines in the first ``size`` bytes of the ledger.

    Raises:
        PoolError: A line is damaged; it is named.
    """
    if not path.exists():
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise PoolError(f"{path}: cannot be read: {error.strerror}.") from error
    with file:
        read = 0
        for number, line in enumerate(file, 1):
            read += len(line)
            if read > size:
                return
            try:
                yield number, kind.model_validate(json.loads(line))
            except (ValueError, ValidationError, RecursionError) as error:
                if _is_newer(line, kind):
                    raise PoolError(
                        f"{path}:{number}: this line was written by a newer version of "
                        "selfinstruct. Upgrade to go on with this pool; nothing was changed."
                    ) from error
                raise PoolError(
                    f"{path}:{number}: this line of the ledger is damaged. Restore the file from a "
                    "copy; selfinstruct does not guess."
                ) from error


def _is_newer(line: bytes, kind: type[Line]) -> bool:
    """Whether a line that is not understood is whole, and holds something not known here."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(row, dict) and bool(row.keys() - kind.model_fields.keys())
