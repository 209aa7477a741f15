"""The answers to a question as a person gives them: which there are, and by which keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from selfinstruct.languages import LanguagePack
from selfinstruct.parsing.grades import NOT_APPLICABLE
from selfinstruct.parsing.scales import Words, on_scale
from selfinstruct.reviewing.opinions import BOTH_BAD, FIRST, SECOND, TIE, Value
from selfinstruct.rubrics import NA, Level, Question, Rubric, Scale, Unit

NA_KEY = "x"
_COMMANDS = frozenset("sufx")  # keys of a page that no letter of a scale may take
_PAIR_KEYS = {
    FIRST: ("ArrowLeft", "1"),
    SECOND: ("ArrowRight", "2"),
    TIE: ("t",),
    BOTH_BAD: ("b",),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer.

    Attributes:
        value: What is stored.
        label: What a button says.
        meaning: What it stands for, in a sentence; "" where it speaks for itself.
        keys: The keys that give it, as browsers name them, the one to be shown first; none where it
            is typed.
    """

    value: str | float
    label: str
    meaning: str
    keys: tuple[str, ...]


_BOTH_BAD = Level(value=BOTH_BAD, name="both are bad", also=("both bad",))


def for_people(rubric: Rubric) -> Rubric:
    """The rubric as people are asked it: of a pair they may also say that both are bad.

    What that is to agreement is a tie, as a judge is told to call it.
    """
    if rubric.unit is not Unit.PAIR:
        return rubric
    questions = [
        one.model_copy(update={"levels": (*one.levels, _BOTH_BAD)})
        if {FIRST, SECOND} <= set(one.values) and BOTH_BAD not in one.values
        else one
        for one in rubric.questions
    ]
    return rubric.model_copy(update={"questions": tuple(questions)})


def choices(question: Question, pack: LanguagePack, unit: Unit = Unit.ITEM) -> list[Choice]:
    """The answers to ``question``, in order; none where it is answered in words."""
    if question.scale is Scale.TAGS:
        return []
    if question.scale is Scale.YES_NO:
        names = ((pack.labels.yes, "yes", "y"), (pack.labels.no, "no", "n"))
        found = [Choice(value, (words or (value,))[0], "", (key,)) for words, value, key in names]
    elif question.scale is Scale.NUMBERS:
        told = {level.value: level.meaning or level.name for level in question.levels}
        found = [
            Choice(value, f"{value:g}", told.get(value, ""), _digit(question, value))
            for value in map(float, question.values)
        ]
    else:
        found = _levels(question, unit)
    if question.na:
        found.append(Choice(NA, "does not apply", "", (NA_KEY,)))
    return found


def is_typed(question: Question) -> bool:
    """Whether an answer is more than one key: tags, and numbers that are no single digits."""
    if question.scale is Scale.TAGS:
        return True
    return question.scale is Scale.NUMBERS and not all(
        _digit(question, float(value)) for value in question.values
    )


def read_answer(said: object, question: Question, pack: LanguagePack) -> Value | None:
    """The answer that a person wrote or chose; None where it is none."""
    if isinstance(said, int | float) and not isinstance(said, bool):
        said = f"{said:g}"
    if isinstance(said, tuple):
        said = list(said)
    if said == NA and question.na:
        return NA
    labels = pack.labels
    words = Words(labels.yes, labels.no, labels.either_or, NOT_APPLICABLE)
    if question.scale is Scale.YES_NO and isinstance(said, str):
        said = {"y": "yes", "n": "no"}.get(said.strip().casefold(), said)
    return on_scale(said, question, words)


def _levels(question: Question, unit: Unit) -> list[Choice]:
    letters = [str(level.value).casefold() for level in question.levels]
    by_letter = all(len(one) == 1 and one.isascii() and one.isalpha() for one in letters)
    by_letter = by_letter and not _COMMANDS & set(letters)
    found = []
    for number, level in enumerate(question.levels, 1):
        value = str(level.value)
        keys: Sequence[str] = (str(number),) if number < 10 else ()
        if by_letter:
            keys = (value.casefold(), *keys)
        if unit is Unit.PAIR:
            keys = _PAIR_KEYS.get(value, keys)
        label = level.name or level.meaning.rstrip(".。") or value
        meaning = level.meaning if level.name else ""
        found.append(Choice(value, label, meaning, tuple(keys)))
    return found


def _digit(question: Question, value: float) -> tuple[str, ...]:
    """The key of a number, where all of the scale are single digits."""
    whole = all(one in range(10) for one in map(float, question.values))
    return (f"{value:g}",) if whole else ()
