"""``estimate``: calls, tokens and dollars of a run that has not started."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from selfinstruct.api.plan import Plan, plan
from selfinstruct.api.results import Result
from selfinstruct.api.settings import PoolSettings
from selfinstruct.api.teachers import Asked, Teacher, price_of, with_teacher
from selfinstruct.bootstrap import Source
from selfinstruct.bootstrap import estimate as estimating
from selfinstruct.pool import history, look
from selfinstruct.tasks import Task
from selfinstruct.teachers.budget import Price

_AS_IT_IS = PoolSettings()
_NOBODY = Teacher()


@dataclass(frozen=True, slots=True)
class Figures(Result):
    """What calls will probably come to, each as ``low``, ``likely`` and ``high``."""

    calls: Mapping[str, int]
    prompt_tokens: Mapping[str, int]
    completion_tokens: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Costs(Result):
    """What a run will use.

    Attributes:
        steps: By step.
        together: Of all steps.
        cost_usd: Dollars, as ``low``, ``likely`` and ``high``; None without a price.
        basis: ``ledger`` where the pool's own figures were used, else ``prompts``.
        assumptions: What was assumed, in words.
    """

    steps: Mapping[str, Figures]
    together: Figures
    cost_usd: Mapping[str, float] | None
    basis: str
    assumptions: Sequence[str]

    def row(self) -> dict[str, Any]:
        """See :class:`selfinstruct.api.results.Result`."""
        return {
            "steps": {step: one.row() for step, one in self.steps.items()},
            **self.together.row(),
            "cost_usd": self.cost_usd,
            "basis": self.basis,
            "assumptions": self.assumptions,
        }


@dataclass(frozen=True, slots=True)
class EstimateResult(Result):
    """What a run over a pool to a target will use.

    Attributes:
        pool: The pool's folder.
        target: The tasks that are wanted.
        tasks: Those that are there.
        missing: Those that are not.
        costs: What they will probably take.
    """

    pool: Path
    target: int
    tasks: int
    missing: int
    costs: Costs


def estimate(
    pool: str | Path,
    *,
    target: int,
    teacher: Asked = _NOBODY,
    settings: PoolSettings = _AS_IT_IS,
) -> EstimateResult:
    """What a run over ``pool`` to ``target`` tasks would use; nothing is asked or written.

    Args:
        pool: The pool's folder; there need be none yet.
        target: The tasks that it shall hold.
        teacher: Who would be asked; nobody is, but it has a price.
        settings: What decides the data.

    Raises:
        UsageError: Something given is wrong.
    """
    folder = Path(pool)
    planned = plan(folder, replace(with_teacher(settings, teacher), accept_change=True))
    price = price_of(teacher)
    tasks = look(folder).position.tasks if planned.existing else 0
    missing = max(0, target - tasks)
    if planned.goes_on and (steps := estimating.from_ledger(history(folder), missing)) is not None:
        found = costs(steps, price, "ledger", ())
    else:
        found = from_prompts(planned, missing, price)
    return EstimateResult(folder, target, tasks, missing, found)


def from_prompts(planned: Plan, missing: int, price: Price | None) -> Costs:
    """What ``missing`` more tasks would use, going by the prompts of a new pool."""
    source = source_of(planned)
    steps = estimating.from_prompts(planned.recipe, source, missing)
    return costs(steps, price, "prompts", estimating.assumptions(planned.recipe, source))


def source_of(planned: Plan) -> Source:
    """What the requests of a pool that holds nothing yet draw from."""

    def nothing(place: int) -> Task:
        raise LookupError(place)  # a new pool holds no tasks, so none is asked for

    return Source(planned.seeds, planned.manifest.seed, nothing)


def costs(
    steps: Mapping[str, estimating.StepEstimate],
    price: Price | None,
    basis: str,
    assumed: Sequence[str],
) -> Costs:
    """Figures by step as what a run will use, with what was assumed."""
    together = estimating.total(steps)
    cost = together.cost(price) if price else None
    dollars = None
    if cost is not None:
        dollars = {name: round(getattr(cost, name), 4) for name in ("low", "likely", "high")}
    each = {step: _figures(one) for step, one in steps.items()}
    return Costs(each, _figures(together), dollars, basis, assumed)


def _figures(one: estimating.StepEstimate) -> Figures:
    return Figures(one.calls.whole(), one.prompt_tokens.whole(), one.completion_tokens.whole())
