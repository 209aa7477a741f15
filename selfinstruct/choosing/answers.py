"""What judges said of tasks, as numbers and tags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selfinstruct.annotations import Target
from selfinstruct.judging.items import Subject
from selfinstruct.judging.reading import is_read
from selfinstruct.judging.summary import whole
from selfinstruct.report import Item
from selfinstruct.rubrics import NA, Question, Rubric, Scale
from selfinstruct.rubrics.rubric import ALL

_TRUTH = {"yes": 1.0, "no": 0.0}


@dataclass(frozen=True, slots=True)
class Answers:
    """What one judging says in answer to one question.

    Attributes:
        judging: What the judging is called.
        key: The question's key, or ``all`` for what all questions of the rubric come to.
        question: The question; None for ``all``.
        numbers: By item, the digest of what was judged, and the answer as a number.
        tags: Likewise, where the answers are tags.
    """

    judging: str
    key: str
    question: Question | None
    numbers: Mapping[str, tuple[str, float]]
    tags: Mapping[str, tuple[str, tuple[str, ...]]]

    @property
    def is_graded(self) -> bool:
        """Whether its answers are grades: numbers, or letters from good to bad."""
        scale = self.question.scale if self.question else Scale.YES_NO
        return scale in {Scale.NUMBERS, Scale.LETTERS}

    @property
    def distinct(self) -> int:
        """How many numbers were given, each counted once."""
        return len({number for _, number in self.numbers.values()})

    def mean(self, item: Item) -> float | None:
        """The mean over those instances of a task that were judged as they are now."""
        found = [value for _, value in _current(item, self.numbers)]
        return sum(found) / len(found) if found else None

    def tags_of(self, item: Item) -> tuple[str, ...]:
        """The tags of a task, those of all its judged instances."""
        return tuple(
            dict.fromkeys(tag for _, tags in _current(item, self.tags) for tag in tags),
        )

    def number(self, said: str) -> float | None:
        """The number of the answer ``said``; None where it is none of the question's answers."""
        if self.question is None or self.question.scale is Scale.YES_NO:
            return _TRUTH.get(said.casefold())
        if self.question.scale is Scale.LETTERS:
            known = {str(value).casefold(): value for value in self.question.values}
            value = known.get(said.casefold())
            return None if value is None else _number(self.question, value)
        try:
            return float(said) if self.question.scale is Scale.NUMBERS else None
        except ValueError:
            return None


def answers_of(judging: str, rubric: Rubric, rows: Iterable[Mapping[str, Any]]) -> list[Answers]:
    """What the rows of a judging say, question by question.

    Of a scale of numbers the expected value counts, where likelihoods were taken. Letters count
    from 1 for the worst, yes is 1 and no is 0. Controls are left out, and what does not apply.
    """
    read = [row for row in rows if is_read(row)]
    found = [
        Answers(judging, one.key, one, dict(_numbers(one, read)), dict(_tags(one, read)))
        for one in rubric.questions
    ]
    if rubric.all is not None:
        verdicts = {
            str(row["item"]): (str(row["digest"]), float(good))
            for row in read
            if (good := whole(row, rubric)) is not None
        }
        found.append(Answers(judging, ALL, None, verdicts, {}))
    return found


def _numbers(
    question: Question, read: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, tuple[str, float]]]:
    for row in read:
        value = row["answers"].get(question.key, NA)
        if question.scale is Scale.NUMBERS:
            expected = (row.get("expected") or {}).get(question.key)
            value = value if expected is None else expected
        number = None if value == NA else _number(question, value)
        if number is not None:
            yield str(row["item"]), (str(row["digest"]), number)


def _tags(
    question: Question, read: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, tuple[str, tuple[str, ...]]]]:
    for row in read:
        value = row["answers"].get(question.key, NA)
        if question.scale is Scale.TAGS and isinstance(value, list):
            yield str(row["item"]), (str(row["digest"]), tuple(map(str, value)))


def _number(question: Question, value: object) -> float | None:
    if question.scale is Scale.YES_NO:
        return _TRUTH.get(str(value))
    if question.scale is Scale.LETTERS:
        order = list(question.values)  # the best first
        return float(len(order) - order.index(value)) if value in order else None
    if question.scale is Scale.NUMBERS and isinstance(value, int | float):
        return float(value)
    return None


def _current(item: Item, said: Mapping[str, tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """What was said of the instances of ``item``, where it is about the texts that stand there."""
    for place, case in enumerate(item.cases):
        name = Target(task=item.id, instance=place).item
        if (found := said.get(name)) is not None:
            one = Subject(name, item.instruction, case.input, case.output)
            if one.digest == found[0]:
                yield found
