"""What became of an evolved pool: rounds, operations, difficulty, skills (WizardLM, section 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from selfinstruct.figures import evolution as told_of
from selfinstruct.report.figures import counted
from selfinstruct.report.items import Grown, Item
from selfinstruct.statistics import mean

_GRADES = 10
_SKILLS = 20


def evolution(items: Sequence[Item], grown: Grown) -> dict[str, Any]:
    """By round and operation what was kept and how hard it is, and which skills are needed."""
    kept = (
        {
            "provenance": {"round": item.round, "operation": item.operation},
            "difficulty": item.difficulty,
        }
        for item in items
    )
    refused = (
        {"reason": one.reason, "detail": {"round": one.round, "operation": one.operation}}
        for one in grown.refused
    )
    told = told_of(kept, refused)
    skills = Counter(" ".join(item.skill.split()) for item in items if item.skill)
    return {
        "rounds": [{"round": key, **row} for key, row in told["rounds"].items()],
        "operations": [{"operation": key, **row} for key, row in told["operations"].items()],
        "difficulty": _difficulty(items),
        "skills": {
            "n": skills.total(),
            "distinct": len(skills),
            "commonest": counted("skill", skills, _SKILLS),
        },
    }


def _difficulty(items: Sequence[Item]) -> list[dict[str, Any]]:
    """Of each round the mean grade with its interval, and how often each grade was given."""
    of_round: dict[int, list[int]] = {}
    for item in items:
        if item.difficulty is not None and 1 <= item.difficulty <= _GRADES:
            of_round.setdefault(item.round or 0, []).append(item.difficulty)
    rows: list[dict[str, Any]] = []
    for number, grades in sorted(of_round.items()):
        found, given = mean(grades), Counter(grades)
        rows.append(
            {
                "round": number,
                "n": found.n,
                "mean": _short(found.value),
                "low": _short(found.low),
                "high": _short(found.high),
                "bars": [given[grade] for grade in range(1, _GRADES + 1)],
            }
        )
    return rows


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
