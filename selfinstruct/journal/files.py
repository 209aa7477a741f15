"""A file that only grows, with a running checksum.

A line handed to :meth:`AppendFile.append` survives the death of the process when the call
returns, and a power cut once :meth:`AppendFile.sync` has returned.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from pathlib import Path

from selfinstruct.errors import DiskError

_BLOCK = 1 << 20
_REMEDY = "Run the same command again: what is missing is made again from the stored replies."


class AppendFile:
    """An append-only file, open for writing.

    Args:
        path: The file; made when it is missing.
        size: Its committed size in bytes; anything behind it is cut off.
        crc: The CRC-32 of those bytes.
        remedy: What a message says that is to be done where the file is gone.

    Raises:
        DiskError: The file cannot be opened for writing.
    """

    def __init__(self, path: Path, size: int, crc: int, *, remedy: str = _REMEDY) -> None:
        self.path = path
        self._remedy = remedy
        self.size = size
        self.crc = crc
        try:
            self._file = path.open("ab", buffering=0)
            if os.fstat(self._file.fileno()).st_size != size:
                self._file.truncate(size)
        except OSError as error:
            raise DiskError(f"{path}: cannot be written: {error.strerror}.") from error

    def append(self, text: str) -> None:
        """Write ``text`` (whole lines) behind what is there.

        Raises:
            DiskError: The disk is full or gone; the part that was written is taken back.
        """
        if not text:
            return
        data = text.encode("utf-8", "replace")  # no text whatever may stop a commit
        written = 0
        try:
            while written < len(data):
                written += self._file.write(data[written:]) or 0
        except OSError as error:
            with contextlib.suppress(OSError):
                self._file.truncate(self.size)
            raise DiskError(
                f"{self.path}: cannot be written: {error.strerror}. Everything up to now is kept; "
                "make room and run the same command again."
            ) from error
        self.size += len(data)
        self.crc = zlib.crc32(data, self.crc)

    def cut_back(self, size: int, crc: int) -> None:
        """Take everything behind ``size`` bytes back, after a commit that failed half-way."""
        with contextlib.suppress(OSError):
            self._file.truncate(size)
        self.size, self.crc = size, crc

    def sync(self) -> None:
        """Make everything durable, and make sure that the file is still the one in the folder.

        Raises:
            DiskError: The disk failed, or the file was removed or replaced underneath.
        """
        try:
            os.fsync(self._file.fileno())
            here, there = os.fstat(self._file.fileno()), self.path.stat()
        except FileNotFoundError as error:
            raise DiskError(self._vanished()) from error
        except OSError as error:
            raise DiskError(f"{self.path}: cannot be made durable: {error.strerror}.") from error
        if (here.st_ino, here.st_dev) != (there.st_ino, there.st_dev):
            raise DiskError(self._vanished())

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _vanished(self) -> str:
        return (
            f"{self.path}: was removed or replaced while the run was writing to it. {self._remedy}"
        )


def checksum(path: Path, size: int, crc: int = 0, start: int = 0) -> int:
    """The CRC-32 of the bytes ``start`` … ``size`` of ``path``, continued from ``crc``."""
    with path.open("rb") as file:
        file.seek(start)
        left = size - start
        while left > 0 and (block := file.read(min(left, _BLOCK))):
            crc = zlib.crc32(block, crc)
            left -= len(block)
    return crc


def size_of(path: Path) -> int:
    """The size of ``path`` in bytes, without zeros at its end; 0 where there is no such file.

    A power cut may leave a file with its new length but zeros in place of what was written.
    """
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        return 0
    with path.open("rb") as file:
        while size > 0:
            start = max(0, size - _BLOCK)
            file.seek(start)
            block = file.read(size - start).rstrip(b"\0")
            if block:
                return start + len(block)
            size = start
    return 0


def whole_lines(path: Path) -> int:
    """The size of ``path`` up to the end of its last whole line."""
    size = size_of(path)
    if not size:
        return 0
    with path.open("rb") as file:
        end = size
        while end > 0:
            start = max(0, end - _BLOCK)
            file.seek(start)
            newline = file.read(end - start).rfind(b"\n")
            if newline >= 0:
                return start + newline + 1
            end = start
    return 0
