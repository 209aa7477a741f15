"""A template grammar: slots filled at random, wide enough for tens of thousands of tasks."""

from __future__ import annotations

import json
import random
import re
from functools import cache, cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from selfinstruct.errors import SettingsError
from selfinstruct.languages import UnicodeTokenizer
from selfinstruct.mock.cues import Cues, WholeCues

FOLDER = Path(__file__).parent / "grammars"

_WORDS_A_GRADE = 14
_LONGEST_FILLING = 400  # characters that a template may come to
_SLOT = re.compile(r"\{(\w+)\}")


class Classification(BaseModel):
    """A template of a classification task, and the labels that its text names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    labels: tuple[str, ...]


class Grammar(BaseModel):
    """Everything the mock can say in one language.

    Attributes:
        slots: Lists of texts by name; entries may hold other slots.
        open: Instructions that stand alone.
        open_with_input: Instructions that need an input.
        classification: Instructions that ask for one of the labels named.
        input_sentences: Sentences that inputs are made of.
        output_sentences: Sentences that answers are made of.
        label_inputs: Sentences that inputs of classification tasks are made of.
        cues: How prompts are recognised, and fixed texts.
        whole: The same for the recipes besides Self-Instruct.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    slots: dict[str, tuple[str, ...]]
    open: tuple[str, ...]
    open_with_input: tuple[str, ...]
    classification: tuple[Classification, ...]
    input_sentences: tuple[str, ...]
    output_sentences: tuple[str, ...]
    label_inputs: tuple[str, ...]
    cues: Cues
    whole: WholeCues

    def fill(self, template: str, rng: random.Random) -> str:
        """``template`` with each slot filled by one of its entries, entries filled in turn."""

        def entry(found: re.Match[str]) -> str:
            return self.fill(rng.choice(self.slots[found.group(1)]), rng)

        return _SLOT.sub(entry, template)

    def passage(self, templates: tuple[str, ...], sentences: int, rng: random.Random) -> str:
        """A short text of different sentences."""
        chosen = rng.sample(templates, sentences)
        return self.cues.joint.join(self.fill(text, rng) for text in chosen)

    def answered(self, text: str) -> bool:
        """Whether ``text`` begins as its answers do."""
        shown = text.strip()[:_LONGEST_FILLING]
        return any(pattern.match(shown) for pattern in self._openings)

    @cached_property
    def _openings(self) -> tuple[re.Pattern[str], ...]:
        return tuple(_pattern(text) for text in self.output_sentences)

    def words(self, text: str) -> list[str]:
        """The words of ``text``, or its characters where the language writes no spaces."""
        return text.split(self.cues.joint) if self.cues.joint else list(text)

    def weight(self, text: str) -> int:
        """The length of ``text`` in grades of difficulty."""
        every = self.whole.grade_every
        if every is None:
            return len(text.split()) // _WORDS_A_GRADE
        return len(UnicodeTokenizer().tokenize(text)) // every

    def length(self, text: str) -> int:
        """The length of ``text``, in words or where there are none in characters."""
        return len(text.split()) if self.cues.joint else len(text)

    @cached_property
    def forms(self) -> tuple[tuple[str, re.Pattern[str], str, tuple[str, ...]], ...]:
        """Of each template a text that its fillings hold, their pattern, its kind, its labels."""
        classification = [
            (form.text, "classification", form.labels) for form in self.classification
        ]
        alone = [(text, "open", ()) for text in self.open]
        return tuple(
            (max(_SLOT.split(text)[::2], key=len), _pattern(text), kind, labels)
            for text, kind, labels in classification + alone
        )

    def kind(self, instruction: str) -> tuple[str, tuple[str, ...]]:
        """The kind of template that ``instruction`` was filled from, and the labels it names.

        What no template made is taken for an instruction that needs an input. The released
        Self-Instruct script makes all but the first letter small, so such texts are known too.
        """
        if len(instruction) > _LONGEST_FILLING:
            return "open_with_input", ()  # the patterns take their time on long texts
        for held, pattern, kind, labels in self.forms:
            if held in instruction and pattern.fullmatch(instruction):
                return kind, labels
        if instruction == instruction.capitalize():
            small = instruction.lower()
            for held, pattern, kind, labels in self._small_forms:
                if held in small and pattern.fullmatch(small):
                    return kind, labels
        return "open_with_input", ()

    @cached_property
    def _small_forms(self) -> tuple[tuple[str, re.Pattern[str], str, tuple[str, ...]], ...]:
        """The same in small letters."""
        return tuple(
            (held.lower(), re.compile(pattern.pattern.lower()), kind, labels)
            for held, pattern, kind, labels in self.forms
        )


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(re.escape(part) for part in _SLOT.split(template)[::2]))


def spoken() -> list[str]:
    """The languages that the mock speaks by itself."""
    return sorted(file.stem for file in FOLDER.glob("*.json"))


@cache
def grammar(language: str) -> Grammar:
    """The grammar of ``language``: the name of a pack, or the folder of one's own.

    Raises:
        SettingsError: The mock does not speak it.
    """
    path = FOLDER / f"{language}.json"
    if not path.is_file():
        path = Path(language) / "grammar.json"
    if not path.is_file():
        raise SettingsError(
            f"The mock teacher does not speak {language!r}, only "
            f"{', '.join(spoken())}. A pack of one's own "
            "teaches it with a grammar.json."
        )
    try:
        return Grammar.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, RecursionError) as error:  # JSON's and pydantic's are kinds of the first
        said = " ".join(str(error).split())[:200]
        raise SettingsError(f"{path}: is no grammar for the mock teacher: {said}.") from error
