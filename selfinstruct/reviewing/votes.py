"""What a person says: rows of a file that only grows, one for each vote, on disk before it counts.

The last row of an item and a question counts. Taking a vote back is a row too, and so is that a
judge's reason was shown: what is answered after that is kept apart, for it is no longer one's own.
"""

from __future__ import annotations

import getpass
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from selfinstruct import jsonl
from selfinstruct.errors import DiskError, PoolError, SettingsError
from selfinstruct.journal.files import AppendFile, whole_lines
from selfinstruct.journal.lines import damaged, lines_of, read_line
from selfinstruct.journal.lock import FolderLock

FOLDER = "reviews"
"""The folder of a pool that holds what people said."""

LONGEST_NOTE = 4000
"""Characters of a note."""

_SUFFIX = ".jsonl"
_NAME = re.compile(r"[^\W_][\w.-]{0,79}")
_REMEDY = "Every vote up to now was on disk. Put the file back, or start again."


class Row(BaseModel):
    """A line of such a file.

    Attributes:
        item: What it is about, as judgements call it too.
        rubric: The rubric's name.
        rubric_digest: A digest of what the rubric says.
        digest: A digest of what was read, so that a change is noticed.
        question: The question's key; "" where the row is about the item as a whole.
        answer: The answer on the question's scale; of pairs ``first`` and ``second`` mean the order
            of ``pair``, whatever was shown.
        undo: Whether the last answer to the question is taken back.
        revealed: The judging whose word about the item was shown now.
        pair: Of pairs, a digest of each of the two.
        shown: Of pairs, which of the two stood first and which second.
        only: The condition by which items were chosen; "" for the sample as it is.
        note: What the person wrote besides.
        seconds: How long the question was looked at; None where nobody knows.
        time: When, in UTC.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    item: str
    rubric: str
    rubric_digest: str
    digest: str
    question: str = ""
    answer: str | int | float | tuple[str, ...] | None = None
    undo: bool = False
    revealed: str = ""
    pair: tuple[str, str] | None = None
    shown: tuple[int, int] | None = None
    only: str = ""
    note: str = ""
    seconds: float | None = None
    time: str = ""

    def line(self) -> str:
        """The line itself: what says nothing is left out."""
        return jsonl.dumps(self.model_dump(mode="json", exclude_defaults=True)) + "\n"


class VoteFile:
    """The file of one reviewer, held by one process and open for writing.

    Args:
        folder: Where reviews are; made when it is missing.
        reviewer: Whose file.

    Attributes:
        path: The file.
        rows: What it holds.

    Raises:
        PoolBusyError: Another process holds it.
        PoolError: A line is damaged; it is named.
        DiskError: It cannot be written.
    """

    def __init__(self, folder: Path, reviewer: str) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DiskError(f"{folder}: cannot be made: {error.strerror}.") from error
        self.path = path_of(folder, reviewer)
        self._lock = FolderLock(folder, f"review by {reviewer}", f".{reviewer}.lock")
        try:
            self.rows = list(read_rows(self.path))
            # A line that a killed process did not finish is none, and nobody was told of it.
            self._file = AppendFile(self.path, whole_lines(self.path), 0, remedy=_REMEDY)
        except BaseException:  # the lock must not outlive a file that did not open
            self._lock.release()
            raise

    def append(self, rows: Sequence[Row]) -> None:
        """Put ``rows`` behind what is there; they are on disk when this returns.

        Raises:
            DiskError: They could not be written; none of them is there then.
        """
        size, crc = self._file.size, self._file.crc
        self._file.append("".join(row.line() for row in rows))
        try:
            self._file.sync()
        except DiskError:
            self._file.cut_back(size, crc)
            raise
        self.rows += rows

    def close(self) -> None:
        """Let others write."""
        self._file.close()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a file of votes, which somebody may be writing just now.

    Raises:
        PoolError: A line is damaged; file and line are named.
    """
    try:
        size = whole_lines(path)
    except OSError as error:
        raise PoolError(f"{path}: cannot be read: {error.strerror}.") from error
    if not size:
        return
    for number, (_, line) in enumerate(lines_of(path, size), 1):
        found: dict[str, Any] = read_line(path, number, line)
        try:
            yield Row.model_validate(found)
        except ValidationError as error:
            raise damaged(path, number) from error


def path_of(folder: Path, reviewer: str) -> Path:
    """The file of ``reviewer``."""
    return folder / f"{reviewer}{_SUFFIX}"


def reviewers(folder: Path) -> list[str]:
    """Whose files there are."""
    return sorted(path.name.removesuffix(_SUFFIX) for path in folder.glob(f"[!.]*{_SUFFIX}"))


def reviewer_name(said: str | None) -> str:
    """The reviewer called ``said``, or as the system calls the person.

    Raises:
        SettingsError: A file cannot be called so.
    """
    name = unicodedata.normalize("NFC", said) if said else _login()
    if not _NAME.fullmatch(name):
        raise SettingsError(
            f"--reviewer {name!r}: a name is made of letters, digits, '-', '_' and '.', and begins "
            "with a letter or a digit."
        )
    return name


def _login() -> str:
    try:
        return re.sub(r"[^\w.-]", "-", getpass.getuser()).lstrip("._-") or "reviewer"
    except (OSError, KeyError, ImportError):  # nobody knows whose process this is
        return f"user{os.getuid()}" if hasattr(os, "getuid") else "reviewer"
