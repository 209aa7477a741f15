"""Formats with a field each for instruction, input and output; they differ in the names alone.

Alpaca (Stanford), Dolly (Databricks), prompt and completion, FLAN's inputs and targets, questions
with answers, the test set of WizardLM, and columns of one's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from selfinstruct.errors import UsageError
from selfinstruct.formats.base import Reading, Row, joined, made, separated, text
from selfinstruct.tasks import Instance, Task


@dataclass(frozen=True, slots=True)
class Flat:
    """One of them.

    Attributes:
        name: What ``--format`` calls it.
        instruction: The field of the instruction.
        output: The field of the output; "" where rows have none.
        given: The field of the input; "" where the instruction holds it.
        told_by: The fields by which a row is known, besides the instruction.
        kept: Further fields, with the keys that the task has them under.
        classification: The field that tells a classification task, and the values that it has
            there, in lower case.
        unanswered: Whether its rows have no outputs by their nature, as those of a test set.
    """

    name: str
    instruction: str
    output: str
    given: str = ""
    told_by: tuple[str, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    classification: tuple[str, tuple[str, ...]] | None = None
    unanswered: bool = False

    def reads(self, row: Row) -> bool:
        """Whether the row has the fields."""
        told_by = self.told_by or (self.output,)
        return self.instruction in row and all(name in row for name in told_by)

    def tasks(self, row: Row, how: Reading) -> list[Task]:
        """The one task of the row."""
        instruction = text(row, self.instruction)
        given = text(row, self.given, needed=False) if self.given else ""
        if not self.given and how.split_input:
            instruction, given = separated(instruction)
        output = text(row, self.output, of_list=self.output in _REFERENCES) if self.output else ""
        more = {key: row.get(name) for name, key in self.kept.items()}
        agreement = {"agreement": row["agreement"]} if _is_number(row.get("agreement")) else {}
        is_classification = (
            self.classification is not None
            and str(row.get(self.classification[0])).casefold() in self.classification[1]
        )
        case = Instance(input=given, output=output, **agreement)
        return [made(instruction, [case], more, is_classification=is_classification)]

    def row(self, task: Task, number: int) -> dict[str, Any]:
        """The row of one instance."""
        case = task.instances[number]
        if not self.given:
            prompt = joined(task.instruction, case.input)
            return {self.instruction: prompt, self.output: case.output}
        return {
            self.instruction: task.instruction,
            self.given: case.input,
            self.output: case.output,
        }


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# Some trainers' rows also have a system message, and what was said before.
_REFERENCES = frozenset({"answers"})  # fields that hold several right answers
ALPACA = Flat(
    "alpaca",
    "instruction",
    "output",
    "input",
    kept={"system": "system", "history": "history"},
)
DOLLY = Flat(
    "dolly",
    "instruction",
    "response",
    "context",
    kept={"category": "category"},
    classification=("category", ("classification",)),
)
COMPLETION = Flat("completion", "prompt", "completion")
FLAN = Flat("flan", "inputs", "targets")
WIZARDLM = Flat(
    "wizardlm",
    "Instruction",
    "",
    told_by=("Skill",),
    kept={"Skill": "skill", "Difficulty": "difficulty"},
    unanswered=True,
)
QUESTIONS = Flat("questions", "question", "answer", "context")
MANY_ANSWERS = Flat("questions", "question", "answers", "context")


# Texts without an answer: benchmarks, and instructions yet to be answered.
TEXTS = tuple(
    Flat(name, field_, "", told_by=(field_,))
    for name, field_ in (
        ("questions", "question"),
        ("completion", "prompt"),
        ("alpaca", "instruction"),
    )
)


def refuse_missing(row: Row, how: Reading, where: str) -> None:
    """Refuse a table that lacks a column that was named.

    Raises:
        UsageError: It does.
    """
    missing = sorted(name for name in how.columns.values() if name not in row)
    if missing:
        there = ", ".join(map(repr, row)) or "none"
        one = next(iter(row), "")
        hint = " Semicolons separate them, not commas." if len(row) == 1 and ";" in one else ""
        raise UsageError(
            f"{where}: there is no column {missing[0]!r}; the columns are {there}.{hint}"
        )


class Columns:
    """Rows whose fields were named by the user."""

    name = "columns"

    def reads(self, row: Row) -> bool:
        """Never by guess."""
        del row
        return False

    def tasks(self, row: Row, how: Reading) -> list[Task]:
        """The one task of the row, with the columns as they were named."""
        names = dict(how.columns)
        if missing := sorted(name for name in names.values() if name not in row):
            raise UsageError(f"there is no column {missing[0]!r}")
        texts = {column: _shown(row[column]) for column in names.values()}
        if "difficulty" in names:
            texts[names["difficulty"]] = _number(row[names["difficulty"]])
        kind = names.pop("is_classification", None)
        flat = Flat(
            self.name,
            names.pop("instruction"),
            names.pop("output", ""),
            names.pop("input", ""),
            kept={column: key for key, column in names.items()},
            classification=(kind, _YES) if kind else None,
        )
        return flat.tasks(texts, how)


_YES = ("yes", "true", "1")


def _shown(value: object) -> object:
    """Numbers in a table as texts, empty cells as nothing."""
    return str(value) if isinstance(value, int | float) else value


def _number(value: object) -> object:
    """A number that a table of texts spells; anything else as it is."""
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else value
