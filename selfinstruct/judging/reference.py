"""Answers given blind, for grading against: the same question put to the judge as a user would.

Grading mathematics against an answer that the judge gave before it saw the other one failed in 3 of
20 cases, against 14 without (Zheng et al., arXiv 2306.05685, table 4).
"""

from __future__ import annotations

from dataclasses import dataclass

from selfinstruct.judging.items import Subject
from selfinstruct.parsing import answer
from selfinstruct.prompts import Prompts, Step
from selfinstruct.requests import Ask
from selfinstruct.teachers import Api, Decoding, Prompt, Reply

_STOP = "\n\n###"


@dataclass(frozen=True, slots=True)
class Reference:
    """What came of asking for an answer.

    Attributes:
        text: The answer; "" where there is none.
        reply: What came back.
        unread: The step, where the reply held no answer.
    """

    text: str
    reply: Reply
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class References:
    """Asks for answers.

    Attributes:
        prompts: Templates with :attr:`Step.ANSWER`.
        api: The kind of endpoint.
        decoding: How answers are drawn.
        refusals: With what replies begin that decline.
    """

    prompts: Prompts
    api: Api
    decoding: Decoding
    refusals: tuple[str, ...]

    async def answer(self, one: Subject, ask: Ask) -> Reference:
        """The judge's own answer to the task of ``one``.

        Raises:
            RequestError: The call failed for good.
        """
        text = self.prompts.render(Step.ANSWER, instruction=one.instruction, input=one.input)
        decoding = self.decoding
        if self.api is Api.COMPLETIONS:
            decoding = decoding.model_copy(update={"stop": (_STOP,)})
        reply = await ask(Prompt(text, decoding, Step.ANSWER, 0))
        said = answer(reply.text).strip()
        declined = reply.refused or said.casefold().replace("’", "'").startswith(self.refusals)
        if declined or reply.cut_off or not said:
            return Reference("", reply, (str(Step.ANSWER),))
        return Reference(said, reply)
