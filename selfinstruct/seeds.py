"""Seed tasks: written by people, one JSON object a line.

The released Self-Instruct seed file (``id, name, instruction, instances, is_classification``)
loads unchanged, and so does the ``tasks.jsonl`` of a pool. What a person names may also be a JSON
array, or compressed: then its rows are read elsewhere (:func:`seeds_of`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from selfinstruct import jsonl
from selfinstruct.errors import SeedError, UsageError, first_flaw
from selfinstruct.tasks import Task


def load_seeds(path: Path) -> list[Task]:
    """The seed tasks in ``path``, in order.

    Raises:
        SeedError: The file cannot be used; the message names file, line and reason.
    """
    try:
        return seeds_of(((f"{path}:{number}", row) for number, row in jsonl.read(path)), str(path))
    except SeedError:
        raise
    except UsageError as error:
        raise SeedError(str(error)) from error


def seeds_of(rows: Iterable[tuple[str, dict[str, Any]]], name: str) -> list[Task]:
    """The seed tasks that ``rows`` are, each with where it stands.

    Args:
        rows: They, in order.
        name: What messages call their file.

    Raises:
        SeedError: One is none, or there are none.
    """
    seeds: list[Task] = []
    places: dict[str, str] = {}
    for where, row in rows:
        task = _task(row, where, places)
        places[task.id] = where.removeprefix(f"{name}:")
        seeds.append(task)
    if not seeds:
        raise SeedError(f"{name}: holds no seed tasks.")
    return seeds


def digest(seeds: Sequence[Task]) -> str:
    """SHA-256 of what the seeds say, whatever the spelling of their file."""
    return hashlib.sha256(file_text(seeds).encode()).hexdigest()


def file_text(seeds: Sequence[Task]) -> str:
    """The seeds as a seed file; loading it gives the same seeds, and the same digest."""
    return jsonl.lines(seed.model_dump(mode="json", exclude_unset=True) for seed in seeds)


def _task(row: dict[str, Any], where: str, places: dict[str, str]) -> Task:
    try:
        task = Task.model_validate(row)
    except ValidationError as error:
        raise SeedError(f"{where}: {first_flaw(error)}.") from error
    if flaw := _flaw(task, places):
        raise SeedError(f"{where}: {flaw}.")
    return task


def _flaw(task: Task, places: dict[str, str]) -> str | None:
    if task.id in places:
        return f"the id {task.id!r} stands in line {places[task.id]} too"
    if not task.instruction.strip():
        return "the instruction is empty"
    if not task.instances:
        return "there are no instances"
    try:
        task.model_dump_json()
    except ValueError:
        return "a text holds half a surrogate pair, which UTF-8 cannot carry"
    return None
