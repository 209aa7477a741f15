"""The Self-Instruct recipe (Wang et al., arXiv 2212.10560, sections 2.2 and A).

New instructions from 6 human and 2 machine-made demonstrations; a classification test; then
instances, labels first for classification tasks and inputs first for the others.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from selfinstruct.bootstrap import Ask, Developed, Draft, Foreseen, Outlook, View
from selfinstruct.errors import SeedError
from selfinstruct.filters import InstructionRules, valid_instances
from selfinstruct.filters.instances import MOST_INSTANCES
from selfinstruct.parsing import (
    Cases,
    answer,
    collapse,
    excerpt,
    input_first,
    list_items,
    lone_answer,
    opened_list,
    output_first,
    task_said,
)
from selfinstruct.prompts import SELF_INSTRUCT_STEPS, Step
from selfinstruct.recipes.decoding import with_stops
from selfinstruct.recipes.endless import Endless
from selfinstruct.recipes.guards import Guard, guarded
from selfinstruct.recipes.kind import Kind
from selfinstruct.recipes.lag import LARGEST_LAG
from selfinstruct.recipes.making import Making
from selfinstruct.recipes.replies import MOST_ITEMS, Replies, own_items, verdict
from selfinstruct.tasks import Candidate, Instance, Reason, Reject, Task
from selfinstruct.teachers import Api, Decoding, Prompt, Reply

NAME = "self-instruct"
STEPS = SELF_INSTRUCT_STEPS
LEADING = "instructions"  # the step whose decoding the options set


class Settings(BaseModel):
    """What goes into one request for instructions.

    Attributes:
        human: Demonstrations drawn from the seeds.
        machine: Demonstrations drawn from the pool, once it holds that many tasks.
        per_request: New tasks asked for.
        classification_only: Whether only classification tasks are shown and asked for.
        lag: The most requests that may be under way before the next sees what they brought.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    human: int = Field(default=6, ge=1)
    machine: int = Field(default=2, ge=0)
    per_request: int = Field(default=8, ge=1, le=50)
    classification_only: bool = False
    lag: int = Field(default=LARGEST_LAG, ge=1)


# Three tokens are enough where a text is continued; a chat model may answer in a sentence.
_CLASSIFY = Decoding(temperature=0, top_p=0, max_tokens=3)
_SENTENCE = Decoding(temperature=0, top_p=0, max_tokens=64)


class Decodings(BaseModel):
    """How each step is decoded; the defaults are the published settings (section A.1).

    Stop sequences are added by the recipe where the prompt's form allows them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    instructions: Decoding = Decoding(
        temperature=0.7, top_p=0.5, presence_penalty=2, max_tokens=1024
    )
    classify: Decoding = _CLASSIFY
    instances: Decoding = Decoding(temperature=0, top_p=0, presence_penalty=1.5, max_tokens=300)


class SelfInstruct(Endless):
    """The recipe as :class:`selfinstruct.bootstrap.Recipe` wants it.

    Args:
        making: Language, prompts, settings and seeds.

    Raises:
        SeedError: There are fewer seeds than demonstrations.
    """

    depth = 3

    def __init__(self, making: Making[Settings, Decodings]) -> None:
        pack, drawing, seeds = making.pack, making.settings, making.seeds
        self.name = NAME
        self.lag = drawing.lag
        self._labels = pack.labels
        self._replies = Replies(pack)
        self._prompts = making.prompts
        self._chat = making.api is Api.CHAT
        self._opens = self._chat and making.edition > 1
        self._drawing = drawing
        self._decodings = making.decodings
        self._edition = making.edition
        self._thoughts = making.thoughts
        self._rules = InstructionRules(pack, sound=making.sound)
        self._sound = making.sound
        newer = making.edition > 1
        self._guard = Guard(pack, making.prompts, STEPS) if newer else None
        usable = [seed for seed in seeds if self._usable(seed)]
        shown = drawing.human + drawing.machine
        if len(usable) < shown:
            kind = "classification seed tasks" if drawing.classification_only else "seed tasks"
            raise SeedError(
                f"{len(usable)} {kind} are too few for {shown} demonstrations: add seeds, or "
                "lower --human and --machine."
            )
        self._step = (
            Step.CLASSIFICATION_INSTRUCTIONS if drawing.classification_only else Step.INSTRUCTIONS
        )

    def known(self, seed: Task) -> list[str]:
        """What new instructions must differ from."""
        return [seed.instruction]

    def draft(self, number: int, rng: random.Random, view: View) -> Draft:
        """Human and machine demonstrations, shuffled; all human while the pool is too small."""
        drawing = self._drawing
        machine = drawing.machine if view.count >= drawing.machine else 0
        human = drawing.human + drawing.machine - machine
        seeds = [seed for seed in view.seeds if self._usable(seed)]
        drawn = [(seed.id, seed.instruction) for seed in rng.sample(seeds, human)]
        for place in rng.sample(range(view.count), machine):
            accepted = view.machine[place]
            drawn.append((accepted.task_id or "", accepted.instruction))
        rng.shuffle(drawn)
        shown = tuple(collapse(instruction) for _, instruction in drawn)
        first = len(shown) + 1
        last = len(shown) + drawing.per_request
        text = self._prompts.render(
            self._step,
            demonstrations=shown,
            first=first,
            last=last,
            count=drawing.per_request,
        )
        decoding = self._decodings.instructions
        if not self._chat:
            decoding = with_stops(decoding, "\n\n", f"\n{last + 1}.")
        prompt = Prompt(text, decoding, self._step, number, repeat=number)
        return Draft(prompt, tuple(identity for identity, _ in drawn), shown)

    def read(self, reply: Reply, draft: Draft) -> list[Candidate | Reject]:
        """The instructions of a reply; a reply without any is one reject that says why."""
        said = answer(reply.text)
        if self._opens:
            said = opened_list(said, draft.prompt.text, self._labels)
        items = list_items(said, self._labels, continues=not self._chat)
        if reason := self._replies.unreadable(reply, found=bool(items)):
            return [Reject(excerpt(reply.text), reason, {"finish": reply.finish})]
        read: list[Candidate | Reject] = []
        if len(items) > MOST_ITEMS:
            detail = {"items": len(items), "read": MOST_ITEMS}
            read.append(Reject(excerpt(items[MOST_ITEMS]), Reason.TOO_MANY_ITEMS, detail))
            items = items[:MOST_ITEMS]
        for place, item in enumerate(items):
            if reply.cut_off and place == len(items) - 1:
                read.append(Reject(excerpt(item), Reason.CUT_OFF))
            else:
                read.append(Candidate(item, place))
        return read

    def copied(self, candidate: Candidate, draft: Draft) -> Reject | None:
        """One of the demonstrations again, or words of the prompt."""
        if candidate.text.casefold() in {text.casefold() for text in draft.shown}:
            return Reject(excerpt(candidate.text), Reason.REPEATED_DEMONSTRATION)
        return guarded(self._guard, candidate, self._step, draft.shown)

    def refuse(self, candidate: Candidate) -> tuple[Reason, dict[str, Any]] | None:
        """The heuristics of the language pack."""
        return self._rules.refuse(candidate.instruction)

    def understands(self, step: str, reply: Reply, draft: Draft) -> bool:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        if step == Step.CLASSIFY:
            return self._replies.says_yes(answer(reply.text)) is not None
        if step == self._step:
            return own_items(self, reply, draft)
        kept, _ = self._instances("", reply, output_goes_first=step == Step.OUTPUT_FIRST)
        return bool(kept)

    def foresee(self, number: int, rng: random.Random, view: View) -> Outlook:
        """What a request and the tasks that come of it will cost, going by the seeds."""
        asked = self.draft(number, rng, view).prompt
        wanted = self._drawing.per_request
        seeds = rng.choices([seed for seed in view.seeds if seed.instances], k=wanted)
        listed = "\n".join(f"{n}. {seed.instruction}" for n, seed in enumerate(seeds, 1))
        calls = [Foreseen(asked, listed, per_request=1)]
        for seed in seeds:
            kind = seed.is_classification
            classify = self._follow_up(Step.CLASSIFY, seed.instruction, number)
            step = Step.OUTPUT_FIRST if kind else Step.INPUT_FIRST
            instances = self._follow_up(step, seed.instruction, number)
            said = self._labels.yes[0] if kind else self._labels.no[0]
            case = seed.instances[0]
            worked = f"{self._labels.input}: {case.input}\n{self._labels.output}: {case.output}"
            calls.append(Foreseen(classify, said, per_accepted=1 / wanted))
            calls.append(Foreseen(instances, worked, per_accepted=1 / wanted))
        return Outlook(wanted, tuple(calls))

    async def develop(self, candidate: Candidate, draft: Draft, number: int, ask: Ask) -> Developed:
        """Classify, then make instances."""
        del draft
        instruction = candidate.instruction
        asked = self._follow_up(Step.CLASSIFY, instruction, number)
        found = await verdict(ask, asked, self._replies.says_yes, self._edition)
        kind = found.value
        if kind is None:
            detail = {"reply": excerpt(found.reply.text)}
            refusal = Reject(instruction, Reason.UNCLEAR_CLASSIFICATION, detail)
            return Developed(
                is_classification=False, instances=(), rejects=(refusal,), unread=found.unread
            )
        step = Step.OUTPUT_FIRST if kind else Step.INPUT_FIRST
        prompt = self._follow_up(step, instruction, number)
        reply = await ask(prompt)
        instances, rejects = self._instances(instruction, reply, output_goes_first=kind)
        unread = found.unread
        if not instances:
            of_reply = rejects and all(reject.reason.of_whole_reply for reject in rejects)
            unread += (step,) if of_reply else ()
            rejects.append(Reject(instruction, Reason.NO_VALID_INSTANCE))
        instances, leaks = self._thoughts.kept(instances, reply.thoughts, prompt.text, instruction)
        return Developed(kind, instances, (*rejects, *leaks), unread=unread)

    def _instances(
        self, instruction: str, reply: Reply, *, output_goes_first: bool
    ) -> tuple[tuple[Instance, ...], list[Reject]]:
        read = output_first if output_goes_first else input_first
        said = answer(reply.text)
        found: Cases = read(said, self._labels, continues=not self._chat, cut_off=reply.cut_off)
        if self._guard:
            task = task_said(said, self._labels)
            if task and not self._guard.echoes(task, instruction):
                found = Cases(unreadable=(said,) if found != Cases() else ())
            elif self._chat and found == Cases() and not (output_goes_first or reply.cut_off):
                found = self._alone(said, instruction)
        if reason := self._replies.unreadable(reply, found=found != Cases()):
            return (), [Reject(instruction, reason, {"reply": excerpt(reply.text)})]
        rejects = [
            Reject(instruction, Reason.MALFORMED, {"reply": excerpt(text)})
            for text in found.unreadable
        ]
        if found.cut is not None:
            rejects.append(Reject(instruction, Reason.CUT_OFF, {"reply": excerpt(found.cut)}))
        judge = self._sound.judge(instruction) if self._sound else None
        cases: Sequence[Instance] = found.cases
        if self._guard:
            step = Step.OUTPUT_FIRST if output_goes_first else Step.INPUT_FIRST
            cases, copies = self._guard.valid(instruction, cases, step)
            rejects += copies
        kept, refused = valid_instances(instruction, cases, judge=judge)
        return kept, rejects + refused

    def _alone(self, said: str, instruction: str) -> Cases:
        """The answer to a task that stands alone, where a reply is just this."""
        text = None if self._replies.declines(said.strip()) else lone_answer(said, self._labels)
        if text is None or self._guard is None or self._guard.echoes(text, instruction):
            return Cases()
        return Cases((Instance(input="", output=text),))

    def _follow_up(self, step: Step, instruction: str, number: int) -> Prompt:
        text = self._prompts.render(step, instruction=instruction, most=MOST_INSTANCES)
        if step is Step.CLASSIFY:
            decoding = self._decodings.classify
            if self._chat and self._edition > 1 and decoding == _CLASSIFY:
                decoding = _SENTENCE
            if not self._chat:
                decoding = with_stops(decoding, "\n", f"{self._labels.task}:")
        else:
            decoding = self._decodings.instances
            if not self._chat:
                many = f"{self._labels.example} {MOST_INSTANCES + 1}"
                decoding = with_stops(decoding, f"\n{self._labels.task}:", many)
        return Prompt(text, decoding, step, number)

    def _usable(self, seed: Task) -> bool:
        return seed.is_classification or not self._drawing.classification_only


KIND = Kind(NAME, STEPS, LEADING, Settings, Decodings, SelfInstruct, uses_answers=False)
