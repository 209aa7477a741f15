"""The rows of a set of answers read back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from selfinstruct.answering.job import FILE
from selfinstruct.answering.manifest import Manifest
from selfinstruct.errors import PoolError
from selfinstruct.jsonl import read


def is_answers(folder: Path) -> bool:
    """Whether ``folder`` holds a set of answers."""
    return (folder / FILE).is_file()


def answers(folder: Path) -> Iterator[dict[str, Any]]:
    """The rows of the answers in ``folder``, in the order of prompts, then of samples.

    Each has ``item``, ``sample``, ``instruction``, ``input``, ``output``, ``finish``, ``model`` and
    ``as``; ``reasoning`` where thoughts were kept and ``error`` where none came. The folder may be
    a copy of the one file.

    Raises:
        UsageError: There are none, or a line is damaged; or the folder is another job's.
    """
    path = folder / FILE
    if not is_answers(folder):
        Manifest.read(folder)  # says it where this is something else
        raise PoolError(f"{path}: is not there. Make it with selfinstruct answer.")
    yield from (row for _, row in read(path))
