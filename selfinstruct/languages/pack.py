"""A language pack: a folder with ``pack.toml`` and ``templates/``.

Beside them may stand ``keywords.toml`` (else keywords are a table of ``pack.toml``),
``answers.toml``, ``reading.toml``, ``novelty.toml``, ``training.toml``, ``edits.toml``,
``seeds.jsonl`` and ``grammar.json``.

The rules reproduce the released Self-Instruct code for English (Wang et al., arXiv 2212.10560,
section 2.2); each is a value here so that another language states its own.
"""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from selfinstruct.errors import PromptError, SettingsError, first_flaw
from selfinstruct.languages.rules import FirstCharacter, Keywords, Length, Program, Script, Word
from selfinstruct.languages.words import Answers, Labels, Reading

_COMPUTED = {"folder", "fingerprint", "answers_fingerprint", "reading_fingerprint", "source"}
_ANSWERS = ("answers.toml", "answers")
_READING = ("reading.toml", "reading")
_NOVELTY = ("novelty.toml", "novelty")
_APART = (_ANSWERS, _READING, _NOVELTY)  # what has a digest of its own, or none
PACKS = Path(__file__).parent / "packs"


class ShortTexts(BaseModel):
    """What holds for two texts of which one is short.

    Attributes:
        below: From how many tokens on a text is short no longer.
        threshold: The ROUGE-L F1 from which a short one is not novel; the usual one or above.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    below: int = Field(ge=1)
    threshold: float = Field(gt=0, le=1)


class Novelty(BaseModel):
    """The content of ``novelty.toml``: what new pools are judged by.

    It is no part of any fingerprint: a pool's manifest names its threshold itself.

    Attributes:
        threshold: Stands before that of ``pack.toml``, which pools of earlier versions have.
        short: What holds for short texts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: float | None = Field(default=None, gt=0, le=1)
    short: ShortTexts | None = None


class LanguagePack(BaseModel):
    """Everything that depends on the language; see the module's docstring.

    Attributes:
        code: The language's short name, such as ``en``.
        name: Its name in English.
        tokenizer: The tokenizer that novelty is judged with by default.
        threshold: The ROUGE-L F1 at and above which an instruction is not novel, for that
            tokenizer.
        program_openings: Beginnings such as "Write a program", which the reference refuses.
        program: The same, said anywhere.
        refusals: Openings of replies in which the teacher declines or apologises.
        refusal_phrases: What such replies say anywhere.
        script: In which script instructions are; None where nobody asks.
        starter: Whether the pack is a beginning, less tried than the others.
        items: How many whole tasks a request asks for; None for the recipe's number.
        answers: The content of ``answers.toml``, which recipes that need it name in their digest.
        reading: The content of ``reading.toml``, which pools of the first edition do not know.
        novelty: The content of ``novelty.toml``.
        folder: Where the pack was read from.
        fingerprint: A digest of ``pack.toml`` and ``keywords.toml``.
        answers_fingerprint: A digest of ``answers.toml``.
        reading_fingerprint: A digest of ``reading.toml``.
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
    program_openings: tuple[Word, ...] = ()
    program: Program = Program()
    refusals: tuple[Word, ...]
    refusal_phrases: tuple[Word, ...] = ()
    script: Script | None = None
    starter: bool = False
    items: int | None = Field(default=None, ge=1, le=50)
    labels: Labels
    answers: Answers = Answers()
    reading: Reading = Reading()
    novelty: Novelty = Novelty()
    folder: Path
    fingerprint: str
    answers_fingerprint: str
    reading_fingerprint: str
    source: str

    def digest(self, edition: int, *, with_answers: bool) -> str:
        """A digest of the rules that decide a pool's data.

        Args:
            edition: The edition of the pool's rules: see :func:`in_edition`.
            with_answers: Whether its recipe uses ``answers.toml``.
        """
        parts = [self.fingerprint]
        parts += [self.answers_fingerprint] if with_answers else []
        parts += [self.reading_fingerprint] if edition > 1 else []
        return "-".join(parts)

    def in_edition(self, edition: int) -> LanguagePack:
        """The pack as pools of ``edition`` know it: the first has nothing of ``reading.toml``."""
        if edition == 1:
            return self.model_copy(update={"reading": Reading()})
        more = {"also": self.labels.also.joined(self.reading.also), "reading": self.reading}
        return self.model_copy(update={"labels": self.labels.model_copy(update=more)})

    def in_any_script(self) -> LanguagePack:
        """The pack without its rules on scripts."""
        return self.model_copy(
            update={"first_character": FirstCharacter(ranges=("\0-\U0010ffff",)), "script": None}
        )

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
        texts: dict[str, str] = {}
        whole: dict[str, Any] = {}
        for name, key in ((path.name, ""), ("keywords.toml", "keywords"), *_APART):
            path = folder / name
            texts[name] = path.read_text(encoding="utf-8") if path.is_file() else ""
            content = tomllib.loads(texts[name])
            whole |= {key: content} if key and content else content
        path = folder / "pack.toml"
        if own := sorted(_COMPUTED & whole.keys()):
            raise PromptError(f"{path}: {own[0]}: is no key of a pack.")
        answers, reading, _ = (texts.pop(name) for name, _ in _APART)
        whole["threshold"] = whole.get("novelty", {}).get("threshold") or whole.get("threshold")
        return LanguagePack(
            **whole,
            folder=folder,
            fingerprint=_digest("".join(texts.values())),
            answers_fingerprint=_digest(answers),
            reading_fingerprint=_digest(reading),
            source=language,
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PromptError(f"{path}: not valid TOML: {error}.") from error
    except ValidationError as error:
        raise PromptError(f"{path}: {first_flaw(error)}.") from error


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
