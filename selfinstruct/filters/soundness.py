"""Rules besides the papers': they refuse texts that nobody would want to train on.

They look at form and at a language's words, never at truth, and would rather let one through than
refuse a good one. On 5,000 machine-made rows (of the Self-Instruct paper) and 422 seeds written by
people they were read through: see docs/recipes.md.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from selfinstruct.filters.loops import looped
from selfinstruct.filters.missing import AskingBackRule, InputRule
from selfinstruct.filters.statements import StatementRule
from selfinstruct.languages import LanguagePack
from selfinstruct.tasks import Instance, Reason

Refusal = tuple[Reason, dict[str, Any]]
Judge = Callable[[Instance], Refusal | None]
"""Says why an instance of a known instruction is refused; None to keep it."""


class Soundness:
    """The rules, in a language's words.

    Args:
        pack: The language; one that lists no words of a rule goes without it.
    """

    def __init__(self, pack: LanguagePack) -> None:
        words = pack.reading.sound
        self._statement = StatementRule(words.asking)
        self._input = InputRule(words.pointing)
        self._back = AskingBackRule(words.back)

    def of_text(self, text: str) -> Refusal | None:
        """Why ``text``, which need be no instruction, is not sound; None to keep it."""
        detail = looped(text)
        return (Reason.LOOPS, detail) if detail else None

    def of_instruction(self, text: str, *, stands_alone: bool = False) -> Refusal | None:
        """Why ``text`` is no sound instruction; None to keep it.

        Args:
            text: The instruction.
            stands_alone: Whether it can have no input.
        """
        if refusal := self.of_text(text):
            return refusal
        if stands_alone and (detail := self._input.refuse(text)):
            return Reason.INPUT_MISSING, detail
        if detail := self._statement.refuse(text):
            return Reason.NOT_AN_INSTRUCTION, detail
        return None

    def of_instance(self, instruction: str, case: Instance) -> Refusal | None:
        """Why ``case`` is no sound instance of ``instruction``; None to keep it."""
        if refusal := self.of_text(case.input):
            return refusal
        if detail := looped(case.output, f"{instruction}\n{case.input}"):
            return Reason.LOOPS, detail
        if not case.input.strip() and (detail := self._input.refuse(instruction)):
            return Reason.INPUT_MISSING, detail
        if detail := self._back.refuse(instruction, case.input, case.output):
            return Reason.ASKS_BACK, detail
        return None

    def judge(self, instruction: str) -> Judge:
        """The rules on instances of ``instruction``."""
        return partial(self.of_instance, instruction)

    def first_flaw(self, instruction: str, cases: tuple[Instance, ...]) -> Refusal | None:
        """The first rule that an instruction or one of its instances breaks."""
        found = self.of_instruction(instruction)
        return found or next(filter(None, (self.of_instance(instruction, c) for c in cases)), None)
