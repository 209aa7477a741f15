"""``replay``: the requests of one pool, answered from its store, into another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from selfinstruct import jsonl, recipes
from selfinstruct.api.limits import NO_LIMITS, Limits
from selfinstruct.api.observer import SILENT, Observer
from selfinstruct.api.parts import CONTEXT
from selfinstruct.api.plan import Plan, plan
from selfinstruct.api.results import ReplayResult, RunResult
from selfinstruct.api.running import Run
from selfinstruct.api.settings import PoolSettings
from selfinstruct.api.stop import Stop
from selfinstruct.api.teachers import Asked, Made, Teacher, make_whole, with_teacher
from selfinstruct.bootstrap import Replayed, ReplayedRecipe, Source, Stopped
from selfinstruct.errors import PoolError
from selfinstruct.formats.sources import tasks_of
from selfinstruct.journal import make_folder
from selfinstruct.outputs import real
from selfinstruct.pool import IMPORTED, SEEDS, Archive, Snapshot, look, scan, task_at
from selfinstruct.pool.manifest import Manifest, read_manifest
from selfinstruct.pool.recovery import Scanned
from selfinstruct.recipes import SeedsAre
from selfinstruct.tasks import Task
from selfinstruct.teachers import Api
from selfinstruct.teachers.pacing import Pace

ORIGIN = "replayed.json"
_AS_IT_IS = PoolSettings()


def replay(
    pool: str | Path,
    into: str | Path,
    *,
    target: int | None = None,
    ask: Asked | None = None,
    settings: PoolSettings = _AS_IT_IS,
    limits: Limits = NO_LIMITS,
    observer: Observer = SILENT,
    stop: Stop | None = None,
) -> ReplayResult:
    """Rebuild a pool from its stored replies with other settings: nothing need be asked.

    Args:
        pool: The pool whose replies are read again.
        into: The new pool.
        target: The tasks that it shall hold; None for what the replies bring.
        ask: Who is asked for replies that are needed now and were never given; None for nobody.
        settings: What differs from ``pool``.
        limits: How much the run may use.
        observer: Who hears how it goes.
        stop: What ends it in order from another thread.

    Raises:
        UsageError: A pool cannot be used, or something given makes no sense.
        PoolBusyError: Another run holds the new pool.
        DiskError: It cannot be written.
    """
    job = _Replay(Path(pool), Path(into), target, ask, settings, limits, observer, stop or Stop())
    return job.told(job.run.go())


async def replay_async(
    pool: str | Path,
    into: str | Path,
    *,
    target: int | None = None,
    ask: Asked | None = None,
    settings: PoolSettings = _AS_IT_IS,
    limits: Limits = NO_LIMITS,
    observer: Observer = SILENT,
    stop: Stop | None = None,
) -> ReplayResult:
    """:func:`replay` in the loop that goes."""
    job = _Replay(Path(pool), Path(into), target, ask, settings, limits, observer, stop or Stop())
    return job.told(await job.run.go_async())


class _Replay:
    """A replay that is ready to start."""

    def __init__(
        self,
        folder: Path,
        into: Path,
        target: int | None,
        ask: Asked | None,
        settings: PoolSettings,
        limits: Limits,
        observer: Observer,
        stop: Stop,
    ) -> None:
        snapshot = _other(folder, into)
        self._folder, self._target, self._asks = folder, target, ask is not None
        self._archive = Archive(folder)
        evolved: dict[str, Any] = {}
        if recipes.find(snapshot.manifest.recipe).seeds is SeedsAre.SOURCES:
            sources = tasks_of(str(folder / SEEDS))
            evolved = {"sources": sources, "rounds": -(-self._archive.end // len(sources))}
        settings = settings if ask is None else with_teacher(settings, ask)
        # As the pool made its requests; of what is given only the templates can belong to them.
        drafting = PoolSettings(
            prompts=settings.prompts, decoding=settings.decoding, where=settings.where, **evolved
        )
        drafted = plan(folder, drafting)
        planned = plan(into, replace(_filled(settings, snapshot.manifest, folder), **evolved))
        self._found = scan(folder)
        at = self._found.position
        whole = target is None and not at.candidate  # else it ended in the middle of a reply
        recipe = ReplayedRecipe(
            planned.recipe,
            drafted.recipe,
            self._source(drafted),
            self._found.retries.again,
            at.request if whole else self._archive.end,
            asks=self._asks,
        )
        pace = Pace(limits.concurrency, limits.rates())
        api = Api(planned.manifest.api)
        made = (
            make_whole(ask, api, planned.pack, pace, limits.caps(), into, observer.said)
            if ask is not None
            else None
        )
        teacher = Replayed(self._archive, api, made.teacher if made else None)
        _claim(into, snapshot.manifest)
        self.run = Run(
            into,
            target or at.tasks,
            replace(planned, recipe=recipe),
            ask if ask is not None else Teacher(),
            Made(teacher, made.budget if made else None),
            pace,
            # Stored replies cost nothing, however little they bring.
            limits if self._asks else replace(limits, min_yield=0.0),
            observer,
            stop,
            unbounded=whole and (not self._asks or recipe.end is not None),
        )

    def _source(self, drafted: Plan) -> Source:
        """What the requests of the first pool drew from."""
        found = self._found

        def finished(row: int) -> Task:
            if row < 0:
                return found.removed[-row - 1]
            return task_at(self._folder, found.offsets[row])

        source = Source(drafted.seeds, drafted.manifest.seed, finished)
        for accepted in found.accepted:
            if accepted.task_id is not None:
                source.add(accepted)
        return source

    def told(self, result: RunResult) -> ReplayResult:
        """What came of it: read to the end, a replay has done what was wanted."""
        exhausted = result.stopped is Stopped.SATURATED and not self._asks
        stopped = Stopped.TARGET if exhausted and self._target is None else result.stopped
        said = {one.name: getattr(result, one.name) for one in fields(result)}
        return ReplayResult(
            **said | {"stopped": stopped},
            replayed=self._folder,
            stored_replies=len(self._archive),
            rebuilt=exhausted or result.stopped is Stopped.TARGET,
            notes=tuple(_not_replayed(self._found)),
        )


def _other(folder: Path, into: Path) -> Snapshot:
    snapshot = look(folder)
    if into.exists() and real(into) == real(folder):
        raise PoolError(f"{into}: is the pool itself. Name another folder with --into.")
    return snapshot


def _filled(settings: PoolSettings, manifest: Manifest, folder: Path) -> PoolSettings:
    """``settings`` with what was not given as the first pool has it."""
    old = manifest.model_dump() | manifest.settings | {"seeds": folder / SEEDS}
    other_language = settings.language is not None and settings.language != manifest.language
    if other_language:  # tokenizer and threshold belong to the language
        old |= {"tokenizer": None, "threshold": None}
    missing: dict[str, Any] = {
        one.name: old[one.name]
        for one in fields(settings)
        if getattr(settings, one.name) is None and one.name in old
    }
    own = recipes.find(settings.recipe or manifest.recipe).settings.model_fields.keys() - {CONTEXT}
    options = {name: value for name, value in manifest.settings.items() if name in own}
    options |= {name: value for name, value in settings.options.items() if value is not None}
    rules = settings.rules or manifest.edition
    return replace(settings, rules=rules, templates=manifest.prompts, options=options, **missing)


def _claim(into: Path, manifest: Manifest) -> None:
    """Mark the new pool with what it is made of, so that nothing else is mixed into it."""
    make_folder(into)
    mark = into / ORIGIN
    text = jsonl.dumps(manifest.model_dump()) + "\n"
    if read_manifest(into) is not None and (
        not mark.exists() or mark.read_text(encoding="utf-8") != text
    ):
        raise PoolError(f"{into}: is a pool already, and no replay of this one. Name a new folder.")
    jsonl.write_whole(mark, text)


def _not_replayed(found: Scanned) -> Iterator[str]:
    """What of the first pool came of no reply."""
    imported = sum(one.candidate == IMPORTED and one.until is None for one in found.accepted)
    if imported:
        yield f"{imported:,} imported tasks came of no reply: import them again."
    if found.removed:
        yield (
            f"{len(found.removed):,} tasks had been taken out of the first pool; what of them came "
            "of replies is there again: see selfinstruct decontaminate."
        )
