"""What ``estimate`` does: the figures of a run that has not started, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from selfinstruct.bootstrap import Source
from selfinstruct.bootstrap import estimate as estimating
from selfinstruct.cli import wiring
from selfinstruct.pool import history, look
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
    steps = None
    basis = "ledger"
    if plan.existing is not None and plan.existing == plan.manifest:
        steps = estimating.from_ledger(history(folder), missing)
    if steps is None:
        basis = "prompts"
        source = Source(plan.seeds, plan.manifest.seed)
        steps = estimating.from_prompts(plan.recipe, source, missing)
    return {"pool": str(folder), "target": target, "tasks": tasks, "missing": missing} | summary(
        steps, price, basis
    )


def summary(
    steps: Mapping[str, estimating.StepEstimate], price: Price | None, basis: str
) -> dict[str, Any]:
    """An estimate as plain values."""
    whole = estimating.total(steps)
    cost = whole.cost(price) if price else None
    return {
        "basis": basis,
        "steps": {step: _figures(one) for step, one in steps.items()},
        **_figures(whole),
        "cost_usd": cost
        and {name: round(getattr(cost, name), 4) for name in ("low", "likely", "high")},
        "assumptions": list(estimating.ASSUMPTIONS) if basis == "prompts" else [],
    }


def _figures(one: estimating.StepEstimate) -> dict[str, Any]:
    return {
        "calls": one.calls.whole(),
        "prompt_tokens": one.prompt_tokens.whole(),
        "completion_tokens": one.completion_tokens.whole(),
    }
