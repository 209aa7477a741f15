"""Evol-Instruct (Xu et al., WizardLM, arXiv 2304.12244): instructions made harder, round by round.

Request *k* of N sources evolves source ``k mod N`` in round ``k // N + 1``, from the last version
that was not eliminated. Five operations in depth, one in breadth, with equal chance; then the
answer, by a call that sees the instruction alone; then the four eliminations of section 3.2. An
evolution that fails leaves its parent for the next round.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from selfinstruct import lineage
from selfinstruct.bootstrap import Ask, Developed, Draft, Foreseen, Outlook, View
from selfinstruct.filters.copies import Shown
from selfinstruct.filters.grounding import normalised
from selfinstruct.filters.leaks import Frame
from selfinstruct.languages import tokenizer
from selfinstruct.lineage import Lineage
from selfinstruct.parsing import answer, excerpt, grade, rewritten, skill
from selfinstruct.prompts import Step
from selfinstruct.recipes.eliminations import Eliminations
from selfinstruct.recipes.evolve_checks import Evolution
from selfinstruct.recipes.evolve_operations import (
    Decodings,
    EvolvePrompts,
    Operation,
    asking,
    source_text,
)
from selfinstruct.recipes.grading import graded
from selfinstruct.recipes.kind import Kind, SeedsAre
from selfinstruct.recipes.making import Making
from selfinstruct.recipes.replies import Replies, verdict
from selfinstruct.tasks import Candidate, Instance, Reason, Reject, Task
from selfinstruct.teachers import Reply

__all__ = [
    "LEADING",
    "NAME",
    "STEPS",
    "Decodings",
    "Evolve",
    "Novelty",
    "Operation",
    "Settings",
    "source_text",
]

NAME = "evolve"
STEPS = (
    Step.EVOLVE,
    Step.EVOLVE_INPUT,
    Step.EVOLVE_BREADTH,
    Step.EQUAL,
    Step.ANSWER,
    Step.DIFFICULTY,
    Step.SKILL,
)
LEADING = "evolve"


class Novelty(StrEnum):
    """Which evolved instructions must be novel in the pool."""

    BREADTH = "breadth"
    ALL = "all"
    NONE = "none"


class Settings(BaseModel):
    """What evolving does.

    Attributes:
        operations: Those that are drawn from.
        novelty: Which results must be novel.
        difficulty: Whether a judge grades each result from 1 to 10.
        skills: Whether a judge names the skill that each result needs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    operations: tuple[Operation, ...] = Field(default=tuple(Operation), min_length=1)
    novelty: Novelty = Novelty.BREADTH
    difficulty: bool = False
    skills: bool = False


class Evolve:
    """The recipe as :class:`selfinstruct.bootstrap.Recipe` wants it.

    Args:
        making: Language, prompts, settings, and the sources as seeds.
    """

    def __init__(self, making: Making[Settings, Decodings]) -> None:
        self.name = NAME
        self.end: int | None = len(making.seeds) * making.rounds
        # What failed is evolved again in the next round anyway; behind the last one it may be, too.
        self.retries_from: int | None = self.end
        self._sources = making.seeds
        self._settings = making.settings
        self._thoughts = making.thoughts
        self._labels = making.pack.labels
        self._asks = EvolvePrompts(making)
        self._replies = Replies(making.pack)
        self._eliminations = Eliminations(making.pack.answers)
        self._sound = making.sound
        self._edition = making.edition
        self._words: Callable[[str], list[str]] = tokenizer(making.pack.tokenizer).tokenize
        evolving = (Step.EVOLVE, Step.EVOLVE_INPUT, Step.EVOLVE_BREADTH)
        rows = [row for step in evolving for row in making.prompts.demonstrations(step)]
        self._shown = Shown(self._words, [row[key] for row in rows for key in ("before", "after")])

    def visible(self, number: int) -> int:
        """All of the round before that concerns the same source, and no more than needed.

        A draft looks at nothing else, so a round may be asked for as a whole.
        """
        return max(0, number + 1 - len(self._sources))

    def known(self, seed: Task) -> list[str]:
        """What new instructions must differ from."""
        if self._edition == 1:
            return [source_text(seed)]
        # An evolution that drops the data is the bare instruction, and no new one.
        return list(dict.fromkeys((source_text(seed), seed.instruction)))

    def draft(self, number: int, rng: random.Random, view: View) -> Draft:
        """One operation on the last version of one source."""
        done, place = divmod(number, len(self._sources))
        source = self._sources[place]
        parent, text = source.id, source_text(source)
        for earlier in range(done - 1, -1, -1):
            if made := view.made_by(earlier * len(self._sources) + place):
                parent, text = made.task_id or "", made.instruction
                break
        operation = rng.choice(self._settings.operations)
        prompt = self._asks.evolving(operation, text, number)
        details = lineage.evolved(operation.value, done + 1, parent)
        given = source_text(source).removeprefix(source.instruction).strip()
        return Draft(prompt, (parent,), (text,), {"data": given}, details)

    def read(self, reply: Reply, draft: Draft) -> list[Candidate | Reject]:
        """The one instruction of a reply."""
        text = rewritten(answer(reply.text), self._labels)
        detail = dict(draft.lineage)
        reason = self._replies.unreadable(reply, found=bool(text))
        if reason is None and reply.cut_off:
            reason = Reason.CUT_OFF
        if reason is None and self._replies.declines_instead(text):
            reason = Reason.REFUSED
        if reason is not None:
            return [Reject(excerpt(reply.text), reason, detail | {"finish": reply.finish})]
        breadth = Lineage(draft.lineage).operation == Operation.BREADTH
        wanted = self._settings.novelty
        novel = wanted is Novelty.ALL or (wanted is Novelty.BREADTH and breadth)
        return [Candidate(text, 0, novel=novel)]

    def copied(self, candidate: Candidate, draft: Draft) -> Reject | None:
        """Words of the prompt, or what it was made of with nothing new."""
        text, parent = candidate.text, draft.shown[0]
        detail = dict(draft.lineage)
        if match := self._eliminations.leak(text, parent):
            return Reject(excerpt(text), Reason.PROMPT_LEAKED, detail | {"match": match})
        if normalised(text, ()) == normalised(parent, ()):
            return Reject(excerpt(text), Reason.NOT_EVOLVED, detail)
        if self._edition > 1 and (found := self._flaw(text, draft)):
            reason, more = found
            return Reject(excerpt(text), reason, detail | more)
        return None

    def _flaw(self, text: str, draft: Draft) -> tuple[Reason, dict[str, Any]] | None:
        """Why an evolution is none, by what it shares with its prompt and with its parent."""
        parent = draft.shown[0]
        evolution = Evolution(self._words, text, parent, draft.details["data"])
        if evolution.says_nothing_new():
            return Reason.NOT_EVOLVED, {}
        frame = Frame(self._words, draft.prompt.text.split(parent))
        if match := frame.leaked(text, besides=parent):
            return Reason.PROMPT_LEAKED, {"match": match}
        if shown := self._shown.copied(text):
            return Reason.REPEATED_DEMONSTRATION, {"shown": shown}
        # In breadth the instruction is another, and so are its data.
        if Lineage(draft.lineage).operation != Operation.BREADTH and evolution.drops_data():
            return Reason.DATA_DROPPED, {}
        return None

    def refuse(self, candidate: Candidate) -> tuple[Reason, dict[str, Any]] | None:
        """Of the papers' rules none: evolved instructions may be long, and hold code and tables."""
        text = candidate.instruction
        return self._sound.of_instruction(text, stands_alone=True) if self._sound else None

    def understands(self, step: str, reply: Reply, draft: Draft) -> bool:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        said = answer(reply.text).strip()
        readers: dict[str, Callable[[str], object]] = {
            Step.EQUAL: self._replies.says_yes,
            Step.DIFFICULTY: grade,
            Step.SKILL: self._skill,
        }
        if step in readers:
            return readers[step](said) is not None
        if step == Step.ANSWER:
            return bool(said) and not reply.cut_off
        items = self.read(reply, draft)
        return any(isinstance(one, Candidate) or not one.reason.of_whole_reply for one in items)

    def foresee(self, number: int, rng: random.Random, view: View) -> Outlook:
        """Evolve, compare, answer; and the judges, where they are wanted."""
        draft = self.draft(number, rng, view)
        text = draft.shown[0]
        source = self._sources[number % len(self._sources)]
        follow_ups = [
            (self._asks.judging(Step.EQUAL, instruction=text, evolved=text), self._labels.no[0]),
            (self._asks.answering(text), source.instances[0].output),
        ]
        if self._settings.difficulty:
            follow_ups.append((self._asks.judging(Step.DIFFICULTY, instruction=text), "7"))
        if self._settings.skills:
            follow_ups.append((self._asks.judging(Step.SKILL, instruction=text), "Writing"))
        calls = [Foreseen(prompt, reply, per_accepted=1) for prompt, reply in follow_ups]
        evolving = Foreseen(draft.prompt, text, per_request=1)
        return Outlook(1, (evolving, *calls), passing=(1.0, 0.9, 0.7))

    async def develop(self, candidate: Candidate, draft: Draft, number: int, ask: Ask) -> Developed:
        """Compare with the parent, answer, eliminate; then grade."""
        text, parent = candidate.instruction, draft.shown[0]
        # Two requests may come to ask the same; each has its own answer, whoever came first.
        own = asking(ask, number, draft.prompt.repeat)
        question = self._asks.judging(Step.EQUAL, instruction=parent, evolved=text)
        equal = await verdict(own, question, self._replies.says_yes, self._edition)
        if equal.value is None and self._edition > 1:
            detail = {"reply": excerpt(equal.reply.text)}
            found = self._eliminated(text, Reason.UNCLEAR_COMPARISON, draft, detail)
            return replace(found, unread=equal.unread)
        if equal.value:
            found = self._eliminated(text, Reason.NOT_EVOLVED, draft, {})
            return replace(found, unread=equal.unread)
        reply = await own(self._asks.answering(text))
        said = answer(reply.text).strip()
        detail = {"answer": excerpt(said)}
        if reply.refused:
            return self._eliminated(text, Reason.ANSWER_DECLINED, draft, detail)
        if reply.cut_off:
            return self._eliminated(text, Reason.CUT_OFF, draft, detail)
        if reason := self._eliminations.of_answer(said):
            return self._eliminated(text, reason, draft, detail)
        case = Instance(input="", output=said)
        if self._sound and (refusal := self._sound.of_instance(text, case)):
            return self._eliminated(text, refusal[0], draft, detail | refusal[1])
        asked = self._asks.answering(text).text
        instances, leaks = self._thoughts.kept([case], reply.thoughts, asked, text)
        wanted = self._settings.difficulty, self._settings.skills
        readers = (
            (Step.DIFFICULTY, grade, wanted[0]),
            (Step.SKILL, self._skill, wanted[1]),
        )
        questions = [
            (self._asks.judging(step, instruction=text), read)
            for step, read, given in readers
            if given
        ]
        grades, unread = await graded(own, questions, self._edition)
        return Developed(
            is_classification=False,
            instances=instances,
            rejects=tuple(leaks),
            extra=grades,
            lineage=draft.lineage,
            unread=equal.unread + unread,
        )

    def _skill(self, text: str) -> str | None:
        return skill(text, self._labels)

    def _eliminated(
        self, text: str, reason: Reason, draft: Draft, detail: dict[str, Any]
    ) -> Developed:
        whole = lineage.accepted() | dict(draft.lineage) | detail
        return Developed(
            is_classification=False, instances=(), rejects=(Reject(text, reason, whole),)
        )


KIND = Kind(NAME, STEPS, LEADING, Settings, Decodings, Evolve, seeds=SeedsAre.SOURCES)
