"""The heuristics on an instruction, in the order of the released Self-Instruct code.

Novelty is not among them: it needs the pool, and comes after.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any, Literal

from selfinstruct.filters.keywords import finder, program_finder
from selfinstruct.filters.scripts import ScriptRule
from selfinstruct.filters.soundness import Soundness
from selfinstruct.languages import LanguagePack
from selfinstruct.languages.rules import LengthUnit
from selfinstruct.tasks import Reason


class InstructionRules:
    """The heuristics of a language pack (Self-Instruct, section 2.2 and released code).

    Args:
        pack: The language.
        more_keywords: Keywords besides the pack's.
        sound: Further rules, asked last; None for the papers' alone.
    """

    def __init__(
        self,
        pack: LanguagePack,
        more_keywords: Sequence[str] = (),
        sound: Soundness | None = None,
    ) -> None:
        self._pack = pack
        self._sound = sound
        self._openings = tuple(opening.casefold() for opening in pack.program_openings)
        self._keyword = finder(pack.keywords, more_keywords)
        self._program = program_finder(pack.program)
        self._script = ScriptRule(pack.script) if pack.script else None

    def refuse(self, instruction: str) -> tuple[Reason, dict[str, Any]] | None:
        """Why ``instruction`` (white space collapsed) is refused, with details; None to keep."""
        length = self._length(instruction)
        if length < self._pack.length.least:
            return Reason.TOO_SHORT, {self._pack.length.unit.value: length}
        if length > self._pack.length.most:
            return Reason.TOO_LONG, {self._pack.length.unit.value: length}
        if found := self._keyword(instruction):
            return Reason.KEYWORD, {"match": found}
        if instruction.casefold().startswith(self._openings):
            return Reason.WRITE_A_PROGRAM, {}
        if found := self._program(instruction):
            return Reason.WRITE_A_PROGRAM, {"match": found}
        if refusal := self._refuse_first(instruction):
            return refusal
        if self._script and (figures := self._script.refuse(instruction)):
            return Reason.WRONG_SCRIPT, figures
        return self._sound.of_instruction(instruction) if self._sound else None

    def _refuse_first(self, instruction: str) -> tuple[Reason, dict[str, Any]] | None:
        first = instruction[0]
        rule = self._pack.first_character
        form: Literal["NFC", "NFKC"] = "NFKC" if self._pack.script else "NFC"  # full width too
        composed = unicodedata.normalize(form, instruction)
        if rule.opens(composed) or rule.opens(instruction):
            return None
        # The released code tests string.punctuation; P and S are its categories in Unicode.
        if unicodedata.category(first)[0] in "PS":
            return Reason.PUNCTUATION_FIRST, {"match": first}
        if not rule.allows(first) and not rule.allows(composed[0]):
            return Reason.WRONG_SCRIPT, {"match": first}
        return None

    def _length(self, instruction: str) -> int:
        if self._pack.length.unit is LengthUnit.WORDS:
            return len(instruction.split())
        composed = unicodedata.normalize("NFC", instruction)
        return sum(not character.isspace() for character in composed)
