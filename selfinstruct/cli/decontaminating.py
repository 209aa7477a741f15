"""What ``decontaminate`` does: look for a benchmark's items, report them, take tasks out."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selfinstruct import console
from selfinstruct.api.clock import now
from selfinstruct.cli import signals
from selfinstruct.cli.importing import columns_of
from selfinstruct.errors import PoolBusyError, SettingsError, UsageError
from selfinstruct.filters.contamination import Benchmark, Hit
from selfinstruct.formats import record_file
from selfinstruct.formats.base import Reading, joined
from selfinstruct.formats.importing import found_in
from selfinstruct.formats.selecting import Selection, pool_tasks
from selfinstruct.languages import tokenizer
from selfinstruct.novelty import NoveltyIndex
from selfinstruct.outputs import door
from selfinstruct.pool import SEEDS, Manifest, Pool, look
from selfinstruct.pool.manifest import read_manifest
from selfinstruct.seeds import load_seeds
from selfinstruct.tasks import Reason, Task

_SHOWN = 10  # hits on the terminal
_LONG = 160  # characters of their texts


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the same names; ``words`` is ``--ngram``, ``columns`` is ``--map``."""

    against: tuple[str, ...]
    report: str | None
    remove: bool
    words: int
    threshold: float | None
    format: str | None
    columns: str | None
    force: bool


def run(folder: Path, options: Options, *, as_json: bool, quiet: bool) -> None:
    """Look for the benchmarks' items in the pool and say what was found.

    Raises:
        UsageError: The pool or a benchmark cannot be read, or the report may not be written.
        PoolBusyError: Another run holds the pool that tasks are to be taken out of.
        DiskError: The report or the pool cannot be written.
    """
    started = time.monotonic()
    manifest = look(folder).manifest
    threshold = options.threshold if options.threshold is not None else manifest.threshold
    if not 0 < threshold <= 1:
        raise SettingsError(f"--threshold must be above 0 and at most 1, not {threshold:g}.")
    report = options.report and door(options.report, force=options.force, inputs=options.against)
    if report and report.is_stdout and as_json:
        raise SettingsError("--json and --report both want standard output: name a file.")
    benchmark = Benchmark(NoveltyIndex(tokenizer(manifest.tokenizer), threshold), options.words)
    items = list(_items(options, benchmark))
    looked = _look(folder, benchmark, quiet=quiet)
    seeds = [
        _Found(-1, seed, hits)
        for seed in load_seeds(folder / SEEDS)
        if (hits := benchmark.hits(texts_of(seed, benchmark)))
    ]
    rows = [row for found in [*looked.found, *seeds] for row in _rows(found, items)]
    if report:
        with record_file(report) as file:
            for row in rows:
                file.write(row)
    if options.remove and looked.found:
        _remove(folder, manifest, looked.found, items)
    summary = {
        "pool": str(folder),
        "items": len(benchmark),
        "tasks": looked.tasks,
        "contaminated": len(looked.found),
        "contaminated_seeds": [found.task.id for found in seeds],
        "hits": len(rows),
        "by": dict(Counter(row["by"] for row in rows)),
        "removed": len(looked.found) if options.remove else 0,
        "report": options.report,
        "seconds": round(time.monotonic() - started, 3),
    }
    if as_json:
        console.print_json(summary)
    elif not quiet:
        _show(summary, rows)


@dataclass(frozen=True, slots=True)
class _Found:
    place: int
    task: Task
    hits: list[Hit]


@dataclass(slots=True)
class _Looked:
    tasks: int = 0
    found: list[_Found] = field(default_factory=list)


def _look(folder: Path, benchmark: Benchmark, *, quiet: bool) -> _Looked:
    """Compare each finished task; nothing is locked, so the pool may be growing."""
    looked = _Looked()
    with console.counting(quiet=quiet) as show:
        for place, task in enumerate(pool_tasks(folder, Selection())):
            looked.tasks = place + 1
            if hits := benchmark.hits(texts_of(task, benchmark)):
                looked.found.append(_Found(place, task, hits))
            show(lambda: f"{looked.tasks:,} tasks looked at, {len(looked.found):,} with hits")
    return looked


def _remove(
    folder: Path, manifest: Manifest, found: Sequence[_Found], items: Sequence[str]
) -> None:
    with Pool(folder, manifest, read_manifest(folder), "", now) as pool:
        for one in found:
            if one.place >= pool.position.tasks or pool.task(one.place).id != one.task.id:
                raise PoolBusyError(f"{folder}: another run has changed this pool. Try again.")
        details = {one.place: _detail(one.hits[0], items) for one in found}
        with signals.held():
            pool.remove(details, Reason.CONTAMINATED)


def _show(summary: dict[str, Any], rows: Sequence[dict[str, Any]]) -> None:
    console.show_contamination(summary)
    if summary["report"]:
        console.say(f"The hits are in {summary['report']}")
        return
    best: dict[str, dict[str, Any]] = {}
    for row in rows:  # of each task the first, which is the plainest
        best.setdefault(row["task"], row)
    for row in list(best.values())[:_SHOWN]:
        said = f"{row['task']} is like {row['item']} ({row['by']} {row['score']:.2f})"
        console.say(f"{said}\n  {row['text'][:_LONG]}\n  {row['found'][:_LONG]}")
    if len(best) > _SHOWN:
        console.say(f"… and {len(best) - _SHOWN:,} more: --report FILE writes every hit.")


def texts_of(task: Task, benchmark: Benchmark, *, outputs: bool = True) -> list[str]:
    """What of a task may be a benchmark's: instruction and inputs, together and alone.

    Inputs and outputs stand alone only where they are long enough to tell anything.
    """
    texts = [task.instruction]
    for case in task.instances:
        texts.append(joined(task.instruction, case.input))
        alone = (case.input, case.output) if outputs else (case.input,)
        texts += [text for text in alone if benchmark.is_telling(text)]
    return [text for text in texts if text.strip()]


def _items(options: Options, benchmark: Benchmark) -> Iterator[str]:
    """Fill the benchmark; yields where each item stands."""
    how = Reading(columns=columns_of(options.columns))
    for path in options.against:
        before = len(benchmark)
        for one in found_in(path, options.format, how):
            if one.task is None:
                raise UsageError(one.flaw)
            # Items are told by what is asked, not by their answers.
            benchmark.add(texts_of(one.task, benchmark, outputs=False))
            yield one.where
        if len(benchmark) == before:
            raise UsageError(f"{path}: holds no items.")


def _rows(found: _Found, items: Sequence[str]) -> Iterator[dict[str, Any]]:
    for hit in found.hits:
        yield {
            "task": found.task.id,
            "by": hit.by.value,
            "score": hit.score,
            "item": items[hit.item],
            "text": hit.text,
            "found": hit.found,
        }


def _detail(hit: Hit, items: Sequence[str]) -> dict[str, Any]:
    return {"by": hit.by.value, "score": hit.score, "item": items[hit.item], "found": hit.found}
