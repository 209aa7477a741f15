"""The rows of ``replies.jsonl``: what is written of a reply, and read again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from selfinstruct.errors import PoolError
from selfinstruct.journal.counts import StepCount
from selfinstruct.teachers.base import Prompt, Reply, Usage

_FLAGS = ("starved", "hopeless", "undecided")
_KINDS = ("cached_tokens", "written_tokens", "reasoning_tokens")


def reply_row(key: str, prompt: Prompt, reply: Reply, cost: float | None) -> dict[str, Any]:
    """The row of a reply, which names who gave it.

    Args:
        key: The digest of the request.
        prompt: The request.
        reply: What came back.
        cost: Dollars, if that is known.
    """
    usage = reply.usage
    return {
        "key": key,
        "request": prompt.request,
        "step": prompt.step,
        "prompt": prompt.digest(),
        "teacher": reply.teacher,
        "model": reply.model,
        "text": reply.text,
        **({"thoughts": reply.thoughts} if reply.thoughts else {}),
        "finish": reply.finish,
        **{name: True for name in _FLAGS if getattr(reply, name)},
        "usage": [usage.prompt_tokens, usage.completion_tokens] if usage else None,
        **_kinds(usage),
        "attempts": reply.attempts,
        "lost": reply.lost,
        "cost_usd": cost,
    }


def read_reply(row: dict[str, Any]) -> Reply:
    """The reply in a row of the store."""
    said = row.get("tokens", {})
    kinds = {kind: said[kind] for kind in _KINDS if kind in said}
    usage = Usage(*row["usage"], **kinds) if row["usage"] else None
    return Reply(
        row["text"],
        row["finish"],
        usage,
        row["attempts"],
        thoughts=row.get("thoughts", ""),
        starved=bool(row.get("starved")),
        hopeless=bool(row.get("hopeless")),
        undecided=bool(row.get("undecided")),
        teacher=row.get("teacher", ""),
        model=row.get("model", ""),
    )


def _kinds(usage: Usage | None) -> dict[str, Any]:
    """What a server said of the kinds of tokens, in a field of its own: the pair stays a pair."""
    if usage is None:
        return {}
    kinds = {kind: count for kind in _KINDS if (count := getattr(usage, kind))}
    return {"tokens": kinds} if kinds else {}


def used(row: dict[str, Any]) -> StepCount:
    """What the calls of a row used."""
    failed = "error" in row
    if not failed and not row["attempts"]:
        return StepCount()  # taken over from another pool, which counted it
    usage = row.get("usage") or (0, 0)
    return StepCount(
        calls=row["attempts"],
        repeated=max(0, row["attempts"] - 1),
        failed=int(failed and row.get("final", True)),
        unmetered=int(not failed and not row["usage"]) + row.get("lost", 0),
        starved=int(row.get("starved", False)),
        prompt_tokens=usage[0],
        completion_tokens=usage[1],
        **{kind: row.get("tokens", {}).get(kind, 0) for kind in _KINDS},
        cost_usd=row["cost_usd"],
    )


def rows(path: Path, start: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield ``(offset, row)`` from the byte ``start`` on.

    Raises:
        PoolError: A row is damaged; it is named.
    """
    with path.open("rb") as file:
        file.seek(start)
        offset = start
        for line in file:
            try:
                row = json.loads(line)
                used(row)
                yield offset, row
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise PoolError(
                    f"{path}:{_line_number(path, offset)}: this stored reply is damaged. "
                    "Restore the file from a copy; selfinstruct does not guess."
                ) from error
            offset += len(line)


def _line_number(path: Path, offset: int) -> int:
    with path.open("rb") as file:
        return file.read(offset).count(b"\n") + 1
