"""What the rows and the ledger of a pool come to, as plain values."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from selfinstruct.lineage import Lineage
from selfinstruct.tasks import Reason

_POINTS = 24  # of a yield curve
_LEAST_CANDIDATES = 20  # between two of them


def last_failure(rejects: Iterable[Mapping[str, Any]]) -> str | None:
    """Why the last of the requests failed that did; None where none has.

    Args:
        rejects: The rows of ``rejects.jsonl``.
    """
    failed = (row["detail"] for row in rejects if row["reason"] == Reason.REQUEST_FAILED)
    last = deque(failed, maxlen=1)
    return str(last[0].get("error", "")) or None if last else None


def evolution(
    tasks: Iterable[Mapping[str, Any]], rejects: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """What became of the rounds and operations of an evolved pool.

    Args:
        tasks: The rows of ``tasks.jsonl``.
        rejects: Those of ``rejects.jsonl``.

    Returns:
        By round and by operation the ``kept`` evolutions, the share eliminated and the mean
        difficulty, where a judge gave it; and how many were eliminated for each reason.
    """
    rounds: dict[int, _Evolved] = {}
    operations: dict[str, _Evolved] = {}
    reasons: Counter[str] = Counter()
    for row in tasks:
        came = Lineage(row["provenance"])
        if (key := came.round) is not None:
            rounds.setdefault(key, _Evolved()).keep(row.get("difficulty"))
        if (name := came.operation) is not None:
            operations.setdefault(name, _Evolved()).keep(row.get("difficulty"))
    for row in rejects:
        came = Lineage(row["detail"])
        reasons[row["reason"]] += 1
        if (key := came.round) is not None:
            rounds.setdefault(key, _Evolved()).eliminated += 1
        if (name := came.operation) is not None:
            operations.setdefault(name, _Evolved()).eliminated += 1
    return {
        "rounds": {key: rounds[key].row() for key in sorted(rounds)},
        "operations": {key: operations[key].row() for key in sorted(operations)},
        "eliminated": dict(reasons.most_common()),
    }


@dataclass(slots=True)
class _Evolved:
    kept: int = 0
    eliminated: int = 0
    grades: list[int] = field(default_factory=list)

    def keep(self, grade: int | None) -> None:
        self.kept += 1
        if isinstance(grade, int):
            self.grades.append(grade)

    def row(self) -> dict[str, Any]:
        mean = round(sum(self.grades) / len(self.grades), 2) if self.grades else None
        share = round(self.eliminated / (self.kept + self.eliminated), 4)
        return {"kept": self.kept, "eliminated_share": share, "mean_difficulty": mean}


def yield_curve(yields: Sequence[tuple[int, int]]) -> list[dict[str, float]]:
    """How many of 100 candidates became tasks, over the pool's life.

    Args:
        yields: Of each commit in order, tasks, and tasks and rejects together.

    Returns:
        At most 24 points at about equal numbers of candidates: ``candidates`` up to there, and
        ``accepted_per_100`` since the point before.
    """
    whole = sum(candidates for _, candidates in yields)
    step = max(_LEAST_CANDIDATES, whole / _POINTS)
    points: list[dict[str, float]] = []
    seen = tasks = candidates = 0
    for accepted, judged in yields:
        seen, tasks, candidates = seen + judged, tasks + accepted, candidates + judged
        if candidates and (candidates >= step or seen == whole):
            share = round(100 * tasks / candidates, 1)
            points.append({"candidates": seen, "accepted_per_100": share})
            tasks = candidates = 0
    return points
