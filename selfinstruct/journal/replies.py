"""The store of replies: every reply is written when it arrives and asked for before the teacher.

A reply is found by the digest of its whole request (``Prompt.key``), so a killed run continues
without paying again, and a changed filter or parser reads the same replies anew. Replies of
committed requests stay in the file but leave the memory.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from selfinstruct import jsonl
from selfinstruct.journal.files import AppendFile, whole_lines
from selfinstruct.journal.reply_rows import read_reply, reply_row, rows, used
from selfinstruct.journal.step_counts import StepCount
from selfinstruct.teachers.base import Prompt, Reply
from selfinstruct.teachers.budget import Price

REPLIES = "replies.jsonl"


class ReplyStore:
    """The replies of one stream of requests.

    Args:
        path: ``replies.jsonl``.
        needed_from: The byte from which replies may still be needed.
        counted_to: The byte up to which calls are counted in the ledger.

    Attributes:
        uncounted: What the calls since the last ledger line used, by step.
        torn: Whether the file ended in a torn line, which was cut off.
        shorter: Whether the file is shorter than the ledger says.
    """

    def __init__(self, path: Path, needed_from: int, counted_to: int) -> None:
        size = whole_lines(path)
        self.torn = path.exists() and path.stat().st_size > size
        self.shorter = size < max(needed_from, counted_to)
        self._file = AppendFile(path, size, 0)  # its integrity is that of each line
        self._kept: dict[str, Reply] = {}
        self._first: dict[int, int] = {}  # by request, the offset of its first row
        self._keys: dict[int, list[str]] = {}
        self._users: Counter[str] = Counter()
        self._failed: dict[str, tuple[int, str]] = {}
        self.uncounted: dict[str, StepCount] = {}
        needed_from, counted_to = min(needed_from, size), min(counted_to, size)
        for offset, row in rows(path, min(needed_from, counted_to)):
            if offset >= counted_to:
                self._count(str(row["step"]), used(row))
            if offset >= needed_from:
                self._remember(offset, row)

    def __len__(self) -> int:
        """How many replies are in memory, waiting to be used or committed."""
        return len(self._kept)

    @property
    def size(self) -> int:
        """Bytes written."""
        return self._file.size

    @property
    def next_request(self) -> int:
        """A request number behind all of which something is in memory."""
        return max(self._first, default=-1) + 1

    def recall(self, requests: Mapping[int, int]) -> None:
        """Load the replies of committed requests again.

        Args:
            requests: By number of such a request, that of the one which may need its replies.
        """
        for _, row in rows(self._file.path, 0):
            number = requests.get(int(row["request"]))
            if number is not None and "error" not in row:
                self._use(number, row)

    def answered(self, teacher: str, model: str) -> bool:
        """Whether this teacher has answered anything, ever."""
        return any(
            "error" not in row and (row.get("teacher"), row.get("model")) == (teacher, model)
            for _, row in rows(self._file.path, 0)
        )

    def find(self, key: str) -> Reply | None:
        """The stored reply to the request with this digest, if there is one."""
        return self._kept.get(key)

    def failures(self, key: str) -> tuple[int, str]:
        """How often the request with this digest failed for good, and why the last time."""
        return self._failed.get(key, (0, ""))

    def keep(
        self,
        key: str,
        prompt: Prompt,
        reply: Reply,
        price: Price | None,
        *,
        teacher: str,
        model: str,
        batch: str = "",
    ) -> StepCount:
        """Write ``reply`` down, and return what it used.

        Args:
            key: The digest of the request.
            prompt: The request.
            reply: What came back.
            price: What tokens cost, if that is known.
            teacher: The preset that answered, where the reply does not say.
            model: Its model, likewise.
            batch: The number of the batch that brought it; "" for none.

        Raises:
            DiskError: It could not be written.
        """
        usage = reply.usage
        cost = price.cost(usage) if price and usage else None
        named = dataclasses.replace(
            reply, teacher=reply.teacher or teacher, model=reply.model or model
        )
        row = reply_row(key, prompt, named, cost)
        return self._write(row | ({"batch": batch} if batch else {}))

    def keep_again(self, key: str, prompt: Prompt, reply: Reply) -> None:
        """Write down what a stored reply turned out to say; it was counted when it arrived.

        Raises:
            DiskError: It could not be written.
        """
        again = dataclasses.replace(reply, attempts=0)
        self._write(reply_row(key, prompt, again, None) | {"again": True})

    def note(self, step: str, *, unreadable: int) -> None:
        """Count replies of ``step`` that held nothing that could be read."""
        self._count(step, StepCount(unreadable=unreadable))

    def keep_failure(
        self,
        key: str,
        prompt: Prompt,
        why: str,
        attempts: int,
        *,
        lost: int = 0,
        final: bool = True,
        batch: str = "",
    ) -> StepCount:
        """Write down that the request failed; it is not an answer and is asked again.

        Args:
            key: The digest of the request.
            prompt: The request.
            why: The last failure.
            attempts: How often it was asked.
            lost: How many of these may have been billed without a reply.
            final: Whether it failed for good, rather than being left when the run ended.
            batch: The number of the batch that it failed in; "" for none.

        Raises:
            DiskError: It could not be written.
        """
        row = {
            "key": key,
            "request": prompt.request,
            "step": prompt.step,
            "error": jsonl.clean(why),
            "final": final,
            "attempts": attempts,
            "lost": lost,
            "cost_usd": 0.0,
        }
        return self._write(row | ({"batch": batch} if batch else {}))

    def brought_by(self, batch: str, start: int) -> set[str]:
        """The digests of requests whose rows, from the byte ``start`` on, came by this batch."""
        found = rows(self._file.path, start) if self._file.path.exists() else ()
        return {str(row["key"]) for _, row in found if row.get("batch") == batch}

    def forget_below(self, request: int) -> None:
        """Let go of the replies of committed requests: those with a number below ``request``."""
        for number in [number for number in {*self._first, *self._keys} if number < request]:
            self._first.pop(number, None)
            for key in self._keys.pop(number, ()):
                self._users[key] -= 1
                if not self._users[key]:  # a request asked again may need it longer
                    del self._users[key], self._kept[key]

    def needed_from(self) -> int:
        """The byte from which replies are still needed."""
        return min(self._first.values(), default=self._file.size)

    def sync(self) -> None:
        """Make everything durable.

        Raises:
            DiskError: See :meth:`AppendFile.sync`.
        """
        self._file.sync()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, row: dict[str, Any]) -> StepCount:
        offset = self._file.size
        self._file.append(jsonl.dumps(row) + "\n")
        self._remember(offset, row)
        count = used(row)
        self._count(str(row["step"]), count)
        return count

    def _remember(self, offset: int, row: dict[str, Any]) -> None:
        request = int(row["request"])
        self._first.setdefault(request, offset)
        if "error" not in row:
            self._use(request, row)
        elif row.get("final", True):
            count, _ = self.failures(row["key"])
            self._failed[row["key"]] = count + 1, str(row["error"])

    def _use(self, request: int, row: dict[str, Any]) -> None:
        self._kept[row["key"]] = read_reply(row)
        self._users[row["key"]] += 1
        self._keys.setdefault(request, []).append(row["key"])

    def _count(self, step: str, count: StepCount) -> None:
        self.uncounted.setdefault(step, StepCount()).add(count)
