"""What evolving asks: its operations, how each step is decoded, and the prompts."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from selfinstruct.bootstrap import Ask
from selfinstruct.prompts import Step
from selfinstruct.recipes.decoding import with_stops
from selfinstruct.recipes.making import Making
from selfinstruct.tasks import Task
from selfinstruct.teachers import Api, Decoding, Prompt, Reply


class Operation(StrEnum):
    """How an instruction is evolved (section 3.1); all but the last in depth."""

    CONSTRAINTS = "constraints"
    DEEPEN = "deepen"
    CONCRETE = "concrete"
    REASONING = "reasoning"
    INPUT = "input"
    BREADTH = "breadth"


_JUDGE = Decoding(temperature=0, top_p=0, max_tokens=24)


class Decodings(BaseModel):
    """How each step is decoded; evolving and answering as in the released code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    evolve: Decoding = Decoding(temperature=1, top_p=0.9, max_tokens=2048)
    answer: Decoding = Decoding(temperature=1, top_p=0.9, max_tokens=2048)
    equal: Decoding = _JUDGE
    difficulty: Decoding = _JUDGE
    skill: Decoding = _JUDGE


class EvolvePrompts:
    """Makes the prompts of the recipe.

    Args:
        making: Language, prompts and decodings.
    """

    def __init__(self, making: Making[Any, Decodings]) -> None:
        self._decodings = making.decodings
        self._prompts = making.prompts
        self._labels = making.pack.labels
        self._chat = making.api is Api.CHAT
        self._methods = {
            str(row["operation"]): str(row["method"])
            for row in making.prompts.demonstrations(Step.EVOLVE)
        }

    def evolving(self, operation: Operation, text: str, number: int) -> Prompt:
        """Request ``number``: evolve ``text`` by one operation."""
        step = {Operation.INPUT: Step.EVOLVE_INPUT, Operation.BREADTH: Step.EVOLVE_BREADTH}.get(
            operation, Step.EVOLVE
        )
        values = {"method": self._methods[operation.value]} if step is Step.EVOLVE else {}
        rendered = self._prompts.render(step, instruction=text, **values)
        decoding = self._stopped(self._decodings.evolve)
        return Prompt(rendered, decoding, step, number, repeat=number)

    def judging(self, step: Step, **values: str) -> Prompt:
        """What a judge is asked."""
        decoding: Decoding = getattr(self._decodings, step.value)
        if not self._chat:
            decoding = with_stops(decoding, "\n")
        return Prompt(self._prompts.render(step, **values), decoding, step, 0)

    def answering(self, text: str) -> Prompt:
        """The answer to an evolved instruction."""
        rendered = self._prompts.render(Step.ANSWER, instruction=text, input="")
        return Prompt(rendered, self._stopped(self._decodings.answer), Step.ANSWER, 0)

    def _stopped(self, decoding: Decoding) -> Decoding:
        if self._chat:
            return decoding
        return with_stops(decoding, f"\n{self._labels.instruction}:", "\n###")


def asking(ask: Ask, number: int, repeat: int) -> Ask:
    """``ask`` for what follows from request ``number``, apart from that of all others."""

    async def asked(prompt: Prompt) -> Reply:
        return await ask(replace(prompt, request=number, repeat=repeat))

    return asked


def source_text(seed: Task) -> str:
    """What is evolved: the instruction, with its first input where it has one."""
    given = seed.instances[0].input if seed.instances else ""
    return f"{seed.instruction}\n\n{given}" if given.strip() else seed.instruction
