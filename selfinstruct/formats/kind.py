"""What a format says of itself, so that every verb can use it; and which there are.

A format is one file: what reads its rows (:class:`~selfinstruct.formats.base.Reader`), what writes
them (:class:`~selfinstruct.formats.base.RowWriter`), and a :class:`Format`. Other packages offer
theirs under the entry point ``selfinstruct.formats``; :func:`register_format` adds one by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from selfinstruct.formats.base import Reader, RowWriter
from selfinstruct.formats.reasoning import Reasoning
from selfinstruct.formats.samples import Answers
from selfinstruct.formats.selecting import Selection, Splits
from selfinstruct.tasks import Task


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to export; the fields are the options of the same names.

    Attributes:
        format: The name of a format.
        selection: What is taken.
        splits: Into which parts; None for one.
        system: A system message for dialogues.
        templates: The file of templates.
        seed: Where the random numbers of templates start.
        licence: What the task files say of their instances' licence.
        language: The name of the pool's language, in English.
        reasoning: How thoughts are written.
        answers: Which answers of an instance that holds several.
    """

    format: str
    selection: Selection = field(default_factory=Selection)
    splits: Splits | None = None
    system: str | None = None
    templates: Path | None = None
    seed: int = 0
    licence: str = ""
    language: str = "English"
    reasoning: Reasoning = field(default_factory=Reasoning)
    answers: Answers = Answers.KEPT


class Shape(StrEnum):
    """What an export is, on the disk."""

    ROWS = "rows"  # a file of JSON, or one for each split
    TABLE = "table"  # the same in Parquet
    DATASET = "dataset"  # a folder of Parquet files
    TASK_FILES = "task files"  # a folder with a file for each task

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self in {Shape.DATASET, Shape.TASK_FILES}

    @property
    def is_parquet(self) -> bool:
        """Whether its rows stand in Parquet files."""
        return self in {Shape.TABLE, Shape.DATASET}


class FolderWriter(Protocol):
    """What writes a file for each task."""

    def write(self, task: Task, places: list[int], split: str) -> None:
        """Write ``task`` with those of its instances."""
        ...

    def end(self) -> None:
        """Write what closes the folder."""
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """A format that pools are exported in, or data sets imported from.

    Attributes:
        name: As in ``--format``.
        rows: What writes its rows; None where it is not made of rows, or cannot be written.
        folder: What writes its folder, where it is a file for each task: given the folder, the
            lists of the splits, and the pool's refused rows.
        readers: What reads its rows; () where it cannot be read. Formats of other packages are
            tried before those of this one, so they must read nothing but their own rows.
        shape: What an export is.
        columns: Of Parquet files, the types of the columns in Arrow.
        takes: Which of the options ``system``, ``templates`` and ``seed`` say something to it.
        thoughts: Whether its rows have a place for thoughts in a field of their own.
        drops_repeats: Whether rows that say the same as an earlier one are left out.
        least: The fewest rows that whoever takes such files accepts, and who that is.
    """

    name: str
    rows: Callable[[Wanted], RowWriter] | None = None
    folder: Callable[[Wanted, Path, Mapping[str, str], Path], FolderWriter] | None = None
    readers: Sequence[Reader] = ()
    shape: Shape = Shape.ROWS
    columns: Mapping[str, str] = field(default_factory=dict)
    takes: frozenset[str] = frozenset()
    thoughts: bool = True
    drops_repeats: bool = False
    least: tuple[int, str] | None = None

    @property
    def can_be_written(self) -> bool:
        """Whether pools can be exported in it."""
        return self.rows is not None or self.folder is not None
