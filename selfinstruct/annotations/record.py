"""The record of one answer to one question about one thing."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

Value = str | float | tuple[str, ...]


class Who(StrEnum):
    """What kind of annotator says something."""

    MODEL = "model"
    PERSON = "person"
    RULE = "rule"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Annotator(_Frozen):
    """Who says it.

    Attributes:
        kind: A model, a person or a rule.
        name: The teacher's preset, the person's name, or what the rule is called.
        model: The model's name.
        prompt: The digest of the templates that it was asked with.
    """

    kind: Who
    name: str
    model: str = ""
    prompt: str = ""


class Target(_Frozen):
    """What it is said of.

    Attributes:
        task: The task's id.
        instance: The place of the instance among those of the task; None for the task as a whole.
    """

    task: str
    instance: int | None = None

    @property
    def item(self) -> str:
        """As files name it: ``task_…#0`` for an instance, ``task_…`` for a task."""
        return self.task if self.instance is None else f"{self.task}#{self.instance}"

    @classmethod
    def of(cls, item: str) -> Target:
        """The target that files call ``item``."""
        task, mark, number = item.rpartition("#")
        if mark and number.isascii() and number.isdigit():
            return cls(task=task, instance=int(number))
        return cls(task=item)


class Annotation(_Frozen):
    """What one annotator answered to one question; it holds no time of day.

    Attributes:
        target: What it is about.
        rubric: Which rubric asks; "" where no rubric does.
        question: The question's key.
        value: The answer on the question's scale; None where it was asked and could not be read.
        annotator: Who answered.
        rationale: Why, in the annotator's words.
    """

    target: Target
    rubric: str
    question: str
    value: Value | None
    annotator: Annotator
    rationale: str = ""

    @property
    def id(self) -> str:
        """A digest of who was asked what about what: 16 hexadecimal digits.

        The same question to the same annotator has the same id, whatever the answer, so what is
        written twice is counted once, and a later answer takes the place of an earlier one.
        """
        who = self.annotator.model_dump(mode="json")
        whole = [self.target.item, self.rubric, self.question, who]
        text = json.dumps(whole, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
