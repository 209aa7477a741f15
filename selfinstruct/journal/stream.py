"""A stream: the requests of one job, the store of their replies, and the files it appends to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selfinstruct import jsonl
from selfinstruct.errors import DiskError
from selfinstruct.journal.files import AppendFile
from selfinstruct.journal.ledger import Extent, Line, StreamAt
from selfinstruct.journal.lines import rows_of
from selfinstruct.journal.replies import REPLIES, ReplyStore
from selfinstruct.journal.step_counts import StepCount

if TYPE_CHECKING:
    from selfinstruct.journal.journal import Journal

Rows = Mapping[str, Iterable[object]]
"""What a commit appends: rows, by the name of the file."""


class Stream:
    """A stream, open for writing; :meth:`Journal.stream` opens it.

    Args:
        journal: Where its commits are written down.
        folder: Its own folder.
        at: Up to where it is committed; what stands behind that is cut.
        needed_from: The byte from which its stored replies may still be needed.
        counted: The byte up to which its replies are counted in the ledger.

    Attributes:
        folder: See above.
        at: Up to where it is committed.
        replies: Its store of replies.
        notes: Sentences about what was cut back on opening.
    """

    def __init__(
        self, journal: Journal, folder: Path, at: StreamAt, needed_from: int, counted: int
    ) -> None:
        self.folder = folder
        self.at = at
        self.notes: list[str] = []
        self._journal = journal
        self._files = {
            name: AppendFile(folder / name, extent.bytes, extent.crc)
            for name, extent in at.files.items()
        }
        self.replies = ReplyStore(folder / REPLIES, needed_from, counted)
        if self.replies.torn:
            self.notes.append(f"{folder / REPLIES} ended in a torn line; it was cut back.")

    @property
    def broken(self) -> bool:
        """Whether a commit to the journal failed; nothing more should be committed then."""
        return self._journal.broken

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """The committed rows of one of its files, read back.

        Raises:
            PoolError: A line is damaged.
        """
        for _, _, row in rows_of(self.folder / name, self.at.files[name].bytes):
            yield row

    def sync_all(self) -> None:
        """Make everything in the journal durable.

        Raises:
            DiskError: See :meth:`AppendFile.sync`.
        """
        self._journal.sync()

    def file(self, name: str) -> AppendFile:
        """One of its files, for those who append to it in their own way."""
        return self._files[name]

    def commit(
        self,
        rows: Rows,
        request: int,
        *,
        event: str,
        teacher: str = "",
        model: str = "",
        unapplied: Iterable[str] = (),
    ) -> None:
        """Append rows, and end the commit with a line of the ledger; all of it or nothing.

        Args:
            rows: By the name of the file, what is appended to it.
            request: The number of the request that comes next.
            event: What the ledger calls it.
            teacher: The preset that answered.
            model: Its model.
            unapplied: See :class:`Line`.

        Raises:
            DiskError: A file cannot be written; the stream is as it was before this commit, and
                its journal takes no further one.
        """

        def line(at: StreamAt, steps: Mapping[str, StepCount]) -> Line:
            return Line(
                time=self._journal.now(),
                event=event,
                teacher=teacher,
                model=model,
                steps=dict(steps),
                unapplied=tuple(unapplied),
                stream=at,
            )

        texts = {name: [jsonl.dumps(row) + "\n" for row in some] for name, some in rows.items()}
        self.write(texts, request, line)

    def write(
        self,
        lines: Mapping[str, list[str]],
        request: int,
        line: Callable[[StreamAt, Mapping[str, StepCount]], Line],
    ) -> None:
        """:meth:`commit` for a job that has a line of its own in the ledger.

        Args:
            lines: By the name of the file, the lines to append, with their newlines.
            request: The number of the request that comes next.
            line: Makes the line of the ledger from where the stream is then, and what calls since
                the line before have used.

        Raises:
            DiskError: As :meth:`commit` does.
        """
        try:
            for name, texts in lines.items():
                self._files[name].append("".join(texts))
            at = self.at.model_copy(
                update={
                    "request": request,
                    "files": {
                        name: self._extent(name, len(lines.get(name, ()))) for name in self._files
                    },
                    "replies_bytes": self.replies.size,
                }
            )
            self._journal.write(line(at, self.replies.uncounted))
        except DiskError:
            self._journal.broken = True
            for name, extent in self.at.files.items():
                self._files[name].cut_back(extent.bytes, extent.crc)
            raise
        self.replies.uncounted = {}
        self.at = at

    def sync(self) -> None:
        """Make everything durable.

        Raises:
            DiskError: See :meth:`AppendFile.sync`.
        """
        self.replies.sync()
        for file in self._files.values():
            file.sync()

    def close(self) -> None:
        """Close the files."""
        self.replies.close()
        for file in self._files.values():
            file.close()

    def _extent(self, name: str, more: int) -> Extent:
        file = self._files[name]
        return Extent(rows=self.at.files[name].rows + more, bytes=file.size, crc=file.crc)
