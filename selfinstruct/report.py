"""What a run or a pool comes to, as plain values: for ``--json`` and for the console to show."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selfinstruct.bootstrap import Outcome, Tally
from selfinstruct.pool import Snapshot, StepCount
from selfinstruct.tasks import Reason

_POINTS = 24  # of a yield curve
_LEAST_CANDIDATES = 20  # between two of them


def run_summary(folder: Path, tally: Tally, outcome: Outcome, seconds: float) -> dict[str, Any]:
    """One run, with the keys that ``--json`` promises.

    Tasks and instances are the pool's; accepted, rejected, calls, tokens and cost are this run's.
    """
    used = tally.total
    return {
        "pool": str(folder),
        "target": tally.target,
        "tasks": tally.tasks,
        "instances": tally.instances,
        "accepted": tally.accepted,
        "rejected": dict(tally.rejected.most_common()),
        **_usage(used),
        "priced": tally.priced,
        "last_failure": tally.last_failure or None,
        "seconds": round(seconds, 3),
        "stopped": outcome.stopped.value,
    }


def pool_summary(folder: Path, snapshot: Snapshot) -> dict[str, Any]:
    """A pool over all its runs."""
    manifest, position = snapshot.manifest, snapshot.position
    whole = StepCount()
    for count in snapshot.steps.values():
        whole.add(count)
    return {
        "pool": str(folder),
        "recipe": manifest.recipe,
        "language": manifest.language,
        "tokenizer": manifest.tokenizer,
        "threshold": manifest.threshold,
        "seed": manifest.seed,
        "models": snapshot.models,
        "unapplied": {model: sorted(names) for model, names in snapshot.unapplied.items()},
        "tasks": position.tasks,
        "instances": position.instances,
        "rejects": position.rejects,
        "rejected": dict(snapshot.rejected.most_common()),
        "requests": position.request,
        **_usage(whole),
        "steps": {step: count.model_dump() for step, count in snapshot.steps.items()},
        "yield_curve": yield_curve(snapshot.yields),
        "runs": snapshot.runs,
        "last_time": snapshot.last_time or None,
    }


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
        came = row["provenance"]
        if isinstance(key := came.get("round"), int):
            rounds.setdefault(key, _Evolved()).keep(row.get("difficulty"))
        if isinstance(name := came.get("operation"), str):
            operations.setdefault(name, _Evolved()).keep(row.get("difficulty"))
    for row in rejects:
        detail = row["detail"]
        reasons[row["reason"]] += 1
        if isinstance(key := detail.get("round"), int):
            rounds.setdefault(key, _Evolved()).eliminated += 1
        if isinstance(name := detail.get("operation"), str):
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


def _usage(used: StepCount) -> dict[str, Any]:
    return {
        "calls": used.calls,
        "repeated_calls": used.repeated,
        "failed_requests": used.failed,
        "unmetered_calls": used.unmetered,
        "starved_calls": used.starved,
        "unreadable_replies": used.unreadable,
        "prompt_tokens": used.prompt_tokens,
        "completion_tokens": used.completion_tokens,
        "cached_tokens": used.cached_tokens,
        "written_tokens": used.written_tokens,
        "reasoning_tokens": used.reasoning_tokens,
        "cost_usd": None if used.cost_usd is None else round(used.cost_usd, 6),
    }
