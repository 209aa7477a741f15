"""What a pool's tasks took: its yield, its tokens and its cost over its life, and by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from selfinstruct.figures import yield_curve
from selfinstruct.journal import StepCount
from selfinstruct.journal.step_counts import total
from selfinstruct.pool import Spent
from selfinstruct.report.figures import share
from selfinstruct.report.items import Grown

_POINTS = 24


def spending(grown: Grown, tasks: int) -> dict[str, Any]:
    """The yield curve, and tokens and dollars for a kept task, over the pool's life.

    Args:
        grown: The pool.
        tasks: How many it holds.
    """
    used = total(grown.steps)
    tokens = used.prompt_tokens + used.completion_tokens
    return {
        "calls": used.calls,
        "prompt_tokens": used.prompt_tokens,
        "completion_tokens": used.completion_tokens,
        "cost_usd": _dollars(used.cost_usd),
        "tokens_per_task": round(tokens / tasks, 1) if tasks else None,
        "cost_per_1000_tasks": _dollars(_each(used, tasks)),
        "accepted_per_100": [dict(point) for point in yield_curve(grown.yields)],
        "per_task": spent_curve(grown.spent),
    }


def _each(used: StepCount, tasks: int) -> float | None:
    known = used.cost_usd is not None and tasks
    return 1000 * (used.cost_usd or 0) / tasks if known else None


def _dollars(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def spent_curve(spent: Sequence[Spent]) -> list[dict[str, Any]]:
    """Tokens, and dollars for 1,000 tasks, at about equal numbers of candidates.

    Each point is about what was made since the one before it. Where nothing was kept meanwhile,
    what was used counts for the next one.
    """
    whole = sum(one.candidates for one in spent)
    step = max(20.0, whole / _POINTS)
    points: list[dict[str, Any]] = []
    seen = tasks = candidates = tokens = 0
    cost: float | None = 0.0
    for place, one in enumerate(spent, 1):
        seen, candidates = seen + one.candidates, candidates + one.candidates
        tasks, tokens = tasks + one.tasks, tokens + one.tokens
        cost = None if cost is None or one.cost_usd is None else cost + one.cost_usd
        if tasks and (candidates >= step or place == len(spent)):
            dollars = None if cost is None else round(1000 * cost / tasks, 4)
            points.append(
                {
                    "candidates": seen,
                    "tokens_per_task": round(tokens / tasks, 1),
                    "cost_per_1000_tasks": dollars,
                }
            )
            tasks = candidates = tokens = 0
            cost = 0.0
    return points


def stages(grown: Grown) -> list[dict[str, Any]]:
    """Of each step its calls, and the shares that were unreadable and starved."""
    return [
        {
            "step": step,
            "calls": count.calls,
            "repeated": count.repeated,
            "failed": count.failed,
            "unreadable": count.unreadable,
            "unreadable_share": share(count.unreadable, count.calls),
            "starved": count.starved,
            "starved_share": share(count.starved, count.calls),
            "prompt_tokens": count.prompt_tokens,
            "completion_tokens": count.completion_tokens,
            "cost_usd": _dollars(count.cost_usd),
        }
        for step, count in sorted(grown.steps.items(), key=lambda one: (-one[1].calls, one[0]))
    ]
