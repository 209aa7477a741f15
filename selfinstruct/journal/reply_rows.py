"""The rows of ``replies.jsonl``: how replies are written and read, and what is wrong with a row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from selfinstruct.errors import PoolError
from selfinstruct.journal.lines import lines_of
from selfinstruct.journal.step_counts import StepCount
from selfinstruct.teachers.base import Place, Prompt, Reply, Usage

_FLAGS = ("starved", "hopeless", "undecided")
_KINDS = ("cached_tokens", "written_tokens", "reasoning_tokens")

_Types = tuple[type, ...]
_NUMBER: _Types = (int, float, type(None))
_ALWAYS: Mapping[str, _Types] = {
    "key": (str,),
    "request": (int,),
    "step": (str,),
    "attempts": (int,),
    "cost_usd": _NUMBER,
}
_OF_ANSWERS: Mapping[str, _Types] = {
    "text": (str,),
    "finish": (str,),
    "usage": (list, type(None)),
}
_SOMETIMES: Mapping[str, _Types] = {
    "prompt": (str,),
    "teacher": (str,),
    "model": (str,),
    "thoughts": (str,),
    "error": (str,),
    "lost": (int,),
    "tokens": (dict,),
    "places": (list,),
    "batch": (str,),
}


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
        **({"places": [[one.token, one.likely] for one in reply.places]} if reply.places else {}),
        "finish": reply.finish,
        **{name: True for name in _FLAGS if getattr(reply, name)},
        "usage": [usage.prompt_tokens, usage.completion_tokens] if usage else None,
        **_kinds(usage),
        "attempts": reply.attempts,
        "lost": reply.lost,
        "cost_usd": cost,
    }


def flaw(row: object) -> str:
    """What keeps a line from being a reply or a failure, in words; "" where nothing does."""
    if not isinstance(row, dict):
        return "is no JSON object"
    needed = _ALWAYS if "error" in row else {**_ALWAYS, **_OF_ANSWERS}
    for key in needed:
        if key not in row:
            return f"lacks {key!r}"
    for key, types in {**needed, **_SOMETIMES}.items():
        if key in row and not isinstance(row[key], types):
            return f"{key!r} is of another kind"
    usage, kinds = row.get("usage"), row.get("tokens", {})
    if usage is not None and not (len(usage) == 2 and _are_counts(usage)):
        return "'usage' is no pair of numbers"
    return "" if _are_counts(kinds.values()) else "'tokens' holds what is no number"


def _are_counts(values: Any) -> bool:
    return all(isinstance(value, int) for value in values)


def flaws(path: Path, size: int) -> Iterator[tuple[int, str]]:
    """The numbers of the damaged lines in the first ``size`` bytes, each with what is wrong.

    Raises:
        PoolError: The file cannot be read.
    """
    for number, (_, line) in enumerate(lines_of(path, size), 1):
        if said := _flaw_of_line(line)[1]:
            yield number, said


def _flaw_of_line(line: bytes) -> tuple[dict[str, Any], str]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {}, f"is no JSON ({type(error).__name__})"
    return row, flaw(row)


def rows(path: Path, start: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield ``(offset, row)`` from the byte ``start`` on; a line without its newline is none yet.

    Raises:
        PoolError: A row is damaged, which is named; or the file cannot be read.
    """
    for offset, line in lines_of(path, start=start):
        row, said = _flaw_of_line(line)
        if said:
            where = f"{path}:{_line_number(path, offset)}"
            raise PoolError(
                f"{where}: this stored reply is damaged: it {said}. "
                "Restore the file from a copy; selfinstruct does not guess."
            )
        yield offset, row


def _line_number(path: Path, offset: int) -> int:
    with path.open("rb") as file:
        return file.read(offset).count(b"\n") + 1


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
        places=tuple(_places(row.get("places", ()))),
        teacher=row.get("teacher", ""),
        model=row.get("model", ""),
    )


def _places(rows_: Any) -> Iterator[Place]:
    for token, likely in rows_:
        yield Place(str(token), tuple((str(text), float(share)) for text, share in likely))


def _kinds(usage: Usage | None) -> dict[str, Any]:
    """What a server said of the kinds of tokens, in a field of its own: the pair stays a pair."""
    if usage is None:
        return {}
    kinds = {kind: count for kind in _KINDS if (count := getattr(usage, kind))}
    return {"tokens": kinds} if kinds else {}


def used(row: dict[str, Any]) -> StepCount:
    """What the call of a row used."""
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
