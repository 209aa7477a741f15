"""The words of a language that prompts, parsers and eliminations look for."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from selfinstruct.languages.rules import LengthUnit, Word
from selfinstruct.languages.sound import Sound


class Answers(BaseModel):
    """What tells answers and rewritten instructions apart from what they should be.

    Attributes:
        media: Further words like those of :class:`Keywords`, for the Alpaca recipe.
        apologies: Words of an answer that declines.
        declined_below: An answer with an apology and fewer words than this declines.
        unit: What is counted there.
        stop_words: Words that an answer must not wholly consist of.
        leaks: Words of the evolving prompts that an instruction must not hold.
        articles: Words that make no difference between two texts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    media: tuple[Word, ...] = ()
    apologies: tuple[Word, ...] = ()
    declined_below: int = 80
    unit: LengthUnit = LengthUnit.WORDS
    stop_words: frozenset[str] = frozenset()
    leaks: tuple[Word, ...] = ()
    articles: frozenset[str] = frozenset()


class Spellings(BaseModel):
    """What models write besides the markers of :class:`Labels` that have the same names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    instruction: tuple[Word, ...] = ()
    task: tuple[Word, ...] = ()
    input: tuple[Word, ...] = ()
    output: tuple[Word, ...] = ()
    label: tuple[Word, ...] = ()
    example: tuple[Word, ...] = ()

    def joined(self, other: Spellings) -> Spellings:
        """These spellings, and behind them those of ``other`` that are not among them."""
        return Spellings(
            **{
                name: tuple(dict.fromkeys((*getattr(self, name), *getattr(other, name))))
                for name in Spellings.model_fields
            }
        )


class Reading(BaseModel):
    """``reading.toml``: what models write, besides what prompts ask them to.

    Pools of the first edition do not know it: it may grow without changing them.

    Attributes:
        also: Further spellings of the markers of :class:`Labels`.
        of_prompt: What thoughts say that speak of the prompt instead of the task.
        sound: Words that tell texts of no use from sound ones.
        response: Markers before what answers a task, where a list was to hold instructions only;
            those before an input, an output, a label or an example end an instruction too.
        chatter: How lines begin that talk about the reply instead of being part of it.
        asking: What replies say that ask for more instead of answering; looked for anywhere, and
            only in replies that hold no marker.
        announces: Words of an instruction that say that something follows, such as a list.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    also: Spellings = Spellings()
    of_prompt: tuple[Word, ...] = ()
    sound: Sound = Sound()
    response: tuple[Word, ...] = ()
    chatter: tuple[Word, ...] = ()
    asking: tuple[Word, ...] = ()
    announces: tuple[Word, ...] = ()


class Labels(BaseModel):
    """The words that prompts use as markers and parsers look for.

    Attributes:
        instruction: The marker before an instruction; likewise the five that follow.
        task: See above.
        input: See above.
        output: See above.
        label: See above.
        example: See above.
        also: What models write instead.
        no_input: What stands for "no input".
        also_no_input: What models write instead.
        yes: Words that say yes.
        no: Words that say no.
        either_or: Words between yes and no where a reply repeats the question.
        counter: What may follow a number in a list: 번, in "9번.".
        rewritten: Headings before a rewritten instruction, besides the English ones.
        preambles: How a line may begin that only announces one, besides the English ones.
        skill: Headings before the name of a skill, besides the English one.
        reading: What models write besides; None where replies are read as the first edition did.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    instruction: str = "Instruction"
    task: Word
    input: Word
    output: Word
    label: Word
    example: Word
    no_input: Word
    also_no_input: tuple[Word, ...] = ()
    yes: tuple[Word, ...]
    no: tuple[Word, ...]
    also: Spellings = Spellings()
    either_or: tuple[Word, ...] = ()
    counter: str = ""
    rewritten: tuple[Word, ...] = ()
    preambles: tuple[Word, ...] = ()
    skill: tuple[Word, ...] = ()
    reading: Reading | None = None

    @property
    def has_spellings(self) -> bool:
        """Whether the language names other spellings of its markers."""
        return self.also != Spellings()

    def __hash__(self) -> int:
        # Patterns are kept by labels and looked up for each line: not all words need a look.
        return hash((self.task, self.input, self.output, self.no_input))

    def spellings(self, marker: str) -> tuple[str, ...]:
        """``marker``, which is one of the six, with what models write instead."""
        names = (name for name in Spellings.model_fields if getattr(self, name) == marker)
        return (marker, *(text for name in names for text in getattr(self.also, name)))
