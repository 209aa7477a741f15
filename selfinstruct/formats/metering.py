"""How much of the files has been read, for those who wait."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any


class Meter:
    """How much of some files has been read.

    Args:
        size: Their bytes together; None where nobody knows.
    """

    def __init__(self, size: int | None = None) -> None:
        self._size = size
        self._read = 0

    def count(self, size: int) -> None:
        """Count so many bytes as read."""
        self._read += size

    def said(self) -> str:
        """Such as " (40%)"; "" where the size is not known."""
        return f" ({min(1.0, self._read / self._size):.0%})" if self._size else ""


class Metered(io.FileIO):
    """A file that tells a meter what is read of it."""

    def __init__(self, path: Path, meter: Meter) -> None:
        super().__init__(path, "rb")
        self._meter = meter

    def readinto(self, buffer: Any, /) -> int | None:
        """Read into ``buffer``; returns how many bytes."""
        count = super().readinto(buffer)
        self._meter.count(count or 0)
        return count
