"""The Alpaca recipe (Taori et al., Stanford Alpaca, 2023): whole tasks in one reply.

A prompt of requirements and three full seed tasks; the teacher continues the list with
instruction, input and output of each. One call brings many tasks, there is no classification test,
and each task has one instance. Unlike the released code, outputs are checked too, and the last
item of a reply is dropped only where the token limit ended it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from selfinstruct.bootstrap import Ask, Developed, Draft, Foreseen, Outlook, View
from selfinstruct.errors import SeedError
from selfinstruct.filters import InstructionRules, valid_instances
from selfinstruct.languages import LanguagePack
from selfinstruct.parsing import collapse, excerpt
from selfinstruct.prompts import Step
from selfinstruct.recipes.decoding import fitted, schema, with_stops
from selfinstruct.recipes.endless import Endless
from selfinstruct.recipes.guards import Guard, guarded
from selfinstruct.recipes.kind import Kind
from selfinstruct.recipes.making import Making
from selfinstruct.recipes.replies import Replies, own_items
from selfinstruct.tasks import Candidate, Instance, Reason, Reject, Task
from selfinstruct.teachers import Api, Decoding, Prompt, Reply

NAME = "alpaca"
STEPS = (Step.ALPACA,)
LEADING = "tasks"


class Settings(BaseModel):
    """What goes into one request.

    Attributes:
        human: Seed tasks shown in full.
        per_request: New tasks asked for: with three shown, a list of twenty.
        structured: Whether the reply is held to a JSON schema.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    human: int = Field(default=3, ge=1)
    per_request: int = Field(default=17, ge=1, le=50)
    structured: bool = False


class Decodings(BaseModel):
    """How the one step is decoded; the defaults are the released settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tasks: Decoding = Decoding(temperature=1.0, top_p=1.0, max_tokens=3072)


class Alpaca(Endless):
    """The recipe as :class:`selfinstruct.bootstrap.Recipe` wants it.

    Args:
        making: Language, prompts, settings and seeds.

    Raises:
        SeedError: There are fewer seeds than demonstrations.
    """

    def __init__(self, making: Making[Settings, Decodings]) -> None:
        self.name = NAME
        self.lag = None  # seeds are all that is shown
        self._settings = making.settings
        self._edition = making.edition
        self._decoding = fitted(
            making.decodings.tasks, Decodings().tasks, self._settings.per_request, making.edition
        )
        self._labels = making.pack.labels
        self._prompts = making.prompts
        self._chat = making.api is Api.CHAT
        self._rules = InstructionRules(making.pack, making.pack.answers.media, making.sound)
        self._sound = making.sound
        self._replies = Replies(making.pack)
        newer = making.edition > 1
        self._guard = Guard(making.pack, making.prompts, STEPS) if newer else None
        if len(making.seeds) < self._settings.human:
            raise SeedError(
                f"{len(making.seeds)} seed tasks are too few for {self._settings.human} "
                "demonstrations: add seeds, or lower --human."
            )

    def known(self, seed: Task) -> list[str]:
        """What new instructions must differ from."""
        return [seed.instruction]

    def draft(self, number: int, rng: random.Random, view: View) -> Draft:
        """Seeds in full, numbered; the list goes on behind them."""
        settings = self._settings
        seeds = rng.sample(list(view.seeds), settings.human)
        shown = [
            {"instruction": collapse(seed.instruction)} | _shown_case(seed, rng) for seed in seeds
        ]
        first, last = len(shown) + 1, len(shown) + settings.per_request
        text = self._prompts.render(
            Step.ALPACA,
            demonstrations=shown,
            first=first,
            last=last,
            count=settings.per_request,
            structured=settings.structured and self._chat,
        )
        decoding = self._decoding
        if not self._chat:
            decoding = with_stops(decoding, f"\n{last + 1}.")
        shape = None
        if settings.structured and self._chat:
            count, names = settings.per_request, ("instruction", "input", "output")
            shape = schema(self._edition, count, *names)
        prompt = Prompt(text, decoding, Step.ALPACA, number, repeat=number, schema=shape)
        return Draft(
            prompt,
            tuple(seed.id for seed in seeds),
            tuple(case["instruction"] for case in shown),
            {"cases": [Instance(input=case["input"], output=case["output"]) for case in shown]},
        )

    def read(self, reply: Reply, draft: Draft) -> list[Candidate | Reject]:
        """The tasks of a reply, each with its instance."""
        del draft
        items, rest = self._replies.items(reply, with_instruction=True, continues=not self._chat)
        read: list[Candidate | Reject] = []
        for place, item in enumerate(items):
            if not item.instruction:
                text = f"{item.case.input}\n{item.case.output}".strip()
                read.append(Reject(excerpt(text), Reason.MALFORMED))
            else:
                read.append(Candidate(item.instruction, place, (item.case,)))
        return read + rest

    def copied(self, candidate: Candidate, draft: Draft) -> Reject | None:
        """One of the demonstrations again, or words of the prompt."""
        if candidate.text.casefold() in {text.casefold() for text in draft.shown}:
            return Reject(candidate.text, Reason.REPEATED_DEMONSTRATION)
        cases = draft.details["cases"]
        return guarded(self._guard, candidate, Step.ALPACA, draft.shown, cases)

    def refuse(self, candidate: Candidate) -> tuple[Reason, dict[str, Any]] | None:
        """The heuristics of the language pack, with the wider list of keywords."""
        return self._rules.refuse(candidate.instruction)

    def understands(self, step: str, reply: Reply, draft: Draft) -> bool:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        del step
        return own_items(self, reply, draft)

    def foresee(self, number: int, rng: random.Random, view: View) -> Outlook:
        """One call, whose reply is as long as so many seed tasks."""
        prompt = self.draft(number, rng, view).prompt
        wanted = self._settings.per_request
        labels = self._labels
        reply = "\n".join(
            f"###\n{n}. {labels.instruction}: {seed.instruction}\n{n}. {labels.input}: "
            f"{seed.instances[0].input}\n{n}. {labels.output}: {seed.instances[0].output}"
            for n, seed in enumerate(rng.choices(list(view.seeds), k=wanted), 1)
        )
        return Outlook(wanted, (Foreseen(prompt, reply, per_request=1),))

    async def develop(self, candidate: Candidate, draft: Draft, number: int, ask: Ask) -> Developed:
        """Check the instance that came with the instruction; nothing is asked."""
        del draft, number, ask
        text = candidate.instruction
        judge = self._sound.judge(text) if self._sound else None
        kept, rejects = valid_instances(text, candidate.instances, judge=judge)
        if not kept:
            rejects.append(Reject(candidate.instruction, Reason.NO_VALID_INSTANCE))
        return Developed(is_classification=False, instances=kept, rejects=tuple(rejects))


def _shown_case(seed: Task, rng: random.Random) -> dict[str, str]:
    case = rng.choice(seed.instances)
    return {"input": case.input, "output": case.output}


def _defaults(pack: LanguagePack) -> Mapping[str, Any]:
    """Of the settings, those that a language has its own figures for."""
    return {} if pack.items is None else {"per_request": pack.items}


KIND = Kind(NAME, STEPS, LEADING, Settings, Decodings, Alpaca, defaults=_defaults, whole_tasks=True)
