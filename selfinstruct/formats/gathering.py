"""Rows of one instruction made one task, with the rows on disk and not in memory.

Most formats spread the instances of a task over rows, and the last row of a file may belong to the
first task; so nothing is whole before everything is read. Rows wait in a temporary file meanwhile,
and memory holds some hundred bytes for each.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from selfinstruct import jsonl, lineage
from selfinstruct.formats.base import Found
from selfinstruct.tasks import Instance, Task, task_id

_NONE = -1


class Gathered:
    """What was found, read to its end; rows of one instruction, kind and further keys are one task.

    A task stands where the first of its rows stood; rows that cannot be used come before all tasks.

    Args:
        found: What is read.
        file: Where rows wait.

    Raises:
        DiskError: There is no room for them.
    """

    def __init__(self, found: Iterable[Found], file: IO[bytes]) -> None:
        self._file = file
        self._room = Path(tempfile.gettempdir())
        self._size = 0
        self._flaws = array("Q")
        self._offsets = array("Q")
        self._next = array("q")  # of each row, the next one of its task
        self._firsts = array("Q")
        last: dict[bytes, int] = {}
        for one in found:
            offset = self._write(one)
            if one.task is None:
                self._flaws.append(offset)
                continue
            row = len(self._offsets)
            self._offsets.append(offset)
            self._next.append(_NONE)
            before = last.get(key := _key(one.task, one.boundary))
            if before is None:
                self._firsts.append(row)
            else:
                self._next[before] = row
            last[key] = row

    def __len__(self) -> int:
        """How many tasks there are."""
        return len(self._firsts)

    def __iter__(self) -> Iterator[Found]:
        for offset in self._flaws:
            yield self._read(offset)
        for row in self._firsts:
            first = self._read(self._offsets[row])
            if first.task is not None and self._next[row] != _NONE:
                first = dataclasses.replace(first, task=self._whole(first.task, row))
            yield first

    def _whole(self, task: Task, row: int) -> Task:
        """``task`` with the instances of the rows behind ``row`` that belong to it."""
        cases: list[Instance] = list(task.instances)
        while (row := self._next[row]) != _NONE:
            other = self._read(self._offsets[row]).task
            cases += other.instances if other else ()
        kind, every = task.is_classification, tuple(cases)
        identity = task_id(task.instruction, every, is_classification=kind)
        return task.model_copy(update={"instances": every, "id": identity})

    def _write(self, one: Found) -> int:
        content = {name: getattr(one, name) for name in _FIELDS}
        task = None if one.task is None else one.task.model_dump()
        data = json.dumps([content, task], default=str).encode() + b"\n"
        with jsonl.refusals(self._room):
            self._file.write(data)
        self._size += len(data)
        return self._size - len(data)

    def _read(self, offset: int) -> Found:
        self._file.seek(offset)
        content, task = json.loads(self._file.readline())
        return Found(**content, task=None if task is None else Task.model_validate(task))


_FIELDS = tuple(
    field.name for field in dataclasses.fields(Found) if field.name not in {"task", "unread"}
)


@contextlib.contextmanager
def gathered(found: Iterable[Found]) -> Iterator[Gathered]:
    """What was found, read to its end, with rows of one task made one; see :class:`Gathered`."""
    with contextlib.ExitStack() as stack:
        with jsonl.refusals(Path(tempfile.gettempdir())):
            file = stack.enter_context(tempfile.TemporaryFile())
        yield Gathered(found, file)


def grouped(found: Iterable[Found]) -> Iterator[Found]:
    """The same, one at a time."""
    with gathered(found) as tasks:
        yield from tasks


def _key(task: Task, boundary: str) -> bytes:
    more: dict[str, Any] = {k: v for k, v in (task.model_extra or {}).items() if k != lineage.MADE}
    whole = json.dumps([task.instruction, task.is_classification, more, boundary], default=str)
    return hashlib.blake2b(whole.encode(), digest_size=16).digest()
