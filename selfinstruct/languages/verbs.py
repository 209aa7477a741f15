"""``verbs.toml``: by which words the verb of an instruction and its object are found.

What is found is shown in reports and decides no data, so this file is in no fingerprint: it may
grow without changing any pool.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from selfinstruct.languages.files import read_toml
from selfinstruct.languages.rules import Word

FILE = "verbs.toml"

Words = frozenset[Word]


class VerbFirst(BaseModel):
    """A language whose requests begin with the verb: "Write a short story".

    Attributes:
        verbs: What may stand at the beginning, as dictionaries give it; some are two words.
        openers: What may stand before it: "please", "your task is to".
        particles: What may stand right behind it: "down", in "write down the answer".
        determiners: What may stand before the object, and is no part of it.
        stop: Where the object ends: prepositions, conjunctions, auxiliaries.
        endings: How words end that end the object, unless they are among ``nouns``.
        nouns: Nouns that end so all the same.
        irregular: Plurals that no rule makes singular, and nouns that only look like plurals.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    verbs: Words
    openers: tuple[Word, ...] = ()
    particles: Words = frozenset()
    determiners: Words = frozenset()
    stop: Words = frozenset()
    endings: tuple[Word, ...] = ()
    nouns: Words = frozenset()
    irregular: dict[Word, Word] = {}


class VerbLast(BaseModel):
    """A language whose requests end with the verb: 시를 쓰세요, 詩を書いてください.

    Attributes:
        spaced: Whether there are spaces between words.
        marks: What is attached to the object: after a consonant, and after a vowel; one where it is
            always the same.
        forms: Of verbs, as dictionaries give them, forms that the endings do not explain.
        endings: How verbs end where they ask for something, and how they do in dictionaries.
        helpers: Words behind the verb that ask for it to be done: 주세요.
        counters: Words of quantity that are marked in place of what is counted: 가지.
        numbers: Numbers before them.
        attributes: How words end that stand before a noun and are none: 는, 한.
        plurals: What makes nouns plural.
        idioms: Phrases whose object is none: 예를 들어.
        nouns: Nouns that end in letters of another kind than nouns usually do.
        no_verbs: What the endings would take for a verb that asks for something, and is none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    spaced: bool
    marks: tuple[Word, ...]
    forms: dict[Word, tuple[Word, ...]] = {}
    endings: dict[Word, Word] = {}
    helpers: tuple[Word, ...] = ()
    counters: Words = frozenset()
    numbers: Words = frozenset()
    attributes: tuple[Word, ...] = ()
    plurals: tuple[Word, ...] = ()
    idioms: tuple[Word, ...] = ()
    nouns: tuple[Word, ...] = ()
    no_verbs: Words = frozenset()


class VerbWords(BaseModel):
    """The content of ``verbs.toml``: one of two tables, by where the verb stands.

    Attributes:
        first: Where it begins the request.
        last: Where it ends it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: VerbFirst | None = None
    last: VerbLast | None = None


def load_verbs(folder: Path) -> VerbWords:
    """The verbs of the pack in ``folder``; nothing where it has no such file.

    Raises:
        PromptError: The file is not valid; the key is named.
    """
    path = folder / FILE
    return read_toml(path, VerbWords) if path.is_file() else VerbWords()
