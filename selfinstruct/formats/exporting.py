"""A pool written in another format: rows, a table, a dataset folder, a folder of task files.

Tasks pass through one at a time.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from selfinstruct import jsonl
from selfinstruct.counts import counted
from selfinstruct.errors import SettingsError, UsageError
from selfinstruct.formats import tables
from selfinstruct.formats.census import Census
from selfinstruct.formats.kind import Format, Shape, Wanted
from selfinstruct.formats.layout import Layout
from selfinstruct.formats.reasoning import How, refuse_none
from selfinstruct.formats.registry import find_format
from selfinstruct.formats.samples import Answers, spread
from selfinstruct.formats.selecting import Splits, pool_tasks
from selfinstruct.formats.writing import record_file
from selfinstruct.outputs import STDOUT, Output, make_parents
from selfinstruct.pool import REJECTS, Manifest
from selfinstruct.tasks import Task

TRAIN = "train"


class Shaped(Protocol):
    """A format, as far as the names of its files depend on it."""

    @property
    def name(self) -> str:
        """As in ``--format``."""
        ...

    @property
    def shape(self) -> Shape:
        """What an export in it is."""
        ...


class _Rows(Protocol):
    def write(self, row: dict[str, Any]) -> None: ...


def layout(output: Output, wanted: Wanted) -> Layout:
    """Which files the export to ``output`` consists of.

    Raises:
        SettingsError: There is no such format, or it cannot go there.
    """
    return layout_of(output, find_format(wanted.format), wanted.splits)


def layout_of(output: Output, form: Shaped, splits: Splits | None) -> Layout:
    """Which files an export of this shape to ``output`` consists of.

    Raises:
        SettingsError: It cannot go there.
    """
    goal = output.path
    if output.is_stream and (splits or form.shape is not Shape.ROWS):
        raise SettingsError(
            f"-o {output.said} takes one stream of rows: name a file or a folder instead."
        )
    _refuse_ending(goal, form)
    names = splits.names if splits else [TRAIN]
    if form.shape is Shape.DATASET:
        files = {name: f"data/{name}-00000-of-00001.parquet" for name in names}
    elif form.shape is Shape.TASK_FILES:
        files = {name: f"splits/default/{name}_tasks.txt" for name in names}
    elif splits is None:
        files = {TRAIN: goal.name}
    else:
        head, dot, ending = goal.name.partition(".")
        files = {name: f"{head}.{name}{dot}{ending}" for name in names}
    return Layout(goal, form.shape.is_folder, files, output if output.is_stream else None)


def _refuse_ending(goal: Path, form: Shaped) -> None:
    """Refuse a file whose name says that it is of another kind."""
    ending = goal.name.removesuffix(".gz").rpartition(".")[2].casefold()
    if form.shape is Shape.TABLE and ending != "parquet":
        raise SettingsError(f"{goal}: a Parquet file ends in .parquet.")
    if form.shape is Shape.ROWS and ending in {"parquet", "csv", "tsv"}:
        raise SettingsError(f"{goal}: rows of {form.name} go into a .json or .jsonl file.")


def write(
    folder: Path,
    manifest: Manifest,
    wanted: Wanted,
    place: Layout,
    stage: Path | None,
    step: Callable[[], None] = lambda: None,
) -> Census:
    """Write the tasks of the pool in ``folder`` and count them.

    Args:
        folder: The pool.
        manifest: What it was made with.
        wanted: How to export.
        place: Which files to write.
        stage: Where they are written first; None for a stream.
        step: Called with each task that is looked at.

    Raises:
        UsageError: The format cannot hold a task, or there is nothing to write.
    """
    census = Census(rows=Counter(dict.fromkeys(place.files, 0)))
    tasks = _selected(folder, manifest, wanted, census, step)
    form = find_format(wanted.format)
    if form.folder is not None and stage is not None:
        writer = form.folder(wanted, stage, place.files, folder / REJECTS)
        for task, places, split in tasks:
            writer.write(wanted.reasoning.tagged(task), places, split)
        writer.end()
    else:
        _write_rows(tasks, wanted, place, stage, census)
    if stage is not None and form.folder is None:
        for split, name in place.files.items():
            census.bytes[split] = (stage / name).stat().st_size
    if wanted.reasoning.how is not How.NONE and census.rows.total():
        refuse_none(census.with_reasoning, folder)
    if not census.rows.total():
        raise UsageError(f"{folder}: nothing is left to export; see --where and --min-agreement.")
    if form.least is not None and (count := census.rows[next(iter(place.files))]) < form.least[0]:
        raise UsageError(
            f"{folder}: {counted(count, 'row is', 'rows are')} too few: "
            f"{form.least[1]}, or grow the pool."
        )
    return census


_Selected = Iterator[tuple[Task, list[int], str]]


def _selected(
    folder: Path, manifest: Manifest, wanted: Wanted, census: Census, step: Callable[[], None]
) -> _Selected:
    selection = wanted.selection
    for task in pool_tasks(folder, selection, census.left_out):
        step()
        if not any(case.output.strip() for case in task.instances):
            census.left_out["without_output"] += 1
            continue
        if not all(one.holds(task, manifest.language) for one in selection.where):
            census.left_out["where"] += 1
            continue
        places = [n for n in selection.instances(task) if task.instances[n].output.strip()]
        if left := len(task.instances) - len(places):
            census.left_out["instances"] += left
        if not places:
            unjudged = selection.is_unjudged(task)
            census.left_out["not_judged" if unjudged else "tasks_without_instances"] += 1
            continue
        split = wanted.splits.name_of(task) if wanted.splits else TRAIN
        taken = task
        if wanted.answers is Answers.ALL:
            taken, places, repeated = spread(task, places)
            if repeated:
                census.left_out["repeated_answers"] += repeated
        yield taken, places, split
        if places:  # those that repeated an earlier row were taken out meanwhile
            census.add(taken, places, split)


def _write_rows(
    tasks: _Selected, wanted: Wanted, place: Layout, stage: Path | None, census: Census
) -> None:
    form = find_format(wanted.format)
    if form.rows is None:
        raise SettingsError(f"The format {form.name} is not made of rows.")
    writer = form.rows(wanted)
    seen: set[bytes] = set()
    with contextlib.ExitStack() as stack:
        files = {
            split: stack.enter_context(_opened(stage / name if stage else place.stream, form))
            for split, name in place.files.items()
        }
        for task, places, split in tasks:
            written = wanted.reasoning.tagged(task)
            for number in list(places):
                row = writer.row(written, number)
                wanted.reasoning.put(row, task, number)
                if form.drops_repeats and _is_repeated(row, seen):
                    census.left_out["duplicates"] += 1
                    places.remove(number)
                    continue
                files[split].write(row)
                census.sample = census.sample or row


def _is_repeated(row: Mapping[str, Any], seen: set[bytes]) -> bool:
    texts = [row[name] for name in list(row)[:2]]
    digest = hashlib.blake2b(jsonl.dumps(texts).encode(), digest_size=16).digest()
    before = len(seen)
    seen.add(digest)
    return len(seen) == before


@contextlib.contextmanager
def _opened(target: Path | Output | None, form: Format) -> Iterator[_Rows]:
    if not isinstance(target, Path) or not form.shape.is_parquet:
        with record_file(target or STDOUT) as rows:
            yield rows
        return
    make_parents(target)
    with jsonl.whole_file(target) as file, tables.parquet_file(file, form.columns) as table:
        yield table
