"""What of benchmarks was looked for in a pool: a line each time, for the card of an export.

The file says nothing of the pool's data, and nothing depends on it: a pool that may only be read is
looked at all the same.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from selfinstruct import jsonl
from selfinstruct.errors import UsageError

DECONTAMINATIONS = "decontaminations.jsonl"


def note(folder: Path, row: dict[str, Any]) -> None:
    """Write down what was looked for and found."""
    with contextlib.suppress(OSError), (folder / DECONTAMINATIONS).open("ab") as file:
        file.write((jsonl.dumps(row) + "\n").encode("utf-8", "replace"))


def noted(folder: Path) -> Iterator[dict[str, Any]]:
    """What was, the first first; lines that cannot be read are passed over."""
    path = folder / DECONTAMINATIONS
    if not path.is_file():
        return
    with path.open("rb") as file:
        for _, row in jsonl.entries(file, str(path)):
            if not isinstance(row, UsageError):
                yield row
