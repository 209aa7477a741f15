"""What ``estimate`` does: the figures of a run that has not started, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from selfinstruct.bootstrap import Source
from selfinstruct.bootstrap import estimate as estimating
from selfinstruct.cli import wiring
from selfinstruct.pool import history, look
from selfinstruct.tasks import Task
from selfinstruct.teachers.budget import Price


def estimate(
    folder: Path,
    target: int,
    data: wiring.Data,
    decoding: dict[str, Any],
    where: str,
    price: Price | None,
) -> dict[str, Any]:
    """What a run over ``folder`` to ``target`` tasks would use.

    Raises:
        UsageError: Something given is wrong, or differs from the pool.
    """
    plan = wiring.plan(folder, data, decoding, where, accept_change=True)
    tasks = look(folder).position.tasks if plan.existing else 0
    missing = max(0, target - tasks)
    head = {"pool": str(folder), "target": target, "tasks": tasks, "missing": missing}
    if plan.existing is not None and plan.existing == plan.manifest:
        steps = estimating.from_ledger(history(folder), missing)
        if steps is not None:
            return head | _summary(steps, price) | {"basis": "ledger", "assumptions": []}
    return head | from_prompts(plan, missing, price)


def from_prompts(plan: wiring.Plan, missing: int, price: Price | None) -> dict[str, Any]:
    """What ``missing`` more tasks would use, going by the prompts of a new pool."""
    source = source_of(plan)
    steps = estimating.from_prompts(plan.recipe, source, missing)
    assumed = estimating.assumptions(plan.recipe, source)
    return _summary(steps, price) | {"basis": "prompts", "assumptions": assumed}


def source_of(plan: wiring.Plan) -> Source:
    """What the requests of a pool that holds nothing yet draw from."""

    def nothing(place: int) -> Task:
        raise LookupError(place)  # a new pool holds no tasks, so none is asked for

    return Source(plan.seeds, plan.manifest.seed, nothing)


def _summary(steps: Mapping[str, estimating.StepEstimate], price: Price | None) -> dict[str, Any]:
    whole = estimating.total(steps)
    cost = whole.cost(price) if price else None
    return {
        "steps": {step: _figures(one) for step, one in steps.items()},
        **_figures(whole),
        "cost_usd": cost
        and {name: round(getattr(cost, name), 4) for name in ("low", "likely", "high")},
    }


def _figures(one: estimating.StepEstimate) -> dict[str, Any]:
    return {
        "calls": one.calls.whole(),
        "prompt_tokens": one.prompt_tokens.whole(),
        "completion_tokens": one.completion_tokens.whole(),
    }
