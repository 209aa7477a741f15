"""What is judged: an instance of a task, or a text that a filter refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from selfinstruct.annotations import Target
from selfinstruct.rubrics import Part
from selfinstruct.tasks import Instance, Task

REJECT = "reject_"
"""How the ids of refused texts begin."""


class Control(StrEnum):
    """Why something is judged whose answer is known."""

    SWAPPED = "swapped"  # with the output of another task
    CUT = "cut"  # with half of its output
    SEED = "seed"  # a task that people wrote


PLANTED = (Control.SWAPPED, Control.CUT)
"""The controls that are errors."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that is judged.

    Attributes:
        id: What rows call it: ``task_…#0`` for an instance.
        instruction: The instruction, or the refused text.
        input: Its input; "" for none.
        output: Its output; "" for none.
        classification: Whether its outputs are labels.
        control: Which control it is, or None.
    """

    id: str
    instruction: str
    input: str = ""
    output: str = ""
    classification: bool = False
    control: Control | None = None

    @property
    def digest(self) -> str:
        """A digest of what is judged, so that a change is noticed: 16 hexadecimal digits."""
        whole = json.dumps([self.instruction, self.input, self.output], ensure_ascii=False)
        return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:16]

    @property
    def parts(self) -> frozenset[Part]:
        """What it has."""
        texts = {Part.INPUT: self.input, Part.OUTPUT: self.output}
        return frozenset(
            {Part.INSTRUCTION, *(part for part, text in texts.items() if text.strip())}
        )


def subject(task: Task, place: int) -> Subject:
    """The instance at ``place`` of ``task``."""
    case = task.instances[place]
    return Subject(
        id=Target(task=task.id, instance=place).item,
        instruction=task.instruction,
        input=case.input,
        output=case.output,
        classification=task.is_classification,
    )


def subjects(task: Task) -> Iterator[Subject]:
    """All instances of ``task``."""
    return (subject(task, place) for place in range(len(task.instances)))


def refused(text: str, detail: Mapping[str, Any]) -> Subject:
    """A text that a filter refused, with the input and output that it told of, if any."""
    case = Instance(input=_text(detail, "input"), output=_text(detail, "output"))
    made = Subject("", text, case.input, case.output)
    return Subject(f"{REJECT}{made.digest}", text, case.input, case.output)


def _text(detail: Mapping[str, Any], key: str) -> str:
    found = detail.get(key)
    return found if isinstance(found, str) else ""


def parent(task: Task) -> str | None:
    """The id of the task that ``task`` was evolved from, if it was."""
    return task.provenance.lineage.evolved_from if task.provenance else None
