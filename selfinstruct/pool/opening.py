"""Opening the stream that a pool grows by, taken back to where all its files reach."""

from __future__ import annotations

from selfinstruct.journal import Journal, Stream, StreamAt
from selfinstruct.journal.ledger import RECOVERED
from selfinstruct.pool.ledger import Commit, Position
from selfinstruct.pool.recovery import Scanned


def open_growth(journal: Journal, found: Scanned) -> tuple[Stream, Position]:
    """The stream, and up to where the pool is committed.

    Args:
        journal: The pool's journal; it says so where something had to be taken back.
        found: What its files hold.

    Raises:
        DiskError: A file cannot be written.
        PoolError: A stored reply is damaged.
    """
    position = found.position
    at = StreamAt(request=position.request, files=position.extents)
    growth = Stream(journal, journal.folder, at, position.replies_from, found.counted)
    journal.add(growth)
    if found.undone is None and not growth.replies.shorter:
        return growth, position
    line = found.undone or Commit(time="", event=RECOVERED, position=position)
    # Offsets into a file that is shorter now would point into the middle of later lines.
    size = growth.replies.size
    position = line.position.model_copy(
        update={
            "replies_bytes": min(line.position.replies_bytes, size),
            "replies_from": min(line.position.replies_from, size),
        }
    )
    journal.write(line.model_copy(update={"time": journal.now(), "position": position}))
    return growth, position
