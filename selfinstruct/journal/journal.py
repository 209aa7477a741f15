"""Opening a journal: the folder, its lock, its ledger, and the streams in it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Self

from selfinstruct.errors import PoolError
from selfinstruct.journal.files import AppendFile, checksum, size_of, whole_lines
from selfinstruct.journal.ledger import (
    LEDGER,
    RECOVERED,
    Extent,
    Line,
    StreamAt,
    read_lines,
)
from selfinstruct.journal.lock import FolderLock
from selfinstruct.journal.recovery import cuts, keep_copies, reached, refuse_changed
from selfinstruct.journal.stream import Stream

_NAME = re.compile(r"(?:[a-z0-9][a-z0-9._-]*)(?:/[a-z0-9][a-z0-9._-]*)*")


class Journal:
    """A folder with a ledger, opened for writing. Close it, or use it in a ``with`` statement.

    Args:
        folder: Where it is.
        lock: The folder's lock, held; it is released when this is closed.
        lines: The lines of its ledger.
        size: Up to where the ledger holds whole lines; the rest is cut.
        now: The time of day for the ledger.
        complete: Makes the line that is written of one that a stream commits: whoever has more to
            say on every line of this ledger adds it there.

    Attributes:
        folder: See above.
        now: See above.
        broken: Whether a commit failed; nothing more should be committed then.
        notes: Sentences about what was cut back on opening.

    Raises:
        DiskError: The ledger cannot be written.
    """

    def __init__(
        self,
        folder: Path,
        lock: FolderLock,
        lines: Sequence[Line],
        size: int,
        now: Callable[[], str],
        complete: Callable[[Line], Line] = lambda line: line,
    ) -> None:
        self.folder = folder
        self.now = now
        self.broken = False
        self.notes: list[str] = []
        self._lock = lock
        self._lines = lines
        self._complete = complete
        self._ledger = AppendFile(folder / LEDGER, size, 0)
        self._streams: dict[str, Stream] = {}

    @classmethod
    def open(cls, folder: Path, now: Callable[[], str]) -> Self:
        """Open or make a journal that is no pool's.

        Raises:
            PoolError: The folder cannot be used, or a line of its ledger is damaged.
            PoolBusyError: Another run holds it.
            DiskError: It cannot be written.
        """
        make_folder(folder)
        lock = FolderLock(folder, "folder")
        try:
            ledger = folder / LEDGER
            size = whole_lines(ledger)
            torn = size_of(ledger) > size
            lines = [line for _, line in read_lines(ledger, size, Line)]
            journal = cls(folder, lock, lines, size, now)
        except BaseException:  # the lock must not outlive a journal that did not open
            lock.release()
            raise
        if torn:
            journal.notes.append(f"{ledger} ended in a torn line; it was cut back.")
        return journal

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def ledger(self) -> AppendFile:
        """The file of the ledger."""
        return self._ledger

    def stream(self, name: str, files: Iterable[str]) -> Stream:
        """Open or begin a stream, and take it back to the last commit that all its files reach.

        Args:
            name: The stream, which is also its folder below that of the journal: lower-case
                letters, digits, ``.``, ``_`` and ``-``, in parts that ``/`` separates; "" for a
                journal that has no other stream.
            files: The names of the files that it appends to, in its folder.

        Raises:
            PoolError: The name cannot be used, or a file holds other lines than were committed.
            DiskError: A file cannot be written.
        """
        if name and not _NAME.fullmatch(name):
            raise PoolError(f"{name!r} is no name for a folder. Use a-z, 0-9, '.', '_' and '-'.")
        if name in self._streams:
            return self._streams[name]
        folder = self.folder / name if name else self.folder
        make_folder(folder)
        start = StreamAt(name=name, files=dict.fromkeys(files, Extent()))
        commits = [start, *(_with(start, line) for line in self._lines if _is_of(line, name))]
        place = reached(folder, [at.files for at in commits]) or 0
        at, last = commits[place], commits[-1]
        _refuse_changed(folder, at, [line for line in self._lines if _is_of(line, name)][:place])
        notes = keep_copies(folder, at.files) + cuts(folder, at.files)
        # All replies are kept at hand: which of them a later run asks for is not known here.
        stream = Stream(self, folder, at, 0, last.replies_bytes)
        stream.notes[:0] = notes
        self.add(stream)
        if at != last or stream.replies.shorter:
            size = min(last.replies_bytes, stream.replies.size)
            stream.at = at.model_copy(update={"replies_bytes": size})
            self.write(Line(time=self.now(), event=RECOVERED, stream=stream.at))
        return stream

    def add(self, stream: Stream) -> None:
        """Sync and close ``stream`` with the rest."""
        self._streams[stream.at.name] = stream

    def write(self, line: Line) -> None:
        """Append a line to the ledger.

        Raises:
            DiskError: It cannot be written.
        """
        self._ledger.append(self._complete(line).line())

    def sync(self) -> None:
        """Make everything durable; the order does not matter, since opening checks all files.

        Raises:
            DiskError: See :meth:`AppendFile.sync`.
        """
        for stream in self._streams.values():
            stream.sync()
        self._ledger.sync()

    def close(self) -> None:
        """Close the files and let others in."""
        for stream in self._streams.values():
            stream.close()
        self._ledger.close()
        self._lock.release()


def _is_of(line: Line, name: str) -> bool:
    return line.stream is not None and line.stream.name == name


def _with(start: StreamAt, line: Line) -> StreamAt:
    """Where a line says that the stream is; a file that came later had nothing in it then."""
    at = line.stream or start
    return at.model_copy(update={"files": {**start.files, **at.files}})


def _refuse_changed(folder: Path, at: StreamAt, lines: Sequence[Line]) -> None:
    for name, extent in at.files.items():
        commits = [
            (line.stream.files.get(name, Extent()), line.event == RECOVERED)
            for line in lines
            if line.stream is not None
        ]
        path = folder / name
        crc = checksum(path, extent.bytes) if extent.bytes else 0
        refuse_changed(path, crc, commits)


def make_folder(folder: Path) -> None:
    """Make a folder, and make sure that it is one and can be written.

    Raises:
        PoolError: It is a file, or cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise PoolError(f"{folder}: is a file; a pool is a folder. Name another path.") from error
    except OSError as error:
        raise PoolError(f"{folder}: cannot be made: {error.strerror}.") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PoolError(f"{folder}: is read-only. Change its permissions or name another path.")
