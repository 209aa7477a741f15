"""The stored replies of a whole pool, found by what was asked: for replaying it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from selfinstruct.errors import PoolError
from selfinstruct.journal import REPLIES, whole_lines
from selfinstruct.journal.reply_rows import read_reply, rows
from selfinstruct.teachers.base import Prompt, Reply


class Archive:
    """The replies of the pool in ``folder``, by the digest of the prompt's text.

    Model and decoding play no part: what was answered is what was answered. Where a text was
    answered more than once, the first answer counts, as it did in the pool.

    Args:
        folder: The pool; nothing in it is locked or changed.

    Attributes:
        end: The number behind that of the last request with a reply.
        teacher: The preset that answered first.
        model: Its model.

    Raises:
        PoolError: A stored reply is damaged, or there is none.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / REPLIES
        self._offsets: dict[str, int] = {}
        self.end = 0
        self.teacher = self.model = ""
        size = whole_lines(self._path)
        if not size:
            raise PoolError(f"{self._path}: holds no replies, so there is nothing to replay.")
        for offset, row in rows(self._path, 0):
            if offset >= size:  # a run may be writing to it
                break
            answered = "error" not in row and (not row.get("starved") or row.get("hopeless"))
            if answered and row.get("prompt"):
                self._take(offset, row)
        if not self._offsets:
            raise PoolError(
                f"{self._path}: was written by a version that did not say what was asked, so it "
                "cannot be replayed."
            )

    def __len__(self) -> int:
        """How many different prompts have a reply."""
        return len(self._offsets)

    def find(self, prompt: Prompt) -> Reply | None:
        """The reply to ``prompt``, marked as asked no time; None where there is none."""
        offset = self._offsets.get(prompt.digest())
        if offset is None:
            return None
        with self._path.open("rb") as file:
            file.seek(offset)
            return dataclasses.replace(read_reply(json.loads(file.readline())), attempts=0)

    def _take(self, offset: int, row: dict[str, Any]) -> None:
        if row.get("again") or row["prompt"] not in self._offsets:
            self._offsets[row["prompt"]] = offset
        self.end = max(self.end, int(row["request"]) + 1)
        if not self.model:
            self.teacher, self.model = row.get("teacher", ""), row.get("model", "")
