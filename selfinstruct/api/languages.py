"""``languages``: which packs there are, and a copy of one to begin with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from selfinstruct.api.results import Result
from selfinstruct.errors import DiskError, SettingsError
from selfinstruct.languages import available, load
from selfinstruct.mock.grammar import FOLDER, spoken
from selfinstruct.seeds import load_seeds


@dataclass(frozen=True, slots=True)
class Language(Result):
    """A language pack that is shipped.

    Attributes:
        code: What ``language=`` calls it.
        name: Its name in English.
        state: ``complete``, or ``starter`` for a pack to begin with.
        tokenizer: What novelty is judged with.
        threshold: The ROUGE-L F1 from which an instruction is refused.
        seeds: How many seed tasks it has.
        mock: Whether the mock teacher speaks it.
    """

    code: str
    name: str
    state: str
    tokenizer: str
    threshold: float
    seeds: int
    mock: bool


@dataclass(frozen=True, slots=True)
class LanguagesResult(Result):
    """The language packs that are shipped; it can be gone through.

    Attributes:
        languages: The packs.
    """

    languages: tuple[Language, ...]

    def __iter__(self) -> Iterator[Language]:
        return iter(self.languages)

    def __len__(self) -> int:
        return len(self.languages)


def languages() -> LanguagesResult:
    """The language packs: tokenizer, threshold, seed tasks."""
    return LanguagesResult(tuple(map(_language, available())))


def _language(code: str) -> Language:
    pack = load(code)
    return Language(
        code=code,
        name=pack.name,
        state="starter" if pack.starter else "complete",
        tokenizer=pack.tokenizer,
        threshold=pack.threshold,
        seeds=len(load_seeds(pack.seeds)),
        mock=code in spoken(),
    )


def copy_language(code: str, folder: str | Path) -> Path:
    """Copy a pack to ``folder``, with its seed tasks and the mock teacher's grammar.

    Returns:
        The folder, which is a language of its own then: ``language=folder``.

    Raises:
        SettingsError: There is no such pack, or the folder is there already.
        DiskError: It cannot be written.
    """
    if code not in available() or not str(folder):
        raise SettingsError(
            f"Write selfinstruct languages --copy CODE FOLDER with one of {', '.join(available())}."
        )
    goal = Path(folder)
    if goal.exists():
        raise SettingsError(f"{goal}: is there already. Name another folder.")
    pack = load(code)
    try:
        shutil.copytree(pack.folder, goal)
        shutil.copyfile(pack.seeds, goal / "seeds.jsonl")
        shutil.copyfile(FOLDER / f"{code}.json", goal / "grammar.json")
    except OSError as error:
        raise DiskError(f"{goal}: cannot be written: {error.strerror}.") from error
    return goal
