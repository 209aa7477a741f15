"""Answering, sample by sample: what is asked, and the row that comes of the reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from selfinstruct.answering.cases import Sample
from selfinstruct.answering.encodings import Encode
from selfinstruct.errors import RequestError
from selfinstruct.parsing import answer
from selfinstruct.parsing.refusing import Refusals
from selfinstruct.prompts import Step
from selfinstruct.requests import Ask, Derived, Row
from selfinstruct.teachers import Decoding, Prompt, Reply

FILE = "answers.jsonl"
REASONING = "reasoning"
"""The key of a row that holds the model's thoughts."""


class Finish(StrEnum):
    """How an answer ended."""

    STOP = "stop"
    LENGTH = "length"  # the token limit cut it
    REFUSED = "refused"
    EMPTY = "empty"
    FAILED = "failed"  # none came; the row says why as ``error``


@dataclass(frozen=True, slots=True)
class Answer:
    """The job: answers samples.

    Attributes:
        encode: Makes the prompts.
        decoding: How answers are drawn.
        refusals: How the language declines.
        model: Who answers.
        name: What rows call the set of answers.
        keeps_thoughts: Whether rows hold the model's thoughts.
    """

    encode: Encode
    decoding: Decoding
    refusals: Refusals
    model: str
    name: str
    keeps_thoughts: bool = False
    event: str = "answer"

    def prompt(self, one: Sample) -> Prompt:
        """What is asked for ``one``.

        Samples are counted from 1 here: so do recipes that ask an output several times, whose own
        answer is number 0. What they bought is found by this request.
        """
        text = self.encode(one.case)
        return Prompt(text, self.decoding, Step.ANSWER, 0, sample=one.number + 1)

    async def rows(self, one: Sample, ask: Ask) -> Derived:
        """See :class:`selfinstruct.requests.DerivedJob`."""
        reply = await ask(self.prompt(one))
        said = answer(reply.text).strip()
        finish = self._finish(reply, said)
        more = {REASONING: reply.thoughts} if self.keeps_thoughts and reply.thoughts else {}
        unread = (str(Step.ANSWER),) if finish is Finish.EMPTY else ()
        return Derived((self._row(one, said, finish, more),), unread)

    def failed(self, one: Sample, error: RequestError) -> tuple[Row, ...]:
        """See :class:`selfinstruct.requests.DerivedJob`."""
        return (self._row(one, "", Finish.FAILED, {"error": str(error)}),)

    def _finish(self, reply: Reply, said: str) -> Finish:
        if reply.refused or self.refusals.begins_and_says(said):
            return Finish.REFUSED
        if not said:
            return Finish.EMPTY
        return Finish.LENGTH if reply.cut_off else Finish.STOP

    def _row(
        self, one: Sample, output: str, finish: Finish, more: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The line of ``answers.jsonl`` for ``one``."""
        return {
            "item": one.case.id,
            "sample": one.number,
            "instruction": one.case.instruction,
            "input": one.case.input,
            "output": output,
            "finish": finish.value,
            "model": self.model,
            "as": self.name,
            **more,
        }
