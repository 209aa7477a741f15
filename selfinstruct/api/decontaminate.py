"""``decontaminate``: look for a benchmark's items, report them, take tasks out."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selfinstruct.api.clock import now
from selfinstruct.api.inputs import Named, columns_of, names_of, refuse_threshold, trusting
from selfinstruct.api.observer import SILENT, Observer
from selfinstruct.api.results import Result, hidden
from selfinstruct.api.stop import Stop
from selfinstruct.counts import counted
from selfinstruct.engines import HERE, Cores, Engine
from selfinstruct.errors import InterruptionError, PoolBusyError, SettingsError
from selfinstruct.filters.contamination import WORDS, Benchmark
from selfinstruct.formats import record_file
from selfinstruct.formats.base import Reading
from selfinstruct.formats.columns import mapped
from selfinstruct.formats.leaked import Holding, fill, hits_in
from selfinstruct.formats.selecting import Selection, pool_tasks
from selfinstruct.formats.sifting import Sought, sifted
from selfinstruct.languages import tokenizer
from selfinstruct.novelty import NoveltyIndex
from selfinstruct.outputs import door
from selfinstruct.pool import SEEDS, Manifest, Pool, look
from selfinstruct.pool.decontaminations import note
from selfinstruct.pool.manifest import read_manifest
from selfinstruct.seeds import load_seeds
from selfinstruct.tasks import Reason


@dataclass(frozen=True, slots=True)
class FoundItem(Result):
    """An item of a benchmark that was found in a task.

    Attributes:
        task: The task's id.
        instance: Which of its instances holds the item, from 0; None where the instruction does,
            and so all of them.
        by: How it was found: ``equal``, ``whole``, ``ngram`` or ``rouge_l``.
        score: 1 for equal texts and whole items, the ROUGE-L F1, or the share of the item's runs
            of words.
        item: Where the item stands.
        task_text: What of the task was compared.
        item_text: What of the item it is like.
    """

    task: str
    instance: int | None
    by: str
    score: float
    item: str
    task_text: str
    item_text: str


@dataclass(frozen=True, slots=True)
class DecontaminateResult(Result):
    """What of benchmarks a pool holds.

    Attributes:
        pool: The pool's folder.
        items: The items that were looked for.
        tasks: The tasks that were looked at.
        contaminated: Those of them that hold an item.
        contaminated_seeds: The ids of the seed tasks that do; they stay.
        hits: How many items were found, in instances of tasks and seed tasks.
        by: The same by how they were found.
        items_found: Where each item stands that was found.
        removed: The tasks that were taken out.
        trimmed: The tasks that stay with those of their instances that hold nothing.
        removed_instances: The instances that were taken out, with their tasks or without.
        report: Where each hit was written, if that was wanted.
        seconds: How long it took.
        found: Each hit; of each task the plainest first.
    """

    pool: Path
    items: int
    tasks: int
    contaminated: int
    contaminated_seeds: tuple[str, ...]
    hits: int
    by: Mapping[str, int]
    items_found: tuple[str, ...]
    removed: int
    trimmed: int
    removed_instances: int
    report: str | None
    seconds: float
    found: tuple[FoundItem, ...] = field(default=(), metadata=hidden())

    @property
    def remaining(self) -> int:
        """How many tasks and seed tasks hold items still."""
        kept = 0 if self.removed or self.trimmed else self.contaminated
        return kept + len(self.contaminated_seeds)


def decontaminate(
    pool: str | Path,
    *,
    against: Named | Sequence[Named],
    report: Named | None = None,
    remove: bool = False,
    ngram: int = WORDS,
    threshold: float | None = None,
    format: str | None = None,  # noqa: A002 - as the option is called
    columns: Mapping[str, str] | None = None,
    force: bool = False,
    cores: Cores = HERE,
    code: Collection[str] = (),
    observer: Observer = SILENT,
    stop: Stop | None = None,
) -> DecontaminateResult:
    """Find items of benchmarks in a pool: equal texts, whole items, runs of words, and ROUGE-L.

    Args:
        pool: The pool.
        against: The benchmarks, one or several; ``FILE:instruction=Question`` names the columns of
            one of them.
        report: Where each hit goes, with both texts.
        remove: Whether instances with hits are taken out, and tasks of which nothing else is
            left; they go to ``rejects.jsonl``, whole.
        ngram: A shared run of so many words is a hit; 2 at least.
        threshold: A text whose ROUGE-L F1 to an item reaches this is a hit; None for the pool's.
        format: What the benchmarks are; None for guessed by the first row.
        columns: Which column is which: ``{"instruction": "Question"}``.
        force: Whether a report that is there may be replaced.
        cores: Who looks; the result is the same.
        code: The tokenizers ``module:function`` that may be imported, if the pool has one.
        observer: Who hears how far it is.
        stop: What ends it from another thread; a removal that has begun is finished first.

    Raises:
        UsageError: The pool or a benchmark cannot be read, or the report may not be written.
        PoolBusyError: Another run holds the pool that tasks are to be taken out of.
        DiskError: The report or the pool cannot be written.
        InterruptionError: It was stopped; the pool is as it was.
    """
    started = time.monotonic()
    folder, stop = Path(pool), stop or Stop()
    files = [mapped(name) for name in names_of(against)]
    paths = [path for path, _ in files]
    manifest = look(folder).manifest
    limit = manifest.threshold if threshold is None else threshold
    refuse_threshold(limit)
    if ngram < 2:
        raise SettingsError(f"--ngram must be at least 2, not {ngram}.")
    goal = door(report, force=force, inputs=paths) if report else None
    with trusting(None, code):
        benchmark = Benchmark(NoveltyIndex(tokenizer(manifest.tokenizer), limit), ngram)
    how = Reading(columns=columns_of(columns))
    items = list(fill(benchmark, files, format, how))
    sought = Sought.of(benchmark, manifest.tokenizer, limit, ngram)
    with cores.opened() as engine, trusting(None, code):
        looked = _look(folder, sought, engine, observer, stop)
    seeds = [
        Holding(-1, seed, hits)
        for seed in load_seeds(folder / SEEDS)
        if (hits := hits_in(seed, benchmark))
    ]
    rows = tuple(row for found in [*looked.found, *seeds] for row in _rows(found, items))
    if goal:
        with record_file(goal) as file:
            for row in rows:
                file.write(row.row())
    gone = {one.place: one.lost for one in looked.found if remove}
    if gone:
        _remove(folder, manifest, looked.found, gone, items, stop)
    lost = {place: cases for place, cases in gone.items() if cases is not None}
    result = DecontaminateResult(
        pool=folder,
        items=len(benchmark),
        tasks=looked.tasks,
        contaminated=len(looked.found),
        contaminated_seeds=tuple(found.task.id for found in seeds),
        hits=len(rows),
        by=dict(Counter(row.by for row in rows)),
        items_found=tuple(dict.fromkeys(row.item for row in rows)),
        removed=len(gone) - len(lost),
        trimmed=len(lost),
        removed_instances=sum(
            len(lost.get(one.place, one.task.instances)) for one in looked.found if gone
        ),
        report=str(report) if report else None,
        seconds=round(time.monotonic() - started, 3),
        found=rows,
    )
    note(folder, {"against": [Path(path).name for path in paths]} | _noted(result))
    return result


def _noted(result: DecontaminateResult) -> dict[str, Any]:
    """What a pool keeps of the figures."""
    names = ("items", "tasks", "contaminated", "removed", "trimmed", "removed_instances")
    seeds = {"contaminated_seeds": len(result.contaminated_seeds)}
    return {name: getattr(result, name) for name in names} | seeds


@dataclass(slots=True)
class _Looked:
    tasks: int = 0
    found: list[Holding] = field(default_factory=list)


def _look(folder: Path, sought: Sought, engine: Engine, observer: Observer, stop: Stop) -> _Looked:
    """Compare each finished task; nothing is locked, so the pool may be growing."""
    looked = _Looked()
    with observer.counting() as show:
        tasks = pool_tasks(folder, Selection())
        for place, (task, hits) in enumerate(sifted(tasks, sought, engine)):
            if stop.is_set:
                raise InterruptionError
            looked.tasks = place + 1
            if hits:
                looked.found.append(Holding(place, task, hits))
            show(
                lambda: (
                    f"{counted(looked.tasks, 'task')} looked at, {len(looked.found):,} with hits"
                )
            )
    return looked


def _remove(
    folder: Path,
    manifest: Manifest,
    found: Sequence[Holding],
    gone: Mapping[int, tuple[int, ...] | None],
    items: Sequence[str],
    stop: Stop,
) -> None:
    with Pool(folder, manifest, read_manifest(folder), "", now) as pool:
        for one in found:
            if one.place >= pool.position.tasks or pool.task(one.place).id != one.task.id:
                raise PoolBusyError(f"{folder}: another run has changed this pool. Try again.")
        details = {one.place: one.detail(items) for one in found}
        lost = {place: cases for place, cases in gone.items() if cases is not None}
        if stop.is_set:
            raise InterruptionError
        with stop.whole():
            pool.remove(details, Reason.CONTAMINATED, lost)


def _rows(found: Holding, items: Sequence[str]) -> Iterator[FoundItem]:
    for place, hit in found.hits:
        item = items[hit.item]
        identity = found.task.id
        yield FoundItem(identity, place, hit.by.value, hit.score, item, hit.text, hit.found)
