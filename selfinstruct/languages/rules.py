"""The rules of a language on instructions, as values (Self-Instruct, section 2.2).

Phrases are written with spaces that stand for none or one, and ``#`` for a number.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator


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

    any: tuple[str, ...] = ()
    consonant: tuple[str, ...] = ()
    vowel: tuple[str, ...] = ()
    ro: tuple[str, ...] = ()


class Stem(BaseModel):
    """A noun.

    Attributes:
        stem: Counts where no letter of its script stands before it.
        compounds: Words that end with it and count too.
        not_in: Phrases in which it does not count.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    stem: str
    compounds: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()


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
    forms: tuple[str, ...] = ()
    beginnings: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()


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
    words: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()
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

    phrases: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()
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

    ranges: tuple[str, ...]
    least: float = Field(gt=0, le=1)
    required: tuple[str, ...] = ()


class FirstCharacter(BaseModel):
    """Which first characters an instruction may have.

    Attributes:
        ranges: Inclusive ranges of characters, such as ``"0-9"``.
        opening_marks: Marks that may stand before such a character.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ranges: tuple[str, ...]
    opening_marks: tuple[str, ...] = ()

    def opens(self, instruction: str) -> bool:
        """Whether ``instruction`` begins with an opening mark and an allowed character."""
        first, second = instruction[:1], instruction[1:2]
        return first in self.opening_marks and bool(second) and self.allows(second)

    def allows(self, character: str) -> bool:
        """Whether ``character`` lies in one of the ranges."""
        return any(span[0] <= character <= span[-1] for span in self.ranges)
