"""The stored replies of a pool, found by the keys of their requests: for jobs that ask the same."""

from __future__ import annotations

import json
from pathlib import Path

from selfinstruct.errors import PoolError
from selfinstruct.journal import REPLIES, whole_lines
from selfinstruct.journal.reply_rows import read_reply, rows
from selfinstruct.teachers.base import Reply


class Bought:
    """What the pool in ``folder`` has bought, whoever answered; nothing is locked or changed.

    Args:
        folder: The pool. It may be growing: what it buys from now on is not seen.

    Raises:
        PoolError: A stored reply is damaged, or there is none.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / REPLIES
        self._offsets: dict[str, int] = {}
        size = whole_lines(self._path)
        if not size:
            raise PoolError(f"{self._path}: holds no replies, so none can be taken over.")
        for offset, row in rows(self._path, 0):
            if offset >= size:
                break
            if "error" not in row and (not row.get("starved") or row.get("hopeless")):
                self._offsets[row["key"]] = offset

    def find(self, key: str) -> Reply | None:
        """The reply to the request with this digest, if it was bought."""
        offset = self._offsets.get(key)
        if offset is None:
            return None
        with self._path.open("rb") as file:
            file.seek(offset)
            return read_reply(json.loads(file.readline()))
