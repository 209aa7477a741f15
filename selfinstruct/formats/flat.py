"""Formats with a field each for instruction, input and output; they differ in the names alone.

Alpaca (Stanford), Dolly (Databricks), prompt and completion, FLAN's inputs and targets, questions
with answers, the test set of WizardLM, and columns of one's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from selfinstruct.errors import UsageError
from selfinstruct.formats.base import Reading, Row, joined, made, separated, text
from selfinstruct.formats.marks import ENDS, as_meant, without_marks
from selfinstruct.formats.spacing import unspaced
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
        is_exact: Whether fields have just these names; else those that data sets use instead are
            read where a row has them: see :data:`INPUTS` and :data:`OUTPUTS`.
    """

    name: str
    instruction: str
    output: str
    given: str = ""
    told_by: tuple[str, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    classification: tuple[str, tuple[str, ...]] | None = None
    unanswered: bool = False
    is_exact: bool = False

    def reads(self, row: Row) -> bool:
        """Whether the row has the fields."""
        told_by = self.told_by or (self.output,)
        return self.instruction in row and all(name in row for name in told_by)

    def is_answered(self, row: Row) -> bool:
        """Whether the row has a field for an answer, or needs none by the nature of the format."""
        return self.unanswered or bool(self._output(row))

    def unread(self, row: Row, how: Reading) -> list[str]:
        """The fields of the row of which nothing is kept."""
        del how
        read = {self.instruction, self._input(row), self._output(row), "agreement", *self.kept}
        read |= {self.classification[0]} if self.classification else set()
        return [name for name in row if name not in read]

    def tasks(self, row: Row, how: Reading) -> list[Task]:
        """The one task of the row."""
        instruction = text(row, self.instruction)
        field_ = self._input(row)
        given = text(row, field_, needed=False) if field_ else ""
        answered = self._output(row)
        if how.needs_answer and not self.unanswered and not answered:
            raise UsageError(f"there is no answer ({', '.join(OUTPUTS)}, in the order of trying)")
        output = text(row, answered, of_list=answered in _REFERENCES) if answered else ""
        if not field_ and output.rstrip().endswith(ENDS):
            instruction, output = as_meant(instruction, output)
        elif answered == COMPLETION.output:
            output = unspaced(instruction, output)
        given, output = without_marks(given), without_marks(output)
        if not field_ and how.split_input:
            instruction, given = separated(instruction)
        more = {key: row.get(name) for name, key in self.kept.items()}
        agreement = {"agreement": row["agreement"]} if _is_number(row.get("agreement")) else {}
        is_classification = (
            self.classification is not None
            and str(row.get(self.classification[0])).casefold() in self.classification[1]
        )
        case = Instance(input=given, output=output, **agreement)
        return [made(instruction, [case], more, is_classification=is_classification)]

    def _input(self, row: Row) -> str:
        """Under which name the row has the input; "" where it has none."""
        return self._first(row, self.given, INPUTS)

    def _output(self, row: Row) -> str:
        """Under which name the row has the output; "" where it has none."""
        return self._first(row, self.output, OUTPUTS)

    def _first(self, row: Row, own: str, others: Sequence[str]) -> str:
        """The name of the format's own, or the first that data sets use instead of it."""
        if self.is_exact or self.unanswered or own in row:
            return own
        return next((name for name in others if name in row and name != self.instruction), "")

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


INPUTS = ("input", "context", "Input", "Context")
"""What data sets call the input, in the order of trying."""

OUTPUTS = ("output", "response", "answer", "completion", "answers", "Output", "Response", "Answer")
"""What data sets call the output, in the order of trying."""

_REFERENCES = frozenset({"answers"})  # fields that hold several right answers


def several(value: object) -> list[object]:
    """The texts of a field that holds one or a list of them; whatever else it holds, as it is."""
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return list(value)
    return [value]


# Some trainers' rows also have a system message, and what was said before.
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


# Rows that one field tells: answered under any name, or not at all, as those of benchmarks and
# instructions yet to be answered.
TEXTS = tuple(
    Flat(name, field_, "", told_by=(field_,))
    for name, field_ in (
        ("questions", "question"),
        ("completion", "prompt"),
        ("alpaca", "instruction"),
        ("alpaca", "Instruction"),
        ("completion", "query"),
    )
)
