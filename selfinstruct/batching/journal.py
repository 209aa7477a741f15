"""The journal of batches: what was planned, sent and collected, each step synced before the next.

A row is a step. What a batch has come to is the fold of its rows, so a process may end anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from selfinstruct import jsonl
from selfinstruct.errors import PoolError
from selfinstruct.journal.files import AppendFile, whole_lines
from selfinstruct.journal.lines import lines_of
from selfinstruct.teachers.base import Usage
from selfinstruct.teachers.batching import Parcel
from selfinstruct.teachers.budget import Price

JOURNAL = "batches.jsonl"
FOLDER = "batches"


class Step(StrEnum):
    """What has happened to a batch, in this order; the last three end it."""

    PLANNED = "planned"  # its file is written
    UPLOADED = "uploaded"  # the file is there, and costs nothing
    CREATING = "creating"  # it is about to be ordered: from here on it may have been
    CREATED = "created"  # the server has named it
    CANCELLED = "cancelled"  # it was told to end early
    ENDED = "ended"  # nothing more comes of it
    COLLECTING = "collecting"  # its lines are being stored
    COLLECTED = "collected"
    LOST = "lost"  # nothing comes of it: refused, or forgotten


_OVER = (Step.COLLECTED, Step.LOST)


class Planned(BaseModel):
    """What a batch is.

    Attributes:
        transport: How it goes out.
        teacher: The preset that is asked.
        model: Its model.
        address: Where it goes, without anything secret; "" for the folder.
        endpoint: Where its requests go.
        mark: What it is called everywhere: see :class:`Parcel`.
        lines: Its requests.
        bytes: The size of its file.
        sha256: The digest of the file.
        highest_request: The highest number of a request that it was noted for.
        prompt_tokens: The most tokens that its prompts can have.
        completion_tokens: The most that its replies can have.
        usd: The most that it can cost; None where no price is known.
        price: What its tokens cost.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    transport: str
    teacher: str
    model: str
    address: str
    endpoint: str
    mark: str
    lines: int
    bytes: int
    sha256: str
    highest_request: int
    prompt_tokens: int
    completion_tokens: int
    usd: float | None = None
    price: Price | None = None

    @property
    def worst(self) -> Usage:
        """The most tokens that it can use."""
        return Usage(self.prompt_tokens, self.completion_tokens)


class Row(BaseModel):
    """One step of one batch.

    Attributes:
        batch: Its number: ``0007``.
        time: When, in UTC, as ISO 8601.
        step: What happened.
        planned: What it is, on its first row.
        file: What the server calls its file.
        id: What the server calls it.
        status: The server's word for how it goes.
        expires_at: Until when it is worked on, in seconds since 1970.
        output: The server's name for the file of answers; "" for none.
        errors: The same for refusals.
        replies_from: The byte of the store behind which its replies stand.
        answered: How many of its requests were answered.
        refused: How many were refused for good.
        again: The digests of those that brought nothing, and are wanted again.
        unknown: How many lines belong to none of its requests.
        usd: What it came to cost; None where no price is known.
        why: Why nothing came of it.
        halve: Whether fewer tokens are to be outstanding from now on than it had.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    batch: str
    time: str
    step: Step
    planned: Planned | None = None
    file: str = ""
    id: str = ""
    status: str = ""
    expires_at: int | None = None
    output: str = ""
    errors: str = ""
    replies_from: int = 0
    answered: int = 0
    refused: int = 0
    again: tuple[str, ...] = ()
    unknown: int = 0
    usd: float | None = None
    why: str = ""
    halve: bool = False

    def line(self) -> str:
        """The row, with its newline; what is not said is left out."""
        told = self.model_dump(mode="json", exclude_defaults=True)
        return jsonl.dumps(told) + "\n"


class Known:
    """A batch as far as its rows tell.

    Attributes:
        number: Its number.
        planned: What it is.
        rows: Its rows, in order.
    """

    def __init__(self, number: str, planned: Planned) -> None:
        self.number = number
        self.planned = planned
        self.rows: list[Row] = []

    @property
    def step(self) -> Step:
        """The last thing that happened."""
        return self.rows[-1].step

    @property
    def is_outstanding(self) -> bool:
        """Whether something may still come of it."""
        return self.step not in _OVER

    @property
    def time(self) -> str:
        """When the last thing happened."""
        return self.rows[-1].time

    @property
    def file(self) -> str:
        """What the server calls its file; "" before it is there."""
        return next((row.file for row in reversed(self.rows) if row.file), "")

    @property
    def id(self) -> str:
        """What the server calls it; "" before that is known."""
        return next((row.id for row in reversed(self.rows) if row.id), "")

    @property
    def status(self) -> str:
        """The server's last word for how it goes, as far as that was written down."""
        return next((row.status for row in reversed(self.rows) if row.status), "")

    def parcel(self, folder: Path) -> Parcel:
        """Its files, below the folder of the job."""
        planned = self.planned
        return Parcel(folder / FOLDER, self.number, planned.mark, planned.endpoint, planned.lines)


class BatchJournal:
    """The journal in the folder of a job, open for writing; the folder's lock is held.

    Args:
        folder: The folder of the job.
        now: The time of day.

    Attributes:
        folder: See above.
        now: See above.
        batches: All batches, by number.

    Raises:
        PoolError: A line is damaged.
    """

    def __init__(self, folder: Path, now: Callable[[], str]) -> None:
        self.folder = folder
        self.now = now
        self._file: AppendFile | None = None
        self.batches = {one.number: one for one in read_batches(folder)}

    @property
    def outstanding(self) -> list[Known]:
        """The batches of which something may still come, in order."""
        return [one for one in self.batches.values() if one.is_outstanding]

    @property
    def next_number(self) -> str:
        """What the next batch is called."""
        return f"{max(map(int, self.batches), default=0) + 1:04}"

    @property
    def collected(self) -> Iterable[Row]:
        """The last rows of the batches that were collected."""
        return (one.rows[-1] for one in self.batches.values() if one.step is Step.COLLECTED)

    def plan(self, number: str, planned: Planned) -> Known:
        """Write down that a batch is planned.

        Raises:
            DiskError: It cannot be written.
        """
        batch = Known(number, planned)
        row = Row(batch=number, time=self.now(), step=Step.PLANNED, planned=planned)
        self._write(row)
        batch.rows.append(row)
        self.batches[number] = batch
        return batch

    def say(self, batch: Known, step: Step, **more: object) -> None:
        """Write down a further step, and make it durable.

        Raises:
            DiskError: It cannot be written.
        """
        told = {"batch": batch.number, "time": self.now(), "step": step, **more}
        row = Row.model_validate(told)
        self._write(row)
        batch.rows.append(row)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, row: Row) -> None:
        if self._file is None:
            path = self.folder / JOURNAL
            self._file = AppendFile(path, whole_lines(path), 0)
        self._file.append(row.line())
        self._file.sync()


def read_batches(folder: Path) -> list[Known]:
    """The batches that the journal in ``folder`` tells of, in order; a torn end is passed over.

    Raises:
        PoolError: A line is damaged, or the file cannot be read.
    """
    found: dict[str, Known] = {}
    for row in _rows(folder / JOURNAL):
        if row.planned is not None:
            found[row.batch] = Known(row.batch, row.planned)
        if row.batch in found:
            found[row.batch].rows.append(row)
    return list(found.values())


def _rows(path: Path) -> Iterator[Row]:
    if not path.exists():
        return
    for number, (_, line) in enumerate(lines_of(path, whole_lines(path)), 1):
        try:
            yield Row.model_validate(json.loads(line))
        except (ValueError, ValidationError, RecursionError) as error:
            raise PoolError(
                f"{path}:{number}: this line of the journal of batches is damaged, or of a newer "
                "version. Restore the file from a copy; selfinstruct does not guess."
            ) from error
