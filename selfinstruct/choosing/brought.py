"""Scores that somebody brings: ``{"id": "task_…", "score": 4.5}``, of tasks or of instances."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from selfinstruct.annotations import Target
from selfinstruct.errors import UsageError
from selfinstruct.report import Item


@dataclass(frozen=True, slots=True)
class Brought:
    """Scores of tasks.

    Attributes:
        scores: By the id of a task, the mean of what was said of it and its instances.
        strange: How many ids are of no task of the set.
    """

    scores: Mapping[str, float]
    strange: int


def brought(
    said: str, rows: Iterable[tuple[str, Mapping[str, Any]]], items: Iterable[Item]
) -> Brought:
    """The scores in ``rows``, as far as they are of ``items``.

    Args:
        said: The file, as messages call it.
        rows: Where each stands, and what it says.
        items: The tasks of the set.

    Raises:
        UsageError: A row has no id or no number, an id stands there twice, or none is known.
    """
    known = {item.id for item in items}
    found: dict[str, list[float]] = {}
    seen: set[str] = set()
    strange = 0
    for where, row in rows:
        name, score = row.get("id"), _number(row.get("score"))
        if not isinstance(name, str) or score is None:
            raise UsageError(
                f'{where}: is no score; write {{"id": "task_…", "score": 4.5}}, a finite number.'
            )
        if name in seen:
            raise UsageError(f"{where}: the id {name!r} stands there twice.")
        seen.add(name)
        task = name if name in known else Target.of(name).task
        if task in known:
            found.setdefault(task, []).append(score)
        else:
            strange += 1
    if not found:
        raise UsageError(f"{said}: scores none of the tasks. Are its ids those of another set?")
    means = {name: sum(scores) / len(scores) for name, scores in found.items()}
    return Brought(means, strange)


def _number(value: object) -> float | None:
    """``value`` as a number; cells of tables are texts."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
