"""What would have been right: task files of the benchmark, its rows of references, or any set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from selfinstruct.annotations import DIFFICULTY, SKILL
from selfinstruct.comparing.contests import Given
from selfinstruct.errors import UsageError
from selfinstruct.evaluating.cases import CATEGORY, Case
from selfinstruct.formats.benchmark import is_benchmark, task_files
from selfinstruct.formats.reading import Record, records
from selfinstruct.formats.sources import tasks_of
from selfinstruct.tasks import Task

_RENAMED = {"task121_atomic_question_rewriting": "task121_zest_question_rewriting"}
"""Tasks whose predictions go by another name than their file, as in the published script."""

_SEVERAL = ("output", "answer", "answers", "completion", "response")
"""Where a record may hold several right answers as a list."""

_REFERENCES = ("id", "references")  # what a row of the benchmark's own file of references holds


def cases_of(source: str, tasks: Iterable[Task] | None, most: int) -> list[Case]:
    """The cases in ``source``.

    Args:
        source: A folder of task files, one of them, a list such as ``test_tasks.txt``, the
            benchmark's file of references, or any set that an import reads.
        tasks: The tasks, where they are read already: those of a pool.
        most: How many instances of a task file are asked at most: its first ones.

    Raises:
        UsageError: It cannot be read, holds nothing with an answer, or two cases have one id.
    """
    if tasks is not None:
        found = list(_of_tasks(tasks))
    elif is_benchmark(source):
        found = list(_of_benchmark(source, most))
    elif _has_references(source):
        found = [_of_row(record) for record in records(source)]
    else:
        found = list(_of_tasks(tasks_of(source), _several(source)))
    if not found:
        raise UsageError(f"{source}: holds nothing that has an answer.")
    ids: set[str] = set()
    for case in found:
        if case.id in ids:
            raise UsageError(f"{source}: the id {case.id!r} stands there twice.")
        ids.add(case.id)
    return sorted(found, key=lambda case: case.id)


def _several(source: str) -> dict[str, tuple[str, ...]]:
    """By task the further right answers, in files whose records list them."""
    if source == "-" or not Path(source).is_file():
        return {}
    found = {}
    for place, record in enumerate(records(source)):
        listed = next((record.row[key] for key in _SEVERAL if record.row.get(key)), None)
        if isinstance(listed, list) and all(isinstance(one, str) for one in listed):
            identity = record.row.get("id", record.row.get("idx"))
            found[f"source_{place}" if identity is None else str(identity)] = tuple(listed)
    return found


def _of_tasks(
    tasks: Iterable[Task], listed: Mapping[str, tuple[str, ...]] | None = None
) -> Iterator[Case]:
    """Each instance is a case; what other instances give for the same input is right as well."""
    for task in tasks:
        alias = task.id if len(task.instances) == 1 else ""
        extra = task.model_extra or {}
        groups = {key: str(extra[key]) for key in (SKILL, DIFFICULTY) if extra.get(key) is not None}
        right: dict[str, list[str]] = {}
        for one in task.instances:
            if one.output.strip():
                right.setdefault(one.input, []).append(one.output)
        for place, one in enumerate(task.instances):
            if one.output.strip():
                more = (listed or {}).get(task.id, ()) if alias else ()
                texts = tuple(dict.fromkeys([*right[one.input], *more]))
                prompt = Given(task.instruction, one.input, "").prompt
                yield Case(f"{task.id}#{place}", texts, task.id, groups, alias, prompt)


def _of_benchmark(source: str, most: int) -> Iterator[Case]:
    for file in task_files(source, most):
        name = _RENAMED.get(file.task.id, file.task.id)
        groups = {CATEGORY: file.category} if file.category else {}
        for place, one in enumerate(file.task.instances):
            prompt = Given(file.task.instruction, one.input, "").prompt
            texts = file.references[place]
            yield Case(f"{file.task.id}#{place}", texts, name, groups, file.ids[place], prompt)


def _has_references(source: str) -> bool:
    if source == "-" or Path(source).is_dir():
        return False
    record = next(iter(records(source)), None)
    return record is not None and all(key in record.row for key in _REFERENCES)


def _of_row(record: Record) -> Case:
    row: Mapping[str, Any] = record.row
    texts = row.get("references")
    if record.flaw or not isinstance(texts, list) or not all(isinstance(t, str) for t in texts):
        raise UsageError(record.flaw or f"{record.where}: 'references' is no list of texts.")
    task = str(row.get("task_id", row["id"]))
    category = str(row.get("task_category") or "")
    groups = {CATEGORY: category} if category else {}
    return Case(str(row["id"]), tuple(texts), _RENAMED.get(task, task), groups)
