"""``generate``: grow a pool to a target."""

from __future__ import annotations

from pathlib import Path

from selfinstruct.api.buying import expected_waves, outstanding, refuse_unbatchable, with_lag
from selfinstruct.api.limits import NO_LIMITS, Limits
from selfinstruct.api.observer import SILENT, Observer
from selfinstruct.api.plan import plan
from selfinstruct.api.results import RunResult
from selfinstruct.api.running import Run, reached
from selfinstruct.api.settings import PoolSettings
from selfinstruct.api.stop import Stop
from selfinstruct.api.teachers import (
    Asked,
    Teacher,
    make_whole,
    with_teacher,
)
from selfinstruct.errors import SettingsError
from selfinstruct.pool import REPLIES, Position, Snapshot, disagreements, look
from selfinstruct.teachers import Api
from selfinstruct.teachers.pacing import Pace

_NOBODY = Teacher()
_AS_IT_IS = PoolSettings()


def generate(
    pool: str | Path,
    *,
    target: int,
    teacher: Asked = _NOBODY,
    settings: PoolSettings = _AS_IT_IS,
    limits: Limits = NO_LIMITS,
    observer: Observer = SILENT,
    stop: Stop | None = None,
) -> RunResult:
    """Grow a pool until it holds ``target`` finished tasks, or the run must end.

    The pool is made where there is none. A pool that holds so many tasks is left as it is, and
    whatever stopped a run, the same call goes on where it was.

    Args:
        pool: The pool's folder.
        target: The tasks that it shall hold; at least 1.
        teacher: Who is asked: a :class:`Teacher`, or any object with a method ``complete``.
        settings: What decides the data.
        limits: How much the run may use.
        observer: Who hears how it goes.
        stop: What ends it in order from another thread.

    Returns:
        What came of it; ``stopped`` says why it ended, and nothing is raised for a budget that is
        used up, a teacher that gave out, or saturation.

    Raises:
        UsageError: Something given makes no sense, or differs from the pool.
        PoolBusyError: Another run holds the pool.
        DiskError: The pool cannot be written.
    """
    run = _ready(Path(pool), target, teacher, settings, limits, observer, stop)
    return run.go() if isinstance(run, Run) else run


async def generate_async(
    pool: str | Path,
    *,
    target: int,
    teacher: Asked = _NOBODY,
    settings: PoolSettings = _AS_IT_IS,
    limits: Limits = NO_LIMITS,
    observer: Observer = SILENT,
    stop: Stop | None = None,
) -> RunResult:
    """:func:`generate` in the loop that goes."""
    run = _ready(Path(pool), target, teacher, settings, limits, observer, stop)
    return await run.go_async() if isinstance(run, Run) else run


def _agrees(folder: Path, snapshot: Snapshot) -> bool:
    """Whether the pool's tasks are what its ledger says; else opening it mends or names that."""
    found = disagreements(folder, snapshot.position, snapshot.edited)
    return snapshot.whole and all(one.path.name == REPLIES for one in found)


def _ready(
    folder: Path,
    target: int,
    asked: Asked,
    settings: PoolSettings,
    limits: Limits,
    observer: Observer,
    stop: Stop | None,
) -> Run | RunResult:
    """The run, or that there is nothing to do."""
    if target <= 0:
        raise SettingsError(f"--target must be at least 1, not {target}.")
    refuse_unbatchable(asked, limits)
    planned = plan(folder, with_lag(with_teacher(settings, asked), limits.batch))
    at = Position()
    if planned.goes_on:
        snapshot = look(folder)
        at = snapshot.position
        if at.tasks >= target and _agrees(folder, snapshot):
            if said := outstanding(folder):
                observer.warned(said)
            return reached(folder, target, at.tasks, at.instances)
    if limits.batch is not None and (waves := expected_waves(planned, at, target, limits.batch)):
        observer.said(waves)
    pace = Pace(limits.concurrency, limits.rates())
    api = Api(planned.manifest.api)
    made = make_whole(asked, api, planned.pack, pace, limits.caps(), folder, observer.said)
    return Run(
        folder,
        target,
        planned,
        asked,
        made,
        pace,
        limits,
        observer,
        stop or Stop(),
    )
