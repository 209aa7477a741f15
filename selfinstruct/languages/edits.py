"""Small edits that keep what an instruction asks for: near-duplicates made by rule.

A pack's ``edits.toml`` lists texts that may stand for each other (particles, endings, synonyms);
word order and spacing are changed here.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from selfinstruct.languages.files import read_toml

FILE = "edits.toml"
ORDER, SPACING, ALL = "order", "spacing", "all"

_CLAUSE = re.compile(r"(?<=[,，、])\s*")
_MOVED = 5  # a fifth of the words changes places with the fifth before it
_LEAST_WORDS = 4
_HANGUL = re.compile("[가-힣]")


class Edit(BaseModel):
    """Texts of one kind that may stand for each other.

    Attributes:
        kind: What changes.
        pairs: Either of two texts may be replaced by the other.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["particle", "ending", "synonym"]
    pairs: tuple[tuple[str, str], ...]


class Edits(BaseModel):
    """The content of ``edits.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    edits: tuple[Edit, ...] = ()


def load_edits(folder: Path) -> Edits:
    """The edits of the pack in ``folder``; none where it has no such file.

    Raises:
        PromptError: The file is not valid; the key is named.
    """
    path = folder / FILE
    if not path.is_file():
        return Edits()
    return read_toml(path, Edits)


def variants(text: str, edits: Edits, rng: random.Random) -> dict[str, str]:
    """Near-duplicates of ``text`` by kind; ``all`` has every kind at once.

    Kinds for which ``text`` gives no occasion are missing.
    """
    made: dict[str, str] = {}
    whole = text
    for edit in edits.edits:
        if (changed := _replaced(text, edit.pairs, rng)) != text:
            made[edit.kind] = changed
            whole = _replaced(whole, edit.pairs, rng)
    if (changed := _reordered(text)) != text:
        made[ORDER] = changed
        whole = _reordered(whole)
    if (changed := _respaced(text)) != text:
        made[SPACING] = changed
        whole = _respaced(whole)
    return made | ({ALL: whole} if made else {})


def _replaced(text: str, pairs: Sequence[tuple[str, str]], rng: random.Random) -> str:
    both = [*pairs, *((after, before) for before, after in pairs)]
    fitting = [(before, after) for before, after in both if before in text]
    if not fitting:
        return text
    before, after = rng.choice(fitting)
    return text.replace(before, after, 1)


def _reordered(text: str) -> str:
    """``text`` with two neighbouring groups of words in its middle, or two clauses, changed."""
    words = text.split(" ")
    if len(words) >= _LEAST_WORDS:
        size = max(1, len(words) // _MOVED)
        middle = len(words) // 2
        first, second = words[middle - size : middle], words[middle : middle + size]
        return " ".join([*words[: middle - size], *second, *first, *words[middle + size :]])
    clauses = _CLAUSE.split(text)
    if len(clauses) > 2:  # the last one ends the sentence
        return "".join([clauses[1], clauses[0], *clauses[2:]])
    return text


def _respaced(text: str) -> str:
    """``text`` without every second space, where writers are free in that: in Korean."""
    if not _HANGUL.search(text):
        return text
    words = text.split(" ")
    joints = [" " if place % 2 else "" for place in range(len(words) - 1)]
    return "".join(word + joint for word, joint in zip(words, [*joints, ""], strict=True))
