"""Batches by OpenAI's Files and Batches, and by servers that speak alike."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import TypeVar

import openai
from openai.types import Batch

from selfinstruct.jsonl import whole_file
from selfinstruct.teachers.batching import Parcel, Seen, UnknownBatchError, UnlistedError
from selfinstruct.teachers.openai import OpenAITeacher

MARK = "selfinstruct"
"""The key of a batch's metadata that holds its mark."""

_WINDOW = "24h"  # the only one there is
_PAGE = 100  # batches of one page of a list
_MOST_PAGES = 50
_EARLIER = 3600.0  # seconds that the clocks of two machines may differ
_SLOWEST = 900.0  # seconds of one transfer; a file may have 200 MB
_ENDED = {"completed", "failed", "expired", "cancelled", "canceled"}

_T = TypeVar("_T")


class OpenAIBatches:
    """The transport over HTTP.

    Args:
        teacher: Whose server it is.

    Attributes:
        name: ``openai``.
        address: The server's, as it may be shown.
    """

    def __init__(self, teacher: OpenAITeacher) -> None:
        self.name = "openai"
        self.address = teacher.address
        self._failures = teacher.failures
        self._client = teacher.client

    async def upload(self, parcel: Parcel) -> str:
        """See :class:`selfinstruct.teachers.batching.Transport`."""
        content = await asyncio.to_thread(parcel.requests.read_bytes)
        name = f"{parcel.mark.replace(':', '-')}.jsonl"
        made = self._client.files.create(file=(name, content), purpose="batch", timeout=_SLOWEST)
        return (await self._asked(made)).id

    async def create(self, parcel: Parcel, file: str) -> Seen:
        """See :class:`selfinstruct.teachers.batching.Transport`."""
        # The endpoint's type lists those of today; the server knows best.
        made = self._client.post(
            "/batches",
            cast_to=Batch,
            body={
                "input_file_id": file,
                "endpoint": parcel.endpoint,
                "completion_window": _WINDOW,
                "metadata": {MARK: parcel.mark},
            },
        )
        return _seen(await self._asked(made))

    async def find(self, parcel: Parcel, file: str, since: float) -> Seen | None:
        """See :class:`selfinstruct.teachers.batching.Transport`."""
        after: str | None = None
        listed = 0
        for _ in range(_MOST_PAGES):
            page = await self._page(after)
            for one in page:
                listed += 1
                if (one.metadata or {}).get(MARK) == parcel.mark or one.input_file_id == file:
                    return _seen(one)
            if len(page) < _PAGE or (page[-1].created_at or 0) < since - _EARLIER:
                break
            after = page[-1].id
        if not listed:
            raise UnlistedError(f"{self.address} lists no batches at all.", empty=True)
        return None

    async def look(self, parcel: Parcel, id_: str) -> Seen:
        """See :class:`selfinstruct.teachers.batching.Transport`."""
        del parcel
        try:
            return _seen(await self._client.batches.retrieve(id_))
        except openai.NotFoundError as error:
            raise UnknownBatchError(
                f"{self.address} knows no batch {id_}; perhaps another key made it."
            ) from self._failures.cause(error)
        except openai.OpenAIError as error:
            raise self._failures.translated(error) from self._failures.cause(error)

    async def fetch(self, parcel: Parcel, seen: Seen) -> list[Path]:
        """See :class:`selfinstruct.teachers.batching.Transport`."""
        found = []
        for file, path in ((seen.output, parcel.output), (seen.errors, parcel.errors)):
            if not file:
                continue
            if path.exists():  # brought by an earlier call, as a whole
                found.append(path)
                continue
            content = await self._asked(self._client.files.content(file, timeout=_SLOWEST))
            with whole_file(path) as out:
                out.write(content.content)
            found.append(path)
        return found

    async def cancel(self, parcel: Parcel, id_: str) -> Seen:
        """See :class:`selfinstruct.teachers.batching.Transport`."""
        del parcel
        return _seen(await self._asked(self._client.batches.cancel(id_)))

    async def _page(self, after: str | None) -> list[Batch]:
        try:
            batches = self._client.batches
            listed = batches.list(after=after, limit=_PAGE) if after else batches.list(limit=_PAGE)
            return (await listed).data
        except (openai.NotFoundError, openai.APIStatusError) as error:
            if error.status_code in {404, 405, 501}:
                raise UnlistedError(f"{self.address} lists no batches.") from None
            raise self._failures.translated(error) from self._failures.cause(error)
        except openai.OpenAIError as error:
            raise self._failures.translated(error) from self._failures.cause(error)

    async def _asked(self, call: Awaitable[_T]) -> _T:
        try:
            return await call
        except openai.OpenAIError as error:
            raise self._failures.translated(error) from self._failures.cause(error)


def _seen(batch: Batch) -> Seen:
    """What a server tells of a batch; servers differ in their words for how it goes."""
    status = str(batch.status or "").casefold()
    counts = batch.request_counts
    completed = (counts and counts.completed) or 0
    failed = (counts and counts.failed) or 0
    total = (counts and counts.total) or 0
    output, errors = batch.output_file_id or "", batch.error_file_id or ""
    done = bool(total) and completed + failed >= total and bool(output or errors)
    reasons = (batch.errors.data if batch.errors else None) or []
    why = "; ".join(
        f"line {one.line}: {one.message}" if one.line else str(one.message or one.code)
        for one in reasons[:3]
    )
    return Seen(
        batch.id,
        status or "unknown",
        ended=status in _ENDED or done,
        output=output,
        errors=errors,
        completed=completed,
        failed=failed,
        total=total,
        code=str(reasons[0].code or "") if reasons else "",
        why=why,
        expires=batch.expires_at,
    )
