"""Records of any common form as tasks: what is evolved, or examples of a task to be imitated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from selfinstruct.errors import SeedError, UsageError, first_flaw
from selfinstruct.formats import batch
from selfinstruct.formats.base import Reading
from selfinstruct.formats.importing import files_of, reader_of
from selfinstruct.formats.own import Table
from selfinstruct.formats.reading import FIELDS, Record, records
from selfinstruct.tasks import Instance, Task

# Under which names a record holds its text, its input and its output, in this order.
_INPUTS = ("input", "context")
_OUTPUTS = ("output", "answer", "answers", "completion", "response")
_KEPT = {"Skill": "skill", "Difficulty": "difficulty", "skill": "skill", "difficulty": "difficulty"}


def tasks_of(path: str) -> list[Task]:
    """The tasks in ``path``, whatever common form they have: all that an import reads.

    A seed file, a pool, Alpaca's JSON, questions with answers, WizardLM's test set
    (``Instruction``, ``Skill``, ``Difficulty``), dialogues, task files; plain or gzipped, or a
    folder of them. Records without an id are called by their place. Records without an output are
    taken too: what is evolved needs none.

    Raises:
        SeedError: A record cannot be used, or two share an id; file and line are named.
        UsageError: The file cannot be read.
    """
    tasks: dict[str, Task] = {}
    for where, row, task in _found(path):
        before = tasks.get(task.id)
        if before is None:
            tasks[task.id] = task
        elif Table().reads(row) and before.instruction == task.instruction:
            cases = (*before.instances, *task.instances)  # a table has a row for each of them
            tasks[task.id] = before.model_copy(update={"instances": cases})
        else:
            raise SeedError(f"{where}: the id {task.id!r} stands there twice.")
    if not tasks:
        raise SeedError(f"{path}: holds no records.")
    return list(tasks.values())


def _found(path: str) -> Iterator[tuple[str, dict[str, Any], Task]]:
    """Where each task stands, its record, and the task."""
    place = 0
    if path != "-" and batch.is_batch(Path(path)):
        for record, found in batch.batch(Path(path)):
            if record.flaw:
                raise SeedError(record.flaw)
            if isinstance(found, Task):  # the released scripts pass over what they cannot read
                yield record.where, {}, found.model_copy(update={"id": f"source_{place}"})
                place += 1
        return
    for file in files_of(path):
        for record in records(file):
            for task in _tasks(record, place):
                yield record.where, record.row, _sound(record, task)
            place += 1


def _tasks(record: Record, place: int) -> list[Task]:
    if record.flaw:
        raise SeedError(record.flaw)
    row = record.row
    if "instances" in row:
        try:
            usual = {"is_classification": False, "id": f"source_{place}"}
            return [Task.model_validate(usual | row)]
        except ValidationError as error:
            raise SeedError(f"{record.where}: {first_flaw(error)}.") from error
    if _first(row, (*FIELDS, *_INPUTS)):
        return [_flat(row, place)]
    reader = reader_of(row)
    if reader is None:
        names = ", ".join(map(repr, FIELDS))
        raise SeedError(f"{record.where}: the record has no text in a field {names} or 'input'.")
    try:
        found = reader.tasks(row, Reading())
    except UsageError as error:
        raise SeedError(f"{record.where}: {error}.") from error
    name = _id(row, place)
    return [
        task.model_copy(update={"id": f"{name}.{number}" if number else name})
        for number, task in enumerate(found)
    ]


def _id(row: dict[str, Any], place: int) -> str:
    identity = row.get("id", row.get("idx"))
    return f"source_{place}" if identity is None else str(identity)


def _sound(record: Record, task: Task) -> Task:
    if not task.instruction.strip():
        raise SeedError(f"{record.where}: the instruction is empty.")
    try:
        task.model_dump_json()
    except ValueError as error:
        raise SeedError(f"{record.where}: a text holds half a surrogate pair.") from error
    return task


def _flat(row: dict[str, Any], place: int) -> Task:
    given, output = _first(row, _INPUTS), _first(row, _OUTPUTS)
    text = _first(row, FIELDS)
    if not text:  # an input with its output, and no instruction: a question and its answer
        text, given = given, ""
    more = {name: row[key] for key, name in _KEPT.items() if key in row}
    return Task(
        id=_id(row, place),
        instruction=text,
        is_classification=bool(row.get("is_classification", False)),
        instances=(Instance(input=given, output=output),),
        **more,
    )


def _first(row: dict[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = row.get(name)
        if isinstance(value, list) and value and isinstance(value[0], str):
            value = value[0]  # several references: the first is as good as any
        if isinstance(value, str) and value.strip():
            return value
    return ""
