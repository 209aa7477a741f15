"""Expected values: what a judge nearly said counts too.

Of each answer the probabilities of all admissible tokens at its place are taken, and not just the
likeliest (G-Eval, Liu et al., arXiv 2303.16634, section 2.3; DEITA, section 3.2). Where the
admissible ones hold less than half of the mass, the judge was about to say something else, and the
answer alone is kept.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from selfinstruct.languages.words import Labels
from selfinstruct.rubrics import NA, Question, Scale
from selfinstruct.teachers.base import Place, Reply

TOP = 20  # tokens at each place: what servers give at most
LEAST_MASS = 0.5
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Weighed:
    """An answer with its likelihoods.

    Attributes:
        expected: Of a scale of numbers the mean; else the probability of answers that are good.
        mass: The probability of all admissible answers together.
    """

    expected: float | None
    mass: float


def can_be_weighed(question: Question) -> bool:
    """Whether each answer to ``question`` is told by its first token."""
    if question.scale is Scale.NUMBERS:
        return all(
            float(value).is_integer() and 0 <= float(value) <= 9 for value in question.values
        )
    return question.scale in {Scale.YES_NO, Scale.LETTERS} and question.tells_good


def weighed(
    reply: Reply, questions: Sequence[Question], labels: Labels, opening: str = ""
) -> dict[str, Weighed]:
    """Of each question whose place in ``reply`` is found, its weighed answer.

    Args:
        reply: The reply, with the likelihoods of its tokens.
        questions: What was asked.
        labels: The language's words for yes and no.
        opening: What the reply goes on from, where it is a completion.
    """
    text = opening + "".join(place.token for place in reply.places)
    ends = itertools.accumulate((len(place.token) for place in reply.places), initial=len(opening))
    starts = list(ends)[:-1]
    found = {}
    for question in questions:
        at = _place_of(question.key, text)
        if at is None:
            continue
        before = [number for number, start in enumerate(starts) if start <= at]
        if before:
            found[question.key] = _weighed(reply.places[before[-1]], question, labels)
    return found


def _place_of(key: str, text: str) -> int | None:
    """Where the last value of ``key`` begins."""
    ends = [one.end() for one in re.finditer(rf'{re.escape(key)}[\s"*]*[:：][\s"*\[(]*', text)]
    return ends[-1] if ends and ends[-1] < len(text) else None


def _weighed(place: Place, question: Question, labels: Labels) -> Weighed:
    shares: dict[str | float, float] = {}
    for token, share in place.likely:
        value = _value(token, question, labels)
        if value is not None:
            shares[value] = shares.get(value, 0.0) + share
    mass = sum(shares.values())
    if mass < LEAST_MASS:
        return Weighed(None, round(mass, _DIGITS))
    if question.scale is Scale.NUMBERS:
        mean = sum(float(value) * share for value, share in shares.items()) / mass
    else:
        mean = sum(share for value, share in shares.items() if question.is_good(value)) / mass
    return Weighed(round(mean, _DIGITS), round(mass, _DIGITS))


def _value(token: str, question: Question, labels: Labels) -> str | float | None:
    said = unicodedata.normalize("NFKC", token).strip(" \t\n\"'*[({:").casefold()
    if not said:
        return None
    if question.scale is Scale.YES_NO:
        return _word(said, (("yes", ["yes", *labels.yes]), ("no", ["no", *labels.no])))
    for value in question.values:
        if said == str(value).casefold():
            return value
    return None


def _word(said: str, words: Iterable[tuple[str, Iterable[str]]]) -> str | None:
    """The value whose words ``said`` is, or begins alone: tokens may be parts of words."""
    fitting = {
        value
        for value, names in words
        for name in names
        if name.casefold().startswith(said) and said != NA
    }
    return fitting.pop() if len(fitting) == 1 else None


def row_of(found: Mapping[str, Weighed]) -> dict[str, dict[str, float | None]]:
    """What a line of ``judgements.jsonl`` says of weighed answers."""
    return {
        "expected": {key: one.expected for key, one in found.items()},
        "mass": {key: one.mass for key, one in found.items()},
    }
