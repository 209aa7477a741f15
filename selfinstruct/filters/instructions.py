"""The heuristics on an instruction, in the order of the released Self-Instruct code.

Novelty is not among them: it needs the pool, and comes after.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from selfinstruct.languages import LanguagePack
from selfinstruct.languages.pack import KeywordMatch, LengthUnit
from selfinstruct.tasks import Reason


class InstructionRules:
    """The heuristics of a language pack (Self-Instruct, section 2.2 and released code).

    Args:
        pack: The language.
        more_keywords: Keywords besides the pack's.
    """

    def __init__(self, pack: LanguagePack, more_keywords: Sequence[str] = ()) -> None:
        self._pack = pack
        self._openings = tuple(opening.casefold() for opening in pack.program_openings)
        words = "|".join(re.escape(word) for word in (*pack.keywords.words, *more_keywords))
        edges = r"\b(?:{})\b" if pack.keywords.match is KeywordMatch.WORD else "(?:{})"
        self._keyword = re.compile(edges.format(words), re.IGNORECASE) if words else None

    def refuse(self, instruction: str) -> tuple[Reason, dict[str, Any]] | None:
        """Why ``instruction`` (white space collapsed) is refused, with details; None to keep."""
        length = self._length(instruction)
        if length < self._pack.length.least:
            return Reason.TOO_SHORT, {self._pack.length.unit.value: length}
        if length > self._pack.length.most:
            return Reason.TOO_LONG, {self._pack.length.unit.value: length}
        if self._keyword and (found := self._keyword.search(instruction)):
            return Reason.KEYWORD, {"match": found.group()}
        if instruction.casefold().startswith(self._openings):
            return Reason.WRITE_A_PROGRAM, {}
        first = instruction[0]
        # The released code tests string.punctuation; P and S are its categories in Unicode.
        if unicodedata.category(first)[0] in "PS":
            return Reason.PUNCTUATION_FIRST, {"match": first}
        if not self._pack.first_character.allows(first):
            return Reason.WRONG_SCRIPT, {"match": first}
        return None

    def _length(self, instruction: str) -> int:
        if self._pack.length.unit is LengthUnit.WORDS:
            return len(instruction.split())
        return sum(not character.isspace() for character in instruction)
