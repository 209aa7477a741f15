"""Conditions on tasks, and on what was said of their instances: ``output=yes``."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selfinstruct.annotations import DIFFICULTY, SKILL, of_task
from selfinstruct.errors import SettingsError
from selfinstruct.judging.items import Subject, subject
from selfinstruct.rubrics import NA, Question, Scale
from selfinstruct.tasks import Task

_CONDITION = re.compile(r"\s*([\w.:-]+)\s*(>=|<=|!=|=|>|<)\s*(.+?)\s*")
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
KEYS = ("recipe", "language", "classification", DIFFICULTY, SKILL, "teacher", "model")
_TRUTH = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_SEED = "seed"  # the recipe of tasks that people wrote


@dataclass(frozen=True, slots=True)
class Condition:
    """Such as ``difficulty>=5``: a key, a comparison, a value."""

    key: str
    sign: str
    value: str

    @classmethod
    def of(cls, said: str) -> Condition:
        """The condition ``said``.

        Raises:
            SettingsError: It is none.
        """
        condition = cls(*_parts(said, KEYS))
        number = condition.key == DIFFICULTY
        if (number and not _is_number(condition.value)) or (
            condition.key == "classification" and condition.value.casefold() not in _TRUTH
        ):
            wanted = "a number" if number else "yes or no"
            raise SettingsError(f"--where {said!r}: {condition.key} takes {wanted}.")
        if not number and condition.sign not in {"=", "!="}:
            raise SettingsError(f"--where {said!r}: only difficulty can be compared like that.")
        return condition

    def holds(self, task: Task, language: str) -> bool:
        """Whether ``task``, of a pool in ``language``, meets it; what is not known does not."""
        value: Any = _value(task, self.key, language)
        wanted: Any = self.value.casefold()
        if self.key == DIFFICULTY:
            value = float(value) if _is_number(str(value)) else None
            wanted = float(wanted)
        elif self.key == "classification":
            wanted = _TRUTH[wanted]
        elif value is not None:
            value = str(value).casefold()
        return self.sign == "!=" if value is None else _COMPARE[self.sign](value, wanted)


def _is_number(said: str) -> bool:
    return bool(re.fullmatch(r"\d+(\.\d+)?", said))


def _value(task: Task, key: str, language: str) -> object:
    came = task.provenance
    known: dict[str, Callable[[], object]] = {
        "recipe": lambda: came.recipe if came else _SEED,
        "teacher": lambda: came and came.teacher,
        "model": lambda: came and came.model,
        "language": lambda: (task.model_extra or {}).get("language", language),
        "classification": lambda: task.is_classification,
    }
    if key in known:
        return known[key]()
    said = (one for one in of_task(task) if one.question == key and one.target.instance is None)
    return next((one.value for one in said), None)


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of instances in answer to one question.

    Attributes:
        question: The question; None for what all questions of a rubric come to, yes or no.
        values: By item, the digest of what was judged, and the answer.
    """

    question: Question | None
    values: Mapping[str, tuple[str, Any]]

    def about(self, one: Subject) -> Any:
        """The answer about an item; None where there is none, or it has changed since."""
        digest, value = self.values.get(one.id, ("", None))
        return value if digest == one.digest else None


@dataclass(frozen=True, slots=True)
class Judged:
    """A condition on what was said of an instance, such as ``output=yes`` or ``accuracy>=4.5``."""

    sign: str
    value: str
    told: Told

    @classmethod
    def of(cls, said: str, told: Mapping[str, Told], option: str = "--where") -> Judged | None:
        """The condition ``said``, where it is one on what was told; None where it is another.

        Args:
            said: It.
            told: What was told, by key.
            option: What messages call the place where it was said.

        Raises:
            SettingsError: Its value is none of the question's answers.
        """
        key, sign, value = _parts(said, [*KEYS, *told], option)
        about = told.get(key)
        if about is None:
            return None
        question = about.question
        scale = question.scale if question else Scale.YES_NO
        if scale is Scale.NUMBERS and not _is_number(value):
            raise SettingsError(f"{option} {said!r}: {key} takes a number.")
        if scale not in {Scale.NUMBERS, Scale.LETTERS} and sign not in {"=", "!="}:
            raise SettingsError(f"{option} {said!r}: {key} is no scale; compare it with = or !=.")
        known = [str(one) for one in question.values] if question else ["yes", "no"]
        known += [NA] if question and (question.na or scale is not Scale.TAGS) else []
        if scale not in {Scale.NUMBERS, Scale.TAGS}:
            value = next((one for one in known if one.casefold() == value.casefold()), value)
            if value not in known:
                raise SettingsError(f"{option} {said!r}: {key} is {' or '.join(known)}.")
        return cls(sign, value, about)

    def holds(self, task: Task, place: int) -> bool:
        """Whether the instance at ``place`` of ``task`` meets it; what is not known does not."""
        return self.meets(subject(task, place))

    def meets(self, one: Subject) -> bool:
        """Whether an item meets it; what is not known does not."""
        found = self.told.about(one)
        if found is None:
            return self.sign == "!="
        question = self.told.question
        scale = question.scale if question else Scale.YES_NO
        if scale is Scale.TAGS:
            return (self.value.casefold() in found) == (self.sign == "=")
        if scale is Scale.NUMBERS:
            return found != NA and _COMPARE[self.sign](float(found), float(self.value))
        if scale is Scale.LETTERS and question is not None and NA not in (found, self.value):
            order = list(question.values)  # the best first, and >= B is A or B
            return _COMPARE[self.sign](-order.index(found), -order.index(self.value))
        return _COMPARE[self.sign](found, self.value)


def _parts(said: str, known: Sequence[str], option: str = "--where") -> tuple[str, str, str]:
    """Key, comparison and value of a condition."""
    found = _CONDITION.fullmatch(said)
    if not found or found.group(1) not in known:
        raise SettingsError(
            f"{option} {said!r} is no condition: write KEY=VALUE with one of {', '.join(known)}; "
            "!=, >=, <=, > and < work too."
        )
    key, sign, value = found.groups()
    return key, sign, value
