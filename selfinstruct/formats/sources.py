"""Records of any common form as tasks: what is evolved, or examples of a task to be imitated."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from selfinstruct.errors import SeedError, first_flaw
from selfinstruct.formats.reading import FIELDS, Record, records
from selfinstruct.tasks import Instance, Task

# Under which names a record holds its text, its input and its output, in this order.
_INPUTS = ("input", "context")
_OUTPUTS = ("output", "answer", "answers", "completion", "response")
_KEPT = {"Skill": "skill", "Difficulty": "difficulty", "skill": "skill", "difficulty": "difficulty"}


def tasks_of(path: str) -> list[Task]:
    """The tasks in ``path``, whatever common form they have.

    A seed file, a pool, Alpaca's JSON, questions with answers, WizardLM's test set
    (``Instruction``, ``Skill``, ``Difficulty``); plain or gzipped. Records without an id are called
    by their place. Records without an output are taken too: what is evolved needs none.

    Raises:
        SeedError: A record cannot be used, or two share an id; file and line are named.
        UsageError: The file cannot be read.
    """
    tasks: list[Task] = []
    seen: set[str] = set()
    for place, record in enumerate(records(path)):
        task = _task(record, place)
        if task.id in seen:
            raise SeedError(f"{record.where}: the id {task.id!r} stands there twice.")
        seen.add(task.id)
        tasks.append(task)
    if not tasks:
        raise SeedError(f"{path}: holds no records.")
    return tasks


def _task(record: Record, place: int) -> Task:
    if record.flaw:
        raise SeedError(record.flaw)
    row = record.row
    if "instances" in row:
        try:
            task = Task.model_validate({"is_classification": False, "id": f"source_{place}"} | row)
        except ValidationError as error:
            raise SeedError(f"{record.where}: {first_flaw(error)}.") from error
    else:
        task = _flat(record, row, place)
    if not task.instruction.strip():
        raise SeedError(f"{record.where}: the instruction is empty.")
    try:
        task.model_dump_json()
    except ValueError as error:
        raise SeedError(f"{record.where}: a text holds half a surrogate pair.") from error
    return task


def _flat(record: Record, row: dict[str, Any], place: int) -> Task:
    given, output = _first(row, _INPUTS), _first(row, _OUTPUTS)
    text = _first(row, FIELDS)
    if not text:  # an input with its output, and no instruction: a question and its answer
        text, given = given, ""
    if not text:
        names = ", ".join(map(repr, FIELDS))
        raise SeedError(f"{record.where}: the record has no text in a field {names} or 'input'.")
    identity = row.get("id", row.get("idx"))
    more = {name: row[key] for key, name in _KEPT.items() if key in row}
    return Task(
        id=f"source_{place}" if identity is None else str(identity),
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
