"""Tasks to browse: a sample, with all their parts."""

from __future__ import annotations

from typing import Any

from selfinstruct.report.figures import lowest
from selfinstruct.report.items import Item, Source, cut

_CASES = 3
_ROOM = 120_000  # bytes of all texts: a page is mailed


def browsed(source: Source, count: int) -> dict[str, Any]:
    """At most ``count`` tasks, always the same, in the order of the set."""
    places = lowest([item.id for item in source.items], count, "browse")
    tasks: list[dict[str, Any]] = []
    room = _ROOM
    for place in places:
        row = _row(source.items[place])
        room -= _size(row)
        if room < 0:
            break
        tasks.append(row)
    return {"n": len(tasks), "of": len(source.items), "tasks": tasks}


def _row(item: Item) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": item.id,
        "instruction": cut(item.instruction),
        "is_classification": item.is_classification,
        "instances": [
            {"input": cut(case.input), "output": cut(case.output)} for case in item.cases[:_CASES]
        ],
        "instances_in_all": len(item.cases),
    }
    more = {
        "recipe": item.recipe,
        "model": item.model,
        "request": item.request,
        "round": item.round,
        "operation": item.operation,
        "difficulty": item.difficulty,
        "skill": item.skill,
    }
    return row | {key: value for key, value in more.items() if value not in {None, ""}}


def _size(row: dict[str, Any]) -> int:
    texts = [row["instruction"], *(text for case in row["instances"] for text in case.values())]
    return sum(len(text.encode("utf-8", "replace")) for text in texts)
