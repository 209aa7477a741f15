"""``evolve``: make instructions harder, round by round."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from selfinstruct.api.buying import outstanding, refuse_unbatchable
from selfinstruct.api.estimate import Costs, from_prompts
from selfinstruct.api.limits import NO_LIMITS, Limits
from selfinstruct.api.observer import SILENT, Observer
from selfinstruct.api.plan import Plan, plan
from selfinstruct.api.results import Result, RunResult
from selfinstruct.api.running import Run, reached
from selfinstruct.api.settings import PoolSettings
from selfinstruct.api.stop import Stop
from selfinstruct.api.teachers import (
    Asked,
    Teacher,
    make_whole,
    price_of,
    with_teacher,
)
from selfinstruct.errors import DeclinedError, PoolError, SettingsError
from selfinstruct.formats.sources import tasks_of
from selfinstruct.outputs import real
from selfinstruct.pool import Position, look, scan
from selfinstruct.recipes import evolve as recipe
from selfinstruct.teachers import Api
from selfinstruct.teachers.budget import Price
from selfinstruct.teachers.pacing import Pace

_NOBODY = Teacher()
_AS_IT_IS = PoolSettings()


@dataclass(frozen=True, slots=True)
class EvolveEstimate(Result):
    """What evolving will take.

    Attributes:
        sources: The instructions that are evolved.
        rounds: How often each is.
        left: The evolutions that are still to be made.
        costs: What all of them take, from the first.
    """

    sources: int
    rounds: int
    left: int
    costs: Costs


Confirm = Callable[[EvolveEstimate], bool]


def evolve(
    source: str | Path,
    pool: str | Path,
    *,
    rounds: int = 4,
    teacher: Asked = _NOBODY,
    settings: PoolSettings = _AS_IT_IS,
    limits: Limits = NO_LIMITS,
    observer: Observer = SILENT,
    stop: Stop | None = None,
    confirm: Confirm | None = None,
) -> RunResult:
    """Evolve the instructions of ``source`` into a pool, as WizardLM did (Evol-Instruct).

    Args:
        source: A pool, a seed file, or a data set in a common form.
        pool: The pool's folder; it goes on where it was.
        rounds: How often each instruction is evolved.
        teacher: Who is asked.
        settings: What decides the data; ``options`` may hold ``operations``, ``novelty``,
            ``difficulty`` and ``skills``.
        limits: How much the run may use.
        observer: Who hears how it goes.
        stop: What ends it in order from another thread.
        confirm: Called with the estimate before the first call; False calls it off.

    Returns:
        What came of it; its target counts evolutions, whether they were kept or not.

    Raises:
        UsageError: Something given makes no sense, or differs from the pool.
        DeclinedError: ``confirm`` said no.
        PoolBusyError: Another run holds the pool.
        DiskError: The pool cannot be written.
    """
    run = _ready(
        str(source), Path(pool), rounds, teacher, settings, limits, observer, stop, confirm
    )
    return run.go() if isinstance(run, Run) else run


async def evolve_async(
    source: str | Path,
    pool: str | Path,
    *,
    rounds: int = 4,
    teacher: Asked = _NOBODY,
    settings: PoolSettings = _AS_IT_IS,
    limits: Limits = NO_LIMITS,
    observer: Observer = SILENT,
    stop: Stop | None = None,
    confirm: Confirm | None = None,
) -> RunResult:
    """:func:`evolve` in the loop that goes."""
    run = _ready(
        str(source), Path(pool), rounds, teacher, settings, limits, observer, stop, confirm
    )
    return await run.go_async() if isinstance(run, Run) else run


def estimate_evolve(
    source: str | Path,
    pool: str | Path,
    *,
    rounds: int = 4,
    teacher: Asked = _NOBODY,
    settings: PoolSettings = _AS_IT_IS,
) -> EvolveEstimate:
    """What :func:`evolve` would take; nothing is asked or written.

    Raises:
        UsageError: Something given makes no sense.
    """
    settings = replace(with_teacher(settings, teacher), accept_change=True)
    planned = plan_of(str(source), Path(pool), rounds, settings)
    return _estimate(planned, Path(pool), rounds, price_of(teacher))


def _estimate(planned: Plan, folder: Path, rounds: int, price: Price | None) -> EvolveEstimate:
    done = look(folder).position.request if planned.existing else 0
    left = max(0, len(planned.seeds) * rounds - done)
    return EvolveEstimate(len(planned.seeds), rounds, left, from_prompts(planned, 0, price))


def plan_of(source: str, folder: Path, rounds: int, settings: PoolSettings) -> Plan:
    """What evolving ``source`` into ``folder`` is made of.

    Raises:
        UsageError: Something given makes no sense, or differs from the pool.
    """
    names = settings.options.get("operations")
    if names is not None:
        texts = [names] if isinstance(names, str) else names
        names = tuple(part.strip() for text in texts for part in text.strip(", ").split(","))
        settings = replace(settings, options={**settings.options, "operations": names})
    for name in names or ():
        if name not in list(recipe.Operation):
            known = ", ".join(recipe.Operation)
            raise SettingsError(f"There is no operation {name!r}: use {known}.")
    sources = tasks_of(source)
    if Path(source).is_dir() and folder.exists() and real(source) == real(folder):
        raise SettingsError(f"{folder}: is the source itself. Name another folder for the pool.")
    return plan(folder, replace(settings, recipe=recipe.NAME, sources=sources, rounds=rounds))


def _ready(
    source: str,
    folder: Path,
    rounds: int,
    asked: Asked,
    settings: PoolSettings,
    limits: Limits,
    observer: Observer,
    stop: Stop | None,
    confirm: Confirm | None,
) -> Run | RunResult:
    """The run, or that there is nothing to do."""
    refuse_unbatchable(asked, limits)
    planned = plan_of(source, folder, rounds, with_teacher(settings, asked))
    refuse_other_sources(folder, planned)
    at = look(folder).position if planned.existing else Position()
    requests = len(planned.seeds) * rounds
    done = planned.goes_on and at.request >= requests
    if done and not scan(folder).retries.waiting:
        if said := outstanding(folder):
            observer.warned(said)
        return reached(folder, requests, at.tasks, at.instances)
    pace = Pace(limits.concurrency, limits.rates())
    api = Api(planned.manifest.api)
    made = make_whole(asked, api, planned.pack, pace, limits.caps(), folder, observer.said)
    if confirm and not confirm(_estimate(planned, folder, rounds, price_of(asked))):
        raise DeclinedError("Nothing was asked.")
    # Failed evolutions are part of the method, so a poor yield is no reason to stop early.
    return Run(
        folder,
        requests,
        planned,
        asked,
        made,
        pace,
        limits,
        observer,
        stop or Stop(),
        unbounded=True,
    )


def refuse_other_sources(folder: Path, planned: Plan) -> None:
    """Refuse a pool that was begun with other sources.

    Raises:
        PoolError: It was.
    """
    was, wanted = planned.existing, planned.manifest
    if was is None or (was.recipe, was.seeds) == (wanted.recipe, wanted.seeds):
        return
    if look(folder).position.request:
        raise PoolError(
            f"{folder}: this pool was made from other sources, and its requests are numbered by "
            "them. Name another folder."
        )
