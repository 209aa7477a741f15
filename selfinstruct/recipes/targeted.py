"""Targeted imitation (Gudibande et al., arXiv 2305.15717, section 4.3): more of one task.

Local imitation works where broad imitation does not. From about ten examples of one task, each
prompt shows five at random and asks for similar but distinct ones. Novelty is judged on the inputs.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from selfinstruct import lineage
from selfinstruct.bootstrap import Ask, Developed, Draft, Foreseen, Outlook, View
from selfinstruct.errors import SeedError
from selfinstruct.filters import valid_instances
from selfinstruct.filters.grounding import support
from selfinstruct.languages import tokenizer
from selfinstruct.parsing import excerpt
from selfinstruct.prompts import Step
from selfinstruct.recipes.decoding import fitted, schema, with_stops
from selfinstruct.recipes.endless import Endless
from selfinstruct.recipes.guards import Guard, guarded
from selfinstruct.recipes.kind import Kind, SeedsAre
from selfinstruct.recipes.lag import LARGEST_LAG
from selfinstruct.recipes.making import Making
from selfinstruct.recipes.replies import Replies, own_items
from selfinstruct.tasks import Candidate, Instance, Reason, Reject, Task
from selfinstruct.teachers import Api, Decoding, Prompt, Reply

NAME = "targeted"
STEPS = (Step.TARGETED,)
LEADING = "examples"


class Settings(BaseModel):
    """What goes into one request.

    Attributes:
        human: Examples shown.
        per_request: New examples asked for.
        grow: Whether examples of the pool are shown too.
        structured: Whether the reply is held to a JSON schema.
        context: A digest of the passages, or "".
        support: Share of an answer's words that its passage must hold.
        lag: The most requests that may be under way before the next sees what they brought.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    human: int = Field(default=5, ge=1)
    per_request: int = Field(default=10, ge=1, le=50)
    grow: bool = False
    structured: bool = False
    context: str = ""
    support: float = Field(default=0.6, ge=0, le=1)
    lag: int = Field(default=LARGEST_LAG, ge=1)


class Decodings(BaseModel):
    """How the one step is decoded; the paper states no settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    examples: Decoding = Decoding(temperature=1.0, top_p=1.0, max_tokens=2048)


class Targeted(Endless):
    """The recipe as :class:`selfinstruct.bootstrap.Recipe` wants it.

    Args:
        making: Language, prompts, settings, seeds and passages.

    Raises:
        SeedError: The seeds are not examples of one task, or fewer than are shown.
    """

    def __init__(self, making: Making[Settings, Decodings]) -> None:
        self.name = NAME
        self.lag = making.settings.lag if making.settings.grow else None
        self._settings = making.settings
        self._edition = making.edition
        self._decoding = fitted(
            making.decodings.examples,
            Decodings().examples,
            self._settings.per_request,
            making.edition,
        )
        self._pack = making.pack
        self._prompts = making.prompts
        self._chat = making.api is Api.CHAT
        self._passages = making.passages
        self._replies = Replies(making.pack)
        self._sound = making.sound
        newer = making.edition > 1
        self._guard = Guard(making.pack, making.prompts, STEPS) if newer else None
        self._words: Callable[[str], list[str]] = tokenizer(making.pack.tokenizer).tokenize
        self._instruction, self._examples = one_task(making.seeds)
        self._classification = all(seed.is_classification for seed in making.seeds)
        if len(self._examples) < self._settings.human:
            raise SeedError(
                f"{len(self._examples)} examples are too few to show {self._settings.human}: add "
                "examples, or lower --human."
            )

    def known(self, seed: Task) -> list[str]:
        """What new examples must differ from: the inputs, or the questions."""
        if self._instruction:
            return [case.input for case in seed.instances]
        return [seed.instruction]

    def draft(self, number: int, rng: random.Random, view: View) -> Draft:
        """Examples drawn at random, from the pool too with ``grow``."""
        settings = self._settings
        pool = view.count if settings.grow else 0
        places = rng.sample(range(len(self._examples) + pool), settings.human)
        shown, names = [], []
        for place in places:
            if place < len(self._examples):
                name, case = self._examples[place]
            else:
                task = view.finished(place - len(self._examples))
                name, case = task.id, self._case_of(task)
            shown.append({"input": case.input, "output": case.output})
            names.append(name)
        passage = rng.choice(self._passages) if self._passages else ""
        text = self._prompts.render(
            Step.TARGETED,
            demonstrations=shown,
            instruction=self._instruction,
            passage=passage,
            count=settings.per_request,
            structured=settings.structured and self._chat,
        )
        decoding = self._decoding
        if not self._chat:
            decoding = with_stops(decoding, f"\n{len(shown) + settings.per_request + 1}.")
        shape = None
        if settings.structured and self._chat:
            shape = schema(self._edition, settings.per_request, "input", "output")
        prompt = Prompt(text, decoding, Step.TARGETED, number, repeat=number, schema=shape)
        texts = tuple(case["input"] for case in shown)
        return Draft(prompt, tuple(names), texts, {"passage": passage} if passage else {})

    def read(self, reply: Reply, draft: Draft) -> list[Candidate | Reject]:
        """The examples of a reply."""
        items, rest = self._replies.items(reply, with_instruction=False, continues=not self._chat)
        read: list[Candidate | Reject] = []
        for place, item in enumerate(items):
            case = item.case
            detail = {"input": case.input, "output": case.output}
            if not case.input:
                read.append(Reject(excerpt(case.output), Reason.MALFORMED, detail))
            else:
                read.append(self._candidate(case, place, draft))
        return read + rest

    def copied(self, candidate: Candidate, draft: Draft) -> Reject | None:
        """One of the examples again, words of the prompt, or an answer that its passage lacks."""
        if candidate.text.casefold() in {text.casefold() for text in draft.shown}:
            return Reject(candidate.text, Reason.REPEATED_DEMONSTRATION)
        if refusal := self._unsupported(candidate, draft):
            return refusal
        # Examples of one task differ in a few words: only those that hold all are copies.
        return guarded(self._guard, candidate, Step.TARGETED, draft.shown, least=1.0)

    def refuse(self, candidate: Candidate) -> tuple[Reason, dict[str, Any]] | None:
        """Loops only: the rules on instructions are for tasks of all kinds."""
        return self._sound.of_text(candidate.text) if self._sound else None

    def understands(self, step: str, reply: Reply, draft: Draft) -> bool:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        del step
        return own_items(self, reply, draft)

    def foresee(self, number: int, rng: random.Random, view: View) -> Outlook:
        """One call, whose reply is as long as so many examples."""
        prompt = self.draft(number, rng, view).prompt
        wanted, labels = self._settings.per_request, self._pack.labels
        reply = "\n".join(
            f"###\n{n}. {labels.input}: {case.input}\n{n}. {labels.output}: {case.output}"
            for n, (_, case) in enumerate(rng.choices(self._examples, k=wanted), 1)
        )
        return Outlook(wanted, (Foreseen(prompt, reply, per_request=1),))

    async def develop(self, candidate: Candidate, draft: Draft, number: int, ask: Ask) -> Developed:
        """Check the instance; nothing is asked."""
        del draft, number, ask
        judge = self._sound.judge(candidate.instruction) if self._sound else None
        kept, rejects = valid_instances(candidate.text, candidate.instances, judge=judge)
        if not kept:
            rejects.append(Reject(candidate.text, Reason.NO_VALID_INSTANCE))
        return Developed(
            is_classification=self._classification,
            instances=kept,
            rejects=tuple(rejects),
            lineage=lineage.judging_input() if self._instruction else {},
        )

    def _case_of(self, task: Task) -> Instance:
        case = task.instances[0]
        return case if self._instruction else Instance(input=task.instruction, output=case.output)

    def _candidate(self, case: Instance, place: int, draft: Draft) -> Candidate:
        extra = {"context": draft.details["passage"]} if draft.details else {}
        if self._instruction:
            whole = Instance(input=case.input, output=case.output, **extra)
            return Candidate(self._instruction, place, (whole,), judged=case.input)
        return Candidate(case.input, place, (Instance(input="", output=case.output, **extra),))

    def _unsupported(self, candidate: Candidate, draft: Draft) -> Reject | None:
        if not draft.details:
            return None
        output = candidate.instances[0].output
        stop_words = self._pack.answers.stop_words
        share = support(output, draft.details["passage"], self._words, stop_words)
        if share >= self._settings.support:
            return None
        detail = {"support": round(share, 4), "output": output} | dict(draft.details)
        return Reject(candidate.text, Reason.UNSUPPORTED, detail)


def one_task(seeds: Sequence[Task]) -> tuple[str, list[tuple[str, Instance]]]:
    """The instruction that all seeds share ("" where each is a question), and the examples.

    Raises:
        SeedError: The seeds are neither examples of one instruction nor plain questions.
    """
    instructions = {seed.instruction for seed in seeds}
    if len(instructions) == 1 and any(case.input for seed in seeds for case in seed.instances):
        examples = [(seed.id, case) for seed in seeds for case in seed.instances]
        if len({case.input for _, case in examples}) == len(examples):
            return seeds[0].instruction, examples
        raise SeedError("Two of the seed examples have the same input.")
    if all(len(seed.instances) == 1 and not seed.instances[0].input for seed in seeds):
        return "", [
            (seed.id, Instance(input=seed.instruction, output=seed.instances[0].output))
            for seed in seeds
        ]
    raise SeedError(
        "The targeted recipe grows one task: give seeds that share one instruction, each with its "
        "input and output, or questions with answers and no input. These hold "
        f"{len(instructions)} instructions."
    )


KIND = Kind(
    NAME,
    STEPS,
    LEADING,
    Settings,
    Decodings,
    Targeted,
    seeds=SeedsAre.EXAMPLES,
    refuses_duplicates=True,
    whole_tasks=True,
    compares_content=True,
)
