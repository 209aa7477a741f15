"""A language pack: a folder with ``pack.toml`` and ``templates/``.

The rules reproduce the released Self-Instruct code for English (Wang et al., arXiv 2212.10560,
section 2.2); each is a value here so that another language states its own.
"""

from __future__ import annotations

import hashlib
import tomllib
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from selfinstruct.errors import PromptError, SettingsError

PACKS = Path(__file__).parent / "packs"


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


class Length(BaseModel):
    """How long an instruction may be, both ends included."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: LengthUnit
    least: int = Field(ge=1)
    most: int = Field(ge=1)


class Keywords(BaseModel):
    """Words that show that a task needs more than text (images, files, plots …)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    match: KeywordMatch
    words: tuple[str, ...]


class FirstCharacter(BaseModel):
    """Which first characters an instruction may have.

    Attributes:
        ranges: Inclusive ranges of characters, such as ``"0-9"``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ranges: tuple[str, ...]

    def allows(self, character: str) -> bool:
        """Whether ``character`` lies in one of the ranges."""
        return any(span[0] <= character <= span[-1] for span in self.ranges)


class Answers(BaseModel):
    """What tells answers and rewritten instructions apart from what they should be.

    Attributes:
        media: Further words like those of :class:`Keywords`, for the Alpaca recipe.
        apologies: Words of an answer that declines.
        declined_below: An answer with an apology and fewer words than this declines.
        stop_words: Words that an answer must not wholly consist of.
        leaks: Words of the evolving prompts that an instruction must not hold.
        articles: Words that make no difference between two texts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    media: tuple[str, ...] = ()
    apologies: tuple[str, ...] = ()
    declined_below: int = 80
    stop_words: frozenset[str] = frozenset()
    leaks: tuple[str, ...] = ()
    articles: frozenset[str] = frozenset()


class Labels(BaseModel):
    """The words that prompts use as markers and parsers look for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    instruction: str = "Instruction"
    task: str
    input: str
    output: str
    label: str
    example: str
    no_input: str
    also_no_input: tuple[str, ...] = ()
    yes: tuple[str, ...]
    no: tuple[str, ...]


class LanguagePack(BaseModel):
    """Everything that depends on the language; see the module's docstring.

    Attributes:
        code: The language's short name, such as ``en``.
        name: Its name in English.
        tokenizer: The tokenizer that novelty is judged with by default.
        threshold: The ROUGE-L F1 at and above which an instruction is not novel, for that
            tokenizer.
        program_openings: Beginnings such as "Write a program", which the reference refuses.
        refusals: Openings of replies in which the teacher declines or apologises.
        answers: The content of ``answers.toml``, which recipes that need it name in their digest.
        folder: Where the pack was read from.
        fingerprint: A digest of ``pack.toml``.
        answers_fingerprint: A digest of ``answers.toml``.
        source: What ``--language`` must say to get this pack again.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    name: str
    tokenizer: str
    threshold: float = Field(gt=0, le=1)
    length: Length
    keywords: Keywords
    first_character: FirstCharacter
    program_openings: tuple[str, ...]
    refusals: tuple[str, ...]
    labels: Labels
    answers: Answers = Answers()
    folder: Path
    fingerprint: str
    answers_fingerprint: str
    source: str

    def digest(self, with_answers: bool) -> str:
        """A digest of the rules, ``answers.toml`` included or not."""
        return self.fingerprint + (f"-{self.answers_fingerprint}" if with_answers else "")

    @property
    def templates(self) -> Path:
        """The folder of the pack's prompt templates."""
        return self.folder / "templates"

    @property
    def seeds(self) -> Path:
        """The pack's seed file: beside ``pack.toml`` in a pack of one's own, or the project's."""
        own = self.folder / "seeds.jsonl"
        return own if own.exists() else _shipped_seeds(self.code)


def _shipped_seeds(code: str) -> Path:
    # A wheel carries the seed files inside the package; a checkout has them at its top.
    package = Path(__file__).parents[1]
    inside = package / "data" / "seeds" / f"{code}.jsonl"
    return inside if inside.exists() else package.parent / "seeds" / f"{code}.jsonl"


def available() -> list[str]:
    """The codes of the packs that are shipped."""
    return sorted(folder.parent.name for folder in PACKS.glob("*/pack.toml"))


def load(language: str) -> LanguagePack:
    """The pack called ``language``, or the one in the folder ``language`` points to.

    Raises:
        SettingsError: There is no such pack.
        PromptError: Its ``pack.toml`` is not valid; the message names the key.
    """
    folder = PACKS / language if language in available() else Path(language)
    path = folder / "pack.toml"
    if not path.is_file():
        names = ", ".join(available())
        raise SettingsError(
            f"There is no language pack {language!r}: use one of {names}, "
            "or the path of a folder that holds a pack.toml."
        )
    try:
        text = path.read_text(encoding="utf-8")
        path = folder / "answers.toml"
        answers = path.read_text(encoding="utf-8") if path.is_file() else ""
        whole = tomllib.loads(text) | {"answers": tomllib.loads(answers)}
        path = folder / "pack.toml"
        return LanguagePack(
            **whole,
            folder=folder,
            fingerprint=hashlib.sha256(text.encode()).hexdigest()[:16],
            answers_fingerprint=hashlib.sha256(answers.encode()).hexdigest()[:16],
            source=language,
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PromptError(f"{path}: not valid TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise PromptError(f"{path}: {key}: {first['msg']}.") from error
