"""The project's own forms: lines of a pool or seed file, and tables of instances."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from selfinstruct import lineage
from selfinstruct.errors import UsageError, first_flaw
from selfinstruct.formats.base import Reading, Row, made
from selfinstruct.tasks import Instance, Task

COLUMNS = {
    "id": "string",
    "instruction": "string",
    "input": "string",
    "output": "string",
    "is_classification": "bool",
    "instance": "int64",
    "recipe": "string",
    "teacher": "string",
    "model": "string",
    "difficulty": "int64",
    "skill": "string",
    "agreement": "float64",
    "more": "string",
}
"""The columns of a table, with their types in Arrow; ``more`` holds further keys as JSON."""

_FROM_TASK = ("difficulty", "skill")
_SKIPPED = frozenset({"id", "instruction", "is_classification", "instances", "provenance", "name"})


class Tasks:
    """Lines with ``instances``: seed files, the released one too, and ``tasks.jsonl`` of pools."""

    name = "tasks"

    def reads(self, row: Row) -> bool:
        """Whether the row has instruction and instances."""
        return "instruction" in row and isinstance(row.get("instances"), list)

    def tasks(self, row: Row, how: Reading) -> list[Task]:
        """The one task of the line, with the id of its content."""
        del how
        try:
            task = Task.model_validate({"is_classification": False, "id": ""} | dict(row))
        except ValidationError as error:
            raise UsageError(first_flaw(error)) from error
        more = {key: value for key, value in (task.model_extra or {}).items() if key != "name"}
        if task.provenance is not None:
            more[lineage.MADE] = task.provenance.model_dump(mode="json")
        kind = task.is_classification
        return [made(task.instruction, task.instances, more, is_classification=kind)]

    def unread(self, row: Row, how: Reading) -> list[str]:
        """The name; every other key stays with the task."""
        del how
        return [key for key in ("name",) if key in row]

    def lacks(self, row: Row) -> list[tuple[str, str]]:
        """What seed files need, and an import does not."""
        return [
            ("missing-key", f"there is no {key!r}: an import needs none, a seed file does")
            for key in ("id", "is_classification")
            if key not in row and "provenance" not in row
        ]

    def flaws(self, row: Row) -> Iterator[tuple[str, str]]:
        """The rules of seed files and of ``tasks.jsonl``; an import's, where they are the same.

        Files by other hands need neither an id nor a word on classification: a pool's row names
        where it came from, and so has both.
        """
        usual = {} if "provenance" in row else {"is_classification": False, "id": ""}
        try:
            task = Task.model_validate(usual | dict(row))
        except ValidationError as error:
            for one in error.errors():
                key = ".".join(str(part) for part in one["loc"])
                rule = "missing-key" if one["type"] == "missing" else "wrong-type"
                yield rule, f"{key}: {one['msg']}"
            return
        if not task.instruction.strip():
            yield "empty-instruction", "the instruction is empty"
        if not task.instances:
            yield "no-instances", "there are no instances"
        for place, case in enumerate(task.instances, 1):
            if not case.output.strip():
                yield "empty-output", f"instance {place} has an empty output"


class Table:
    """Rows of Parquet and of dataset folders: one an instance, with all that a task says."""

    name = "table"

    def reads(self, row: Row) -> bool:
        """Whether the row has the columns that tell a task from a row."""
        return {"instruction", "output", "instance", "is_classification"} <= row.keys()

    def unread(self, row: Row, how: Reading) -> list[str]:
        """Columns that such tables do not have."""
        del how
        return [name for name in row if name not in COLUMNS]

    def edge(self, row: Row, where: str) -> str:
        """Rows of one task have its id."""
        del where
        return str(row.get("id", ""))

    def row(self, task: Task, number: int) -> dict[str, Any]:
        """The row of one instance; what is not known is null."""
        case, extra = task.instances[number], task.model_extra or {}
        came = task.provenance
        known: dict[str, Any] = {
            "id": task.id,
            "instruction": task.instruction,
            "input": case.input,
            "output": case.output,
            "is_classification": task.is_classification,
            "instance": number,
            "recipe": came and came.recipe,
            "teacher": came and came.teacher,
            "model": came and came.model,
            "agreement": (case.model_extra or {}).get("agreement"),
        }
        fitting = {name: _fitting(name, extra.get(name)) for name in _FROM_TASK}
        known |= fitting
        # What a column cannot hold travels with the rest.
        held = {name for name in _FROM_TASK if fitting[name] is not None}
        task_more = {k: v for k, v in extra.items() if k not in {*held, *_SKIPPED}}
        case_more = {k: v for k, v in (case.model_extra or {}).items() if k != "agreement"}
        more = {"task": task_more} if task_more else {}
        more |= {"instance": case_more} if case_more else {}
        known["more"] = json.dumps(more, ensure_ascii=False) if more else None
        return {name: known[name] for name in COLUMNS}

    def tasks(self, row: Row, how: Reading) -> list[Task]:
        """The task of the row, with this one instance."""
        del how
        for name in ("instruction", "output", "input"):
            if not isinstance(row.get(name) or "", str) or (name != "input" and not row[name]):
                raise UsageError(f"{name!r} is no text")
        more = self._more(row.get("more"))
        agreement = {"agreement": row["agreement"]} if row.get("agreement") is not None else {}
        case = Instance(
            input=row.get("input") or "", output=row["output"], **agreement, **more["instance"]
        )
        came = {name: row[name] for name in ("recipe", "teacher", "model") if row.get(name)}
        kept = more["task"] | {name: row[name] for name in _FROM_TASK if row.get(name) is not None}
        kind = bool(row["is_classification"])
        more_ = kept | {lineage.MADE: came or None}
        return [made(row["instruction"], [case], more_, is_classification=kind)]

    @staticmethod
    def _more(given: object) -> dict[str, dict[str, Any]]:
        try:
            found = json.loads(given) if isinstance(given, str) and given else {}
        except ValueError as error:
            raise UsageError("'more' is no JSON") from error
        found = _object(found)
        return {
            part: {
                key: value
                for key, value in _object(found.get(part)).items()
                if key not in {*_SKIPPED, "input", "output", "agreement", lineage.MADE}
            }
            for part in ("task", "instance")
        }


def _fitting(name: str, value: object) -> object:
    """``value`` where the column can hold it, else None."""
    kind = int if COLUMNS[name] == "int64" else str
    return value if isinstance(value, kind) and not isinstance(value, bool) else None


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
