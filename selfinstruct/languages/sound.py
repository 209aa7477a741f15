"""The words of a language that tell texts of no use from sound ones: see ``filters.soundness``.

Words of ASCII letters stand alone; others stand anywhere, since their scripts know no spaces or
attach endings to them. A table that is empty switches its rule off.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from selfinstruct.languages.rules import Word


class Asking(BaseModel):
    """What tells an instruction from a text that asks for nothing.

    Attributes:
        cues: Words that only a request holds, wherever they stand: verbs that command, "you".
        heads: Words that make one where a sentence or a clause begins with them.
        subjects: With which sentences begin that only state something: articles, pronouns.
        statement_ends: With which such sentences end, where a language tells by that.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cues: tuple[Word, ...] = ()
    heads: tuple[Word, ...] = ()
    subjects: tuple[Word, ...] = ()
    statement_ends: tuple[Word, ...] = ()


class Pointing(BaseModel):
    """How an instruction points to a text that should be there.

    Attributes:
        near: Words that point to one of ``things`` behind them, "this", and may mean what was
            said before.
        given: Words that do so and only mean what is given: "the given".
        things: What is pointed to.
        behind: Words that point to one of ``things`` before them: "below".
        alone: What points without a thing.
        tails: What may be attached to a thing.
        not_in: Phrases in which none of this points.
        making: Words of requests for programs, where "the text" may be what one will be given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    near: tuple[Word, ...] = ()
    given: tuple[Word, ...] = ()
    things: tuple[Word, ...] = ()
    behind: tuple[Word, ...] = ()
    alone: tuple[Word, ...] = ()
    tails: tuple[Word, ...] = ()
    not_in: tuple[Word, ...] = ()
    making: tuple[Word, ...] = ()


class AskingBack(BaseModel):
    """What answers say that ask for what they should have had.

    Attributes:
        always: Phrases of sentences that do so, wherever they stand in the sentence.
        opening: Phrases with which such sentences begin, where they go on to speak of what the
            instruction speaks of, or of one of ``objects``, or the answer begins as assistants do:
            a sign that says "Please share your table" does neither.
        objects: What is asked for, or for whom: "the text", "so I can".
        interjections: How assistants begin, and people who write to each other do not: "Sure".
        messages: Words of instructions whose answers may ask somebody else: "an email". There
            only an answer that begins as assistants do asks back.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    always: tuple[Word, ...] = ()
    opening: tuple[Word, ...] = ()
    objects: tuple[Word, ...] = ()
    interjections: tuple[Word, ...] = ()
    messages: tuple[Word, ...] = ()


class Sound(BaseModel):
    """The tables of ``[sound]`` in ``reading.toml``.

    Attributes:
        asking: Of instructions that are none.
        pointing: Of instructions that lack their input.
        back: Of answers that ask back.
        small_words: Tokens, as the language's tokenizer gives them, that carry no content: texts
            that differ in these alone are about the same thing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    asking: Asking = Asking()
    pointing: Pointing = Pointing()
    back: AskingBack = AskingBack()
    small_words: frozenset[str] = frozenset()
