"""The lines of a pool's files, as this program wrote them."""

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
        with path.open("rb") as file:
            file.seek(start)
            for line in file:
                if (size is not None and start >= size) or not line.endswith(b"\n"):
                    return
                yield start, line
                start += len(line)
    except OSError as error:
        raise PoolError(f"{path}: cannot be read: {error.strerror}.") from error


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
