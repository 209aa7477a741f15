"""A pool written in another format: rows, a table, a dataset folder, a folder of task files.

Tasks pass through one at a time.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from selfinstruct import jsonl
from selfinstruct.errors import PromptError, SettingsError, UsageError
from selfinstruct.formats import flat, own, tables, wording
from selfinstruct.formats.base import RowWriter
from selfinstruct.formats.census import Census
from selfinstruct.formats.dialogue import CHAT, FEWEST_ROWS, SHAREGPT
from selfinstruct.formats.layout import Layout
from selfinstruct.formats.reasoning import How, Reasoning, refuse_none
from selfinstruct.formats.selecting import Selection, Splits, pool_tasks
from selfinstruct.formats.superni import SuperNi
from selfinstruct.formats.taskfiles import TaskFolder
from selfinstruct.formats.writing import record_file
from selfinstruct.outputs import STDOUT, Output, make_parents
from selfinstruct.pool import REJECTS, Manifest
from selfinstruct.tasks import Task

TRAIN = "train"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to export; the fields are the options of the same names.

    Attributes:
        format: One of :data:`FORMATS`.
        selection: What is taken.
        splits: Into which parts; None for one.
        system: A system message for dialogues.
        templates: The file of templates.
        seed: Where the random numbers of templates start.
        licence: What the task files say of their instances' licence.
        language: The name of the pool's language, in English.
        reasoning: How thoughts are written.
    """

    format: str
    selection: Selection = dataclasses.field(default_factory=Selection)
    splits: Splits | None = None
    system: str | None = None
    templates: Path | None = None
    seed: int = 0
    licence: str = ""
    language: str = "English"
    reasoning: Reasoning = dataclasses.field(default_factory=Reasoning)


class _Rows(Protocol):
    def write(self, row: dict[str, Any]) -> None: ...


def _completion(wanted: Wanted) -> RowWriter:
    found = wording.load(path := _templates(wanted)).completion
    if found is None:
        raise PromptError(f"{path}: has no [completion].")
    return wording.CompletionWriter(found, wanted.seed)


def _flan(wanted: Wanted) -> RowWriter:
    found = wording.load(path := _templates(wanted)).flan
    if found is None:
        raise PromptError(f"{path}: has no [flan].")
    return wording.FlanWriter(found, wanted.seed)


def _templates(wanted: Wanted) -> Path:
    if wanted.templates is None:
        raise SettingsError(
            f"The language has no templates for {wanted.format}: give a file with --templates."
        )
    return wanted.templates


_WRITERS: Mapping[str, Callable[[Wanted], RowWriter]] = {
    "alpaca": lambda _: flat.ALPACA,
    "chat": lambda wanted: dataclasses.replace(CHAT, system=wanted.system),
    "sharegpt": lambda wanted: dataclasses.replace(SHAREGPT, system=wanted.system),
    "completion": _completion,
    "flan": _flan,
    "parquet": lambda _: own.Table(),
    "hf": lambda _: own.Table(),
}
_WORDED = frozenset({"completion", "flan"})
FOLDERS = frozenset({"hf", "superni"})
"""Formats that are a folder."""
_TABLES = frozenset({"parquet", "hf"})
FORMATS: tuple[str, ...] = (*_WRITERS, "superni")
"""What ``--format`` of an export may be."""


def layout(output: Output, wanted: Wanted) -> Layout:
    """Which files the export to ``output`` consists of.

    Raises:
        SettingsError: There is no such format, or it cannot go there.
    """
    if wanted.format not in FORMATS:
        raise SettingsError(
            f"There is no format {wanted.format!r} to export: use {', '.join(FORMATS)}."
        )
    is_folder = wanted.format in FOLDERS
    goal = output.path
    if output.is_stream and (wanted.splits or wanted.format in FOLDERS | _TABLES):
        raise SettingsError(
            f"-o {output.said} takes one stream of rows: name a file or a folder instead."
        )
    _refuse_ending(goal, wanted)
    names = wanted.splits.names if wanted.splits else [TRAIN]
    if wanted.format == "hf":
        files = {name: f"data/{name}-00000-of-00001.parquet" for name in names}
    elif wanted.format == "superni":
        files = {name: f"splits/default/{name}_tasks.txt" for name in names}
    elif wanted.splits is None:
        files = {TRAIN: goal.name}
    else:
        head, dot, ending = goal.name.partition(".")
        files = {name: f"{head}.{name}{dot}{ending}" for name in names}
    return Layout(goal, is_folder, files, output if output.is_stream else None)


def _refuse_ending(goal: Path, wanted: Wanted) -> None:
    """Refuse a file whose name says that it is of another kind."""
    ending = goal.name.removesuffix(".gz").rpartition(".")[2].casefold()
    if wanted.format == "parquet" and ending != "parquet":
        raise SettingsError(f"{goal}: a Parquet file ends in .parquet.")
    if wanted.format not in FOLDERS | _TABLES and ending in {"parquet", "csv", "tsv"}:
        raise SettingsError(f"{goal}: rows of {wanted.format} go into a .json or .jsonl file.")


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
    if wanted.format == "superni" and stage is not None:
        licence = [wanted.licence] if wanted.licence else []
        form = SuperNi(wanted.language, licence)
        task_folder = TaskFolder(stage, form, place.files, folder / REJECTS)
        for task, places, split in tasks:
            task_folder.write(wanted.reasoning.tagged(task), places, split)
        task_folder.end()
    else:
        _write_rows(tasks, wanted, place, stage, census)
    if wanted.reasoning.how is not How.NONE and census.rows.total():
        refuse_none(census.with_reasoning, folder)
    if not census.rows.total():
        raise UsageError(f"{folder}: nothing is left to export; see --where and --min-agreement.")
    if wanted.format == "chat" and (count := census.rows[next(iter(place.files))]) < FEWEST_ROWS:
        raise UsageError(
            f"{folder}: {count} rows are too few: OpenAI takes fine-tuning files from "
            f"{FEWEST_ROWS} rows on. Export as sharegpt, or grow the pool."
        )
    return census


_Selected = Iterator[tuple[Task, list[int], str]]


def _selected(
    folder: Path, manifest: Manifest, wanted: Wanted, census: Census, step: Callable[[], None]
) -> _Selected:
    selection = wanted.selection
    for task in pool_tasks(folder, selection):
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
            census.left_out["tasks_without_instances"] += 1
            continue
        split = wanted.splits.name_of(task) if wanted.splits else TRAIN
        yield task, places, split
        if places:  # those that repeated an earlier row were taken out meanwhile
            census.add(task, places, split)


def _write_rows(
    tasks: _Selected, wanted: Wanted, place: Layout, stage: Path | None, census: Census
) -> None:
    form = _WRITERS[wanted.format](wanted)
    seen: set[bytes] = set()
    with contextlib.ExitStack() as stack:
        files = {
            split: stack.enter_context(_opened(stage / name if stage else place.stream, wanted))
            for split, name in place.files.items()
        }
        for task, places, split in tasks:
            written = wanted.reasoning.tagged(task)
            for number in list(places):
                row = form.row(written, number)
                wanted.reasoning.put(row, task, number)
                if wanted.format in _WORDED and _is_repeated(row, seen):
                    census.left_out["duplicates"] += 1
                    places.remove(number)
                    continue
                files[split].write(row)


def _is_repeated(row: Mapping[str, Any], seen: set[bytes]) -> bool:
    texts = [row[name] for name in list(row)[:2]]
    digest = hashlib.blake2b(jsonl.dumps(texts).encode(), digest_size=16).digest()
    before = len(seen)
    seen.add(digest)
    return len(seen) == before


@contextlib.contextmanager
def _opened(target: Path | Output | None, wanted: Wanted) -> Iterator[_Rows]:
    if not isinstance(target, Path) or wanted.format not in _TABLES:
        with record_file(target or STDOUT) as rows:
            yield rows
        return
    make_parents(target)
    with jsonl.whole_file(target) as file, tables.parquet_file(file, own.COLUMNS) as table:
        yield table
