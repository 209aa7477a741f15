"""What opening a stream finds: how far its files agree with the ledger, and what is cut or refused.

Ends that no commit had confirmed are cut; a file that has lost its end takes its stream back to a
commit that all its files reach; anything else that is wrong is named by its line and left alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from selfinstruct.errors import DiskError, PoolError
from selfinstruct.journal.files import checksum, size_of, whole_lines
from selfinstruct.journal.ledger import Extent

Extents = Mapping[str, Extent]
"""Of each file how much is committed, by its name in the folder."""


def reached(folder: Path, commits: Sequence[Extents]) -> int | None:
    """The place of the last of these commits that all files reach; None where they reach none."""
    sizes = {name: size_of(folder / name) for extents in commits for name in extents}
    for place in range(len(commits) - 1, -1, -1):
        if all(extent.bytes <= sizes[name] for name, extent in commits[place].items()):
            return place
    return None


def cuts(folder: Path, committed: Extents) -> list[str]:
    """Sentences about what stands behind the commit and is cut back."""
    return [
        f"{folder / name} held {behind} bytes behind the last whole commit; they were cut back and "
        "are made again from the stored replies."
        for name, extent in committed.items()
        if (behind := size_of(folder / name) - extent.bytes) > 0
    ]


def keep_copies(folder: Path, committed: Extents) -> list[str]:
    """Copy what is about to be cut off and holds whole lines; returns sentences about it.

    Stored replies normally make it again; should they be lost too, nothing is gone.

    Raises:
        DiskError: A copy cannot be written; nothing has been cut then.
    """
    kept = []
    for name, extent in committed.items():
        path = folder / name
        if whole_lines(path) <= extent.bytes:
            continue
        number = next(n for n in range(1, 10_000) if not (folder / f"{name}.lost-{n}").exists())
        copy = folder / f"{name}.lost-{number}"
        try:
            shutil.copyfile(path, copy)
        except OSError as error:
            raise DiskError(f"{copy}: cannot be written: {error.strerror}.") from error
        kept.append(f"{path} is cut back; what it held is kept as {copy.name}.")
    return kept


def refuse_changed(path: Path, crc: int, commits: Sequence[tuple[Extent, bool]]) -> None:
    """Refuse a file whose committed lines are not those that were committed.

    Args:
        path: The file.
        crc: CRC-32 of its committed bytes, as they are.
        commits: How much of it was committed, commit by commit, and whether that took lost lines
            back; the last is the one that the file is held to.

    Raises:
        PoolError: They differ; the first lines that do are named.
    """
    standing: list[Extent] = []
    for extent, is_undoing in commits:
        while is_undoing and standing and standing[-1].bytes > extent.bytes:
            standing.pop()
        standing.append(extent)
    if crc == (standing[-1].crc if standing else 0):
        return
    start, before, first = 0, 0, 1
    for extent in standing:
        before = checksum(path, extent.bytes, before, start)
        if before != extent.crc:
            raise PoolError(
                f"{path}:{first}: lines {first} to {extent.rows} are not those that were "
                "committed. Restore the file from a copy; selfinstruct does not guess."
            )
        start, first = extent.bytes, extent.rows + 1
