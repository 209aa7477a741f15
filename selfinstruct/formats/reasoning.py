"""What teachers thought, written as trainers read it: a field of its own, or tags in the output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from selfinstruct.errors import UsageError
from selfinstruct.formats.base import Row
from selfinstruct.tasks import Instance, Task

KEY = "reasoning"
FIELDS = ("reasoning_content", "thinking")
"""What trainers call the field: most the first, TRL with harmony's templates the second."""

OPENED, CLOSED = "<think>\n", "\n</think>\n\n"


class How(StrEnum):
    """How thoughts are written."""

    NONE = "none"
    FIELD = "field"
    TAGS = "tags"


@dataclass(frozen=True, slots=True)
class Reasoning:
    """How an export writes thoughts.

    Attributes:
        how: In which way.
        field: The field's name.
    """

    how: How = How.NONE
    field: str = FIELDS[0]

    def tagged(self, task: Task) -> Task:
        """``task`` with its thoughts before each output, where tags are wanted."""
        if self.how is not How.TAGS:
            return task
        cases = tuple(_tagged(case) for case in task.instances)
        return task.model_copy(update={"instances": cases})

    def put(self, row: dict[str, Any], task: Task, number: int) -> None:
        """Put the thoughts of an instance into its row, where a field is wanted.

        A dialogue holds them in the teacher's turn, another row beside the output; "" where the
        instance has none, so that all rows are of one shape.
        """
        if self.how is not How.FIELD:
            return
        turns = next((one for one in row.values() if isinstance(one, list)), None)
        place = turns[-1] if turns else row
        place[self.field] = thoughts_of(task.instances[number])


def thoughts_of(case: Instance) -> str:
    """The thoughts of an instance; "" where it has none."""
    found = (case.model_extra or {}).get(KEY)
    return found if isinstance(found, str) else ""


def flaws(turn: Row, said: str) -> Iterator[tuple[str, str]]:
    """Rules that the thoughts of a turn break, each with a sentence.

    Args:
        turn: The turn.
        said: The field of its text.
    """
    for name in FIELDS:
        if name in turn and not isinstance(turn[name], str | None):
            yield "wrong-type", f"{name!r} is no text"
    text = turn.get(said)
    if isinstance(text, str) and text.lstrip().startswith(OPENED.strip()):
        _, closed, answer = text.partition(CLOSED.strip())
        if not closed:
            yield "unclosed-thoughts", f"{OPENED.strip()} is never closed"
        elif not answer.strip():
            yield "empty-content", "there are thoughts and no answer"


def refuse_none(found: int, where: object) -> None:
    """Refuse an export of thoughts that has none.

    Raises:
        UsageError: It has none.
    """
    if not found:
        raise UsageError(
            f"{where}: no instance holds reasoning. Grow the pool with --keep-reasoning, or read "
            "its replies again with selfinstruct replay --keep-reasoning."
        )


def _tagged(case: Instance) -> Instance:
    thoughts = thoughts_of(case)
    if not thoughts:
        return case
    return case.model_copy(update={"output": f"{OPENED}{thoughts}{CLOSED}{case.output}"})
