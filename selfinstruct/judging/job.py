"""Judging, item by item: what is asked, and the row that comes of the replies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from selfinstruct.errors import RequestError
from selfinstruct.judging.bundles import Bundle
from selfinstruct.judging.items import Subject
from selfinstruct.judging.prompting import Prompting, Shown
from selfinstruct.judging.reference import References
from selfinstruct.judging.weighing import row_of, weighed
from selfinstruct.parsing import answer, collapse, excerpt
from selfinstruct.parsing.grades import Grades, grades
from selfinstruct.requests import Ask, Derived, Row, Verdict, verdict
from selfinstruct.rubrics import NA, Part, Question, Scale
from selfinstruct.teachers import Prompt, Reply

FILE = "judgements.jsonl"
_RAW = 300  # characters kept of a reply that could not be read
_WARMER = 0.5  # the temperature of the second asking: at 0 the same would come again


class Status(StrEnum):
    """What became of an item."""

    READ = "read"
    UNREADABLE = "unreadable"
    REFUSED = "refused"
    CUT_OFF = "cut_off"
    FAILED = "failed"


class Judge:
    """The job: judges bundles by a rubric.

    Args:
        prompting: How it is asked.
        references: Asks for the answers that items are graded against; None for no such.

    Attributes:
        rubric: By which rubric.
    """

    event = "judge"

    def __init__(self, prompting: Prompting, references: References | None = None) -> None:
        self._prompting = prompting
        self._references = references
        self.rubric = prompting.rubric
        labels = prompting.pack.labels
        self._yes, self._no, self._between = labels.yes, labels.no, labels.either_or
        self._refusals = tuple(text.casefold() for text in prompting.pack.refusals)

    async def rows(self, bundle: Bundle, ask: Ask) -> Derived:
        """See :class:`selfinstruct.requests.DerivedJob`."""
        first = bundle.subjects[0]
        if len(bundle.subjects) > 1 or bundle.anchored:
            return await self._together(bundle, ask)
        reference: str | None = None
        unread: tuple[str, ...] = ()
        if self._references is not None:
            found = await self._references.answer(first, ask)
            if not found.text:
                why = self._why(found.reply)
                return Derived((row(first, why, raw=found.reply.text),), found.unread)
            reference, unread = found.text, found.unread
        parts = first.parts | ({Part.REFERENCE} if reference else frozenset())
        questions = self.rubric.asked_of(frozenset(parts))
        if not questions:
            return Derived((row(first, Status.READ, answers=self._with_na({})),), unread)
        if reference is not None and _is_settled(questions, first, reference):
            answers = self._with_na({question.key: "yes" for question in questions})
            return Derived((row(first, Status.READ, answers=answers, reference=reference),), unread)
        said = await self._asked(_shown(first, reference), questions, ask)
        unread += said.unread
        if said.value is None:
            status = self._why(said.reply)
            return Derived((row(first, status, raw=said.reply.text, reference=reference),), unread)
        answers = self._with_na(said.value.answers)
        reason = said.value.reason
        read = row(first, Status.READ, answers=answers, reason=reason, reference=reference)
        return Derived((read | self._weighed(said.reply, questions),), unread)

    def failed(self, bundle: Bundle, error: RequestError) -> tuple[Row, ...]:
        """See :class:`selfinstruct.requests.DerivedJob`."""
        said = {"error": str(error)}
        return tuple(row(one, Status.FAILED) | said for one in bundle.subjects)

    async def _together(self, bundle: Bundle, ask: Ask) -> Derived:
        """Several items in one prompt, each with the rubric's one question."""
        question = self.rubric.questions[0]
        shown, questions = [], []
        for number, text in enumerate(bundle.shown, 1):
            parts = [(Part.INSTRUCTION, text.instruction)]
            if Part.OUTPUT in question.needs:
                parts += [(Part.INPUT, text.input), (Part.OUTPUT, text.output)]
            shown += [Shown(part, said, number) for part, said in parts if said.strip()]
            named = {"key": f"item_{number}", "name": str(number), "also": (str(number),)}
            questions.append(question.model_copy(update=named))
        said = await self._asked(shown, questions, ask)
        rows = []
        for one in bundle.subjects:
            if said.value is None:
                rows.append(row(one, self._why(said.reply), raw=said.reply.text))
                continue
            key = questions[bundle.place(one)].key
            answers = {question.key: said.value.answers[key]}
            rows.append(row(one, Status.READ, answers=answers, reason=said.value.reason))
        return Derived(tuple({**one, "group": bundle.id} for one in rows), said.unread)

    async def _asked(
        self, shown: Sequence[Shown], questions: Sequence[Question], ask: Ask
    ) -> Verdict[Grades]:
        prompt = self._prompting.prompt(shown, questions)
        opening = self._prompting.opening(questions)

        def read(text: str) -> Grades | None:
            whole = f"{opening} {text}" if opening else text
            return grades(whole, questions, self._yes, self._no, self._between)

        return await verdict(ask, prompt, read, again(prompt))

    def _weighed(self, reply: Reply, questions: Sequence[Question]) -> dict[str, Any]:
        """What the likelihoods of the answers say, where they were given."""
        if not (self._prompting.weighted and reply.places):
            return {}
        opening = self._prompting.opening(questions)
        return row_of(weighed(reply, questions, self._prompting.pack.labels, opening))

    def _with_na(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """``answers`` in the order of the rubric, and ``na`` to what was not asked."""
        return {one.key: answers.get(one.key, NA) for one in self.rubric.questions}

    def _why(self, reply: Reply) -> Status:
        said = answer(reply.text).strip().casefold().replace("’", "'")
        if reply.refused or said.startswith(self._refusals):
            return Status.REFUSED
        return Status.CUT_OFF if reply.cut_off else Status.UNREADABLE


def again(prompt: Prompt) -> Prompt:
    """``prompt`` asked once more, another request: what could not be read may come otherwise."""
    warmer = max(prompt.decoding.temperature, _WARMER)
    decoding = prompt.decoding.model_copy(update={"temperature": warmer, "top_p": 1.0})
    return replace(prompt, sample=prompt.sample + 1, decoding=decoding)


def row(
    one: Subject,
    status: Status,
    *,
    answers: Mapping[str, Any] | None = None,
    reason: str = "",
    reference: str | None = None,
    raw: str | None = None,
) -> dict[str, Any]:
    """The line of ``judgements.jsonl`` for ``one``."""
    found: dict[str, Any] = {
        "item": one.id,
        "digest": one.digest,
        "status": status.value,
        "answers": dict(answers or {}),
        "reason": reason,
        "control": one.control.value if one.control else None,
    }
    found |= {} if reference is None else {"reference": reference}
    return found | ({} if raw is None else {"raw": excerpt(raw, _RAW)})


def _shown(one: Subject, reference: str | None) -> list[Shown]:
    parts = [
        (Part.INSTRUCTION, one.instruction),
        (Part.INPUT, one.input),
        (Part.OUTPUT, one.output),
        (Part.REFERENCE, reference or ""),
    ]
    return [Shown(part, text) for part, text in parts if text.strip()]


def _is_settled(questions: Sequence[Question], one: Subject, reference: str) -> bool:
    """Whether all that is asked is whether output and reference agree, and they are the same."""
    only = all(
        Part.REFERENCE in question.needs and question.scale is Scale.YES_NO
        for question in questions
    )
    return only and collapse(one.output).casefold() == collapse(reference).casefold()
