"""What a rubric says: its questions, and on which scale each is answered."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

NA = "na"
"""The answer to a question that does not apply."""

Value = str | float | tuple[str, ...]
"""An answer on a scale: a word, a number, or tags."""

_MOST_STEPS = 200  # of a scale of numbers: what a reader can still tell apart, and a schema list


class Scale(StrEnum):
    """How a question is answered."""

    YES_NO = "yes-no"
    LETTERS = "letters"  # one of the levels, which are ordered, the best first
    CHOICE = "choice"  # one of the levels, which are not
    NUMBERS = "numbers"  # from low to high, in steps
    TAGS = "tags"  # short texts, as many as there are


class Unit(StrEnum):
    """What is judged at once."""

    ITEM = "item"  # one instance of a task
    PAIR = "pair"  # two answers to one prompt
    LIST = "list"  # several answers to one prompt, or several items


class Part(StrEnum):
    """What an item has, and a question may need."""

    INSTRUCTION = "instruction"
    INPUT = "input"
    OUTPUT = "output"
    REFERENCE = "reference"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Level(_Frozen):
    """One step of a scale.

    Attributes:
        value: What the answer says: a letter, a word or a number.
        name: Its short name.
        meaning: What it stands for, in a sentence.
        also: Other spellings that models write.
    """

    value: str | float
    name: str = ""
    meaning: str = ""
    also: tuple[str, ...] = ()


class Question(_Frozen):
    """One question of a rubric.

    Attributes:
        key: What files and options call it.
        name: What tables and pages call it, in the pack's language.
        ask: The question itself.
        scale: How it is answered.
        needs: The parts without which it is not asked; the answer is ``na`` then.
        na: Whether "does not apply" is an answer too.
        levels: All of them for letters and choices; for numbers those that have a meaning.
        low: The least number.
        high: The greatest.
        step: From one number to the next.
        most: The most tags.
        also: Other spellings of the key that models write.
        good: The answers that speak for the item; yes by default, empty where none does.
        good_from: The least number that speaks for it.
        published: The share of such answers in a publication, as a share of 1.
    """

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    name: str
    ask: str
    scale: Scale
    needs: tuple[Part, ...] = (Part.INSTRUCTION,)
    na: bool = False
    levels: tuple[Level, ...] = ()
    low: float = 1
    high: float = 5
    step: Annotated[float, Field(gt=0)] = 1
    most: Annotated[int, Field(ge=1, le=50)] = 8
    also: tuple[str, ...] = ()
    good: tuple[str, ...] | None = None
    good_from: float | None = None
    published: Annotated[float, Field(ge=0, le=1)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.key in _RESERVED:
            raise ValueError(f"{self.key!r} is taken: name the question otherwise")
        if self.scale in {Scale.LETTERS, Scale.CHOICE} and len(self.levels) < 2:
            raise ValueError(f"{self.key!r} needs at least two levels")
        if self.scale is Scale.NUMBERS:
            steps = (self.high - self.low) / self.step
            if not (0 < steps <= _MOST_STEPS and abs(steps - round(steps)) < 1e-9):
                raise ValueError(f"{self.key!r}: low, high and step make no scale")
        names = [str(level.value).casefold() for level in self.levels]
        if len(set(names)) < len(names):
            raise ValueError(f"{self.key!r}: two levels have one value")
        if strange := [
            one
            for one in self.good or ()
            if self.scale is not Scale.TAGS and one not in self.values
        ]:
            raise ValueError(f"{self.key!r}: good: {strange[0]!r} is none of its answers")
        return self

    @property
    def values(self) -> tuple[str, ...] | tuple[float, ...]:
        """The admissible answers besides ``na``, the best or the least first; none for tags."""
        if self.scale is Scale.YES_NO:
            return ("yes", "no")
        if self.scale is Scale.NUMBERS:
            steps = round((self.high - self.low) / self.step)
            return tuple(tidy(self.low + number * self.step) for number in range(steps + 1))
        return tuple(str(level.value) for level in self.levels)

    def is_good(self, value: Value | None) -> bool | None:
        """Whether ``value`` speaks for the item; None where the rubric does not say."""
        if value is None or value == NA or self.scale is Scale.TAGS:
            return None
        if self.scale is Scale.NUMBERS:
            ours = self.good_from
            return None if ours is None or not isinstance(value, float | int) else value >= ours
        if self.good is None:
            return value == "yes" if self.scale is Scale.YES_NO else None
        return value in self.good if self.good else None

    @property
    def tells_good(self) -> bool:
        """Whether some answer to it speaks for the item, and others against it."""
        if self.scale is Scale.NUMBERS:
            return self.good_from is not None
        return bool(self.good) if self.good is not None else self.scale is Scale.YES_NO


class Whole(_Frozen):
    """What the answers to all questions of a rubric come to.

    Attributes:
        name: What tables call that all of them speak for the item.
        published: The share in a publication, as a share of 1.
    """

    name: str
    published: Annotated[float, Field(ge=0, le=1)] | None = None


class Rubric(_Frozen):
    """A rubric; see the module's docstring.

    Attributes:
        name: What options call it: the name of its file.
        version: Which one it is; another one is another rubric.
        about: What it asks, in a sentence.
        unit: What is judged at once.
        source: Where it was published, in a few words for tables.
        role: What the judge is told to be, in a sentence or two.
        questions: In the order in which they are asked.
        all: What it is called that all questions speak for the item; None where that means nothing.
        references: Whether it grades against an answer that the judge has given before.
        anchors: Texts of which the place on the scale is known, for judging several at once.
    """

    name: str = ""
    version: int = 1
    about: str
    unit: Unit = Unit.ITEM
    source: str = ""
    role: str = ""
    questions: tuple[Question, ...] = Field(min_length=1)
    all: Whole | None = None
    references: bool = False
    anchors: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        keys = [question.key for question in self.questions]
        if len(set(keys)) < len(keys):
            raise ValueError("two questions have one key")
        if self.all is not None and not any(one.tells_good for one in self.questions):
            raise ValueError("all: no question says which of its answers are good")
        return self

    @property
    def digest(self) -> str:
        """A digest of all that it says: 16 hexadecimal digits."""
        text = json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def question(self, key: str) -> Question | None:
        """The question called ``key``."""
        return next((one for one in self.questions if one.key == key), None)

    def asked_of(self, parts: frozenset[Part]) -> tuple[Question, ...]:
        """The questions that can be asked about something with these ``parts``."""
        return tuple(one for one in self.questions if parts.issuperset(one.needs))


ALL = "all"
"""The key of what all questions together come to."""

_RESERVED = {ALL, "reason", "item", "digest", "status", "control"}


def tidy(number: float) -> float:
    """``number`` without the dust of binary fractions, whole where it is."""
    rounded = round(number, 6)
    return int(rounded) if rounded == int(rounded) else rounded
