"""The lines of files that only grow, as this program wrote them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from selfinstruct.errors import PoolError


def lines_of(path: Path, size: int | None = None, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield ``(offset, line)`` for each whole line.

    A run may be writing the end just now: a line without its newline is none yet.

    Args:
        path: The file.
        size: Up to which byte; None for all.
        start: From which byte, where a line begins.

    Raises:
        PoolError: The file cannot be read.
    """
    try:
        yield from _lines(path, size, start)
    except OSError as error:
        raise PoolError(f"{path}: cannot be read: {error.strerror}.") from error


def rows_of(path: Path, size: int) -> Iterator[tuple[int, bytes, dict[str, Any]]]:
    """The number, the bytes and the content of each line in the first ``size`` bytes.

    Raises:
        PoolError: A line is damaged.
        OSError: The file cannot be read, which is said of the whole folder.
    """
    if size:
        for number, (_, line) in enumerate(_lines(path, size, 0), 1):
            yield number, line, read_line(path, number, line)


def _lines(path: Path, size: int | None, start: int) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        file.seek(start)
        for line in file:
            if (size is not None and start >= size) or not line.endswith(b"\n"):
                return
            yield start, line
            start += len(line)


def read_line(path: Path, number: int, line: bytes) -> dict[str, Any]:
    """The object in line ``number``.

    Raises:
        PoolError: It holds none.
    """
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise damaged(path, number) from error
    if not isinstance(row, dict):
        raise damaged(path, number)
    return row


def damaged(path: Path, number: int) -> PoolError:
    """What to say of a line that is not as it was written."""
    return PoolError(
        f"{path}:{number}: this line is damaged. Restore the file from a copy; selfinstruct does "
        "not guess."
    )
