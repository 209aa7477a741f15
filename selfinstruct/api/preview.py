"""``generate --preview`` and ``evolve --preview``: the first prompt, before anything is bought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from selfinstruct.api.buying import refuse_unbatchable, with_lag
from selfinstruct.api.evolve import plan_of, refuse_other_sources
from selfinstruct.api.limits import NO_LIMITS, Limits
from selfinstruct.api.plan import Plan, plan
from selfinstruct.api.results import Result
from selfinstruct.api.running import blocking
from selfinstruct.api.settings import PoolSettings
from selfinstruct.api.teachers import Asked, Made, Teacher, make_whole, price_of, with_teacher
from selfinstruct.bootstrap import previewing
from selfinstruct.errors import SettingsError
from selfinstruct.pool import look
from selfinstruct.teachers import Api, Prompt
from selfinstruct.teachers.pacing import Pace, Rates
from selfinstruct.teachers.presets import find_preset

_AS_IT_IS = PoolSettings()
_NOBODY = Teacher()


@dataclass(frozen=True, slots=True)
class PreviewResult(Result):
    """The first prompt that a run would send.

    Attributes:
        pool: The pool's folder.
        request: The number of its request; None where nothing is left to be asked, and then
            nothing of what follows is known.
        step: What it asks for.
        prompt: The whole text.
        body: The request as its server takes it, without headers; None where nothing is sent
            anywhere.
        demonstrations: The ids of the tasks shown in it.
        stored: Whether its reply was bought before: then only what follows from it is asked.
        prompt_tokens: What it may come to, as ``low``, ``likely`` and ``high``.
        completion_tokens: The same of its reply.
        cost_usd: The same in dollars; None without a price.
    """

    pool: Path
    request: int | None = None
    step: str | None = None
    prompt: str | None = None
    body: Mapping[str, Any] | None = None  # values are those of JSON
    demonstrations: tuple[str, ...] = ()
    stored: bool = False
    prompt_tokens: Mapping[str, int] | None = None
    completion_tokens: Mapping[str, int] | None = None
    cost_usd: Mapping[str, float] | None = None


def preview(
    pool: str | Path,
    *,
    target: int,
    teacher: Asked = _NOBODY,
    settings: PoolSettings = _AS_IT_IS,
    limits: Limits = NO_LIMITS,
) -> PreviewResult:
    """The first prompt that :func:`selfinstruct.generate` would send; nothing is asked or written.

    Args:
        pool: The pool's folder; there need be none yet.
        target: The tasks that it shall hold.
        teacher: Who would be asked; its key is not needed.
        settings: What decides the data.
        limits: How the run would buy.

    Raises:
        UsageError: Something given makes no sense, or differs from the pool.
    """
    if target <= 0:
        raise SettingsError(f"--target must be at least 1, not {target}.")
    refuse_unbatchable(teacher, limits)
    folder = Path(pool)
    planned = plan(folder, with_lag(with_teacher(settings, teacher), limits.batch))
    if planned.goes_on and look(folder).position.tasks >= target:
        return PreviewResult(folder)
    return _first(folder, planned, teacher, limits)


def preview_evolve(
    source: str | Path,
    pool: str | Path,
    *,
    rounds: int = 4,
    teacher: Asked = _NOBODY,
    settings: PoolSettings = _AS_IT_IS,
    limits: Limits = NO_LIMITS,
) -> PreviewResult:
    """The first prompt that :func:`selfinstruct.evolve` would send; nothing is asked or written.

    Args:
        source: What is evolved.
        pool: The pool's folder; there need be none yet.
        rounds: How often each instruction is evolved.
        teacher: Who would be asked; its key is not needed.
        settings: What decides the data.
        limits: How the run would buy.

    Raises:
        UsageError: Something given makes no sense, or differs from the pool.
    """
    refuse_unbatchable(teacher, limits)
    folder = Path(pool)
    planned = plan_of(str(source), folder, rounds, with_teacher(settings, teacher))
    refuse_other_sources(folder, planned)
    return _first(folder, planned, teacher, limits)


def _first(folder: Path, planned: Plan, asked: Asked, limits: Limits) -> PreviewResult:
    there = folder if planned.existing is not None else None
    api = Api(planned.manifest.api)
    pace = Pace(1, Rates())
    made = make_whole(_unsent(asked), api, planned.pack, pace, limits.caps(), there)
    try:
        teacher = made.teacher
        found = previewing.first_request(
            there,
            planned.recipe,
            planned.seeds,
            planned.manifest.seed,
            lambda prompt: prompt.key(teacher.model, teacher.api, teacher.more),
        )
        body = _body(made, found.draft.prompt) if found else None
    finally:
        blocking(made.teacher.close, lambda: None)
    if found is None:
        return PreviewResult(folder)
    price = price_of(asked)
    cost = found.used.cost(price) if price else None
    names = ("low", "likely", "high")
    return PreviewResult(
        pool=folder,
        request=found.number,
        step=found.draft.prompt.step,
        prompt=found.draft.prompt.text,
        body=body,
        demonstrations=found.draft.demonstrations,
        stored=found.stored,
        prompt_tokens=found.used.prompt_tokens.whole(),
        completion_tokens=found.used.completion_tokens.whole(),
        cost_usd={name: round(getattr(cost, name), 6) for name in names} if cost else None,
    )


def _unsent(asked: Asked) -> Asked:
    """The same, of whom nothing is needed that only matters where something is sent."""
    if not isinstance(asked, Teacher):
        return asked
    chosen = find_preset(asked.name)
    wanted = chosen is not None and chosen.key_needed
    return replace(asked, key=asked.key or ("none" if wanted else None), before=None)


def _body(made: Made, prompt: Prompt) -> dict[str, Any] | None:
    if made.client is None:
        return None
    learner = made.client.learner
    return learner.dialect.fitted(made.client.body(replace(prompt, room=learner.room)))
