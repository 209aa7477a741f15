"""Batches by a folder: whoever works on the files finds them there, and puts the answers beside.

The file of requests is what ``vllm run-batch -i … -o …`` reads and writes, and most tools with it.
Several files of answers are read together, so that the nodes of a cluster may write one each.
"""

from __future__ import annotations

import time
from pathlib import Path

from selfinstruct.errors import TeacherError
from selfinstruct.teachers.batching import Parcel, Seen

_QUIET = 60.0  # seconds after which a file that lacks lines is taken for all that comes
_BLOCK = 1 << 20


class FileBatches:
    """A folder in which somebody answers.

    Attributes:
        name: ``files``.
        address: "": it goes nowhere.
    """

    def __init__(self) -> None:
        self.name = "files"
        self.address = ""

    async def upload(self, parcel: Parcel) -> str:
        """See :class:`selfinstruct.teachers.batching.Transport`: the file is there already."""
        return parcel.requests.name

    async def create(self, parcel: Parcel, file: str) -> Seen:
        """See :class:`selfinstruct.teachers.batching.Transport`: whoever comes finds it."""
        del file
        return Seen(parcel.number, "waiting", total=parcel.lines)

    async def find(self, parcel: Parcel, file: str, since: float) -> Seen | None:
        """See :class:`selfinstruct.teachers.batching.Transport`."""
        del since
        return await self.create(parcel, file)

    async def look(self, parcel: Parcel, id_: str) -> Seen:
        """See :class:`selfinstruct.teachers.batching.Transport`.

        It has ended when there is a line for each request, or when files with fewer have not
        changed for a minute; a file that ends in the middle of a line is still being written.
        """
        found = _files(parcel)
        counts = [_lines(path) for path in found]
        whole = sum(count for count in counts if count is not None)
        torn = None in counts
        rests = bool(found) and time.time() - max(map(_changed, found)) >= _QUIET
        ended = bool(found) and (rests or (whole >= parcel.lines and not torn))
        status = "answered" if ended else "being written" if found else "waiting"
        return Seen(id_, status, ended=ended, completed=whole, total=parcel.lines)

    async def fetch(self, parcel: Parcel, seen: Seen) -> list[Path]:
        """See :class:`selfinstruct.teachers.batching.Transport`."""
        del seen
        return _files(parcel)

    async def cancel(self, parcel: Parcel, id_: str) -> Seen:
        """See :class:`selfinstruct.teachers.batching.Transport`.

        Raises:
            TeacherError: Nobody knows who works on it.
        """
        raise TeacherError(
            f"Batch {id_} is a file, {parcel.requests}: end what works on it yourself, then forget "
            f"it: --forget {id_}."
        )


def _files(parcel: Parcel) -> list[Path]:
    """The files of answers and refusals: ``0007.out.jsonl``, or ``0007.out-3.jsonl`` and others."""
    patterns = (f"{parcel.number}.out*.jsonl", f"{parcel.number}.err*.jsonl")
    return [path for pattern in patterns for path in sorted(parcel.folder.glob(pattern))]


def _changed(path: Path) -> float:
    return path.stat().st_mtime


def _lines(path: Path) -> int | None:
    """How many lines it has; None where it ends within one."""
    count, last = 0, b"\n"  # an empty one ends nowhere within a line
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            count += block.count(b"\n")
            last = block[-1:]
    return count if last == b"\n" else None
