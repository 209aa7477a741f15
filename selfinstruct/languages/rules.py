"""The rules of a language on instructions, as values (Self-Instruct, section 2.2).

Phrases are written with spaces that stand for none or one, and ``#`` for a number.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def _range(text: str) -> str:
    if len(text) == 3 and text[1] == "-" and text[0] <= text[2]:
        return text
    raise ValueError(f"{text!r} is no range of two characters, such as a-z")


Word = Annotated[str, Field(min_length=1)]
"""A text that is not empty."""
Ranges = Annotated[tuple[Annotated[str, AfterValidator(_range)], ...], Field(min_length=1)]
"""Inclusive ranges of characters, such as ``a-z``."""


class LengthUnit(StrEnum):
    """What the length rule counts."""

    WORDS = "words"
    CHARACTERS = "characters"


class KeywordMatch(StrEnum):
    """How a keyword is found in an instruction."""

    WORD = "word"
    """As a whole word, whatever its case."""
    SUBSTRING = "substring"
    """Anywhere, whatever its case."""
    STEM = "stem"
    """As a word of its own, with the particles that Korean attaches to it."""


class Length(BaseModel):
    """How long an instruction may be, both ends included."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: LengthUnit
    least: int = Field(ge=1)
    most: int = Field(ge=1)


class Particles(BaseModel):
    """What may be attached to a noun, by the end of its last syllable.

    Attributes:
        any: After whatever.
        consonant: After a final consonant.
        vowel: After a vowel.
        ro: As they stand after a vowel or ㄹ; after another consonant with 으 before them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    any: tuple[Word, ...] = ()
    consonant: tuple[Word, ...] = ()
    vowel: tuple[Word, ...] = ()
    ro: tuple[Word, ...] = ()


class Stem(BaseModel):
    """A noun.

    Attributes:
        stem: Counts where no letter of its script stands before it.
        compounds: Words that end with it and count too.
        not_in: Phrases in which it does not count.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    stem: Word
    compounds: tuple[Word, ...] = ()
    not_in: tuple[Word, ...] = ()


class Verb(BaseModel):
    """A verb, by the forms in which it asks for something.

    Attributes:
        verb: Its name, for people.
        forms: Whole words.
        beginnings: Forms that may go on.
        not_in: Phrases in which it does not count.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    verb: str
    forms: tuple[Word, ...] = ()
    beginnings: tuple[Word, ...] = ()
    not_in: tuple[Word, ...] = ()


class Keywords(BaseModel):
    """Words that show that a task needs more than text (images, files, plots …).

    Attributes:
        match: How they are found.
        words: Those that are matched as words or anywhere.
        not_in: Phrases in which they do not count.
        plural: What a stem may take before its particle.
        particles: What stems may take.
        stems: Those that are matched as stems.
        verbs: Verbs beside them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    match: KeywordMatch
    words: tuple[Word, ...] = ()
    not_in: tuple[Word, ...] = ()
    plural: str = ""
    particles: Particles = Particles()
    stems: tuple[Stem, ...] = ()
    verbs: tuple[Verb, ...] = ()

    @model_validator(mode="after")
    def _belongs_together(self) -> Keywords:
        if self.match is KeywordMatch.STEM and self.words:
            raise ValueError("stems stand in [[stems]], not in words")
        if self.match is not KeywordMatch.STEM and (self.stems or self.verbs):
            raise ValueError('stems and verbs need match = "stem"')
        return self


class Program(BaseModel):
    """What asks for a program, wherever it is said; for languages whose verb stands last.

    Attributes:
        phrases: Such as 프로그램을 작성.
        not_in: Phrases in which they do not count: 방송 프로그램, a programme that is broadcast.
        standalone: Whether no letter of the first phrase's script may stand directly before one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    phrases: tuple[Word, ...] = ()
    not_in: tuple[Word, ...] = ()
    standalone: bool = True


class Script(BaseModel):
    """In which script instructions are.

    Attributes:
        ranges: Inclusive ranges of its characters.
        least: The least share of such tokens among those that are no numbers, in [0, 1]; tokens are
            those of the tokenizer ``unicode``.
        required: Ranges of which at least one character must be there: kana, without which a text
            would be Chinese.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ranges: Ranges
    least: float = Field(gt=0, le=1)
    required: Ranges | tuple[()] = ()


class FirstCharacter(BaseModel):
    """Which first characters an instruction may have.

    Attributes:
        ranges: Inclusive ranges of characters, such as ``"0-9"``.
        opening_marks: Marks that may stand before such a character.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ranges: Ranges
    opening_marks: tuple[Word, ...] = ()

    def opens(self, instruction: str) -> bool:
        """Whether ``instruction`` begins with an opening mark and an allowed character."""
        first, second = instruction[:1], instruction[1:2]
        return first in self.opening_marks and bool(second) and self.allows(second)

    def allows(self, character: str) -> bool:
        """Whether ``character`` lies in one of the ranges."""
        return any(span[0] <= character <= span[-1] for span in self.ranges)
