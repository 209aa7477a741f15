"""Comparing, prompt by prompt: what is asked in each order, and the row that comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from selfinstruct.comparing.contests import Contest
from selfinstruct.comparing.orders import (
    TIE,
    Order,
    orders_of,
    ranks_of_list,
    ranks_of_pair,
)
from selfinstruct.errors import RequestError
from selfinstruct.judging.job import Status, again
from selfinstruct.judging.prompting import Prompting, Shown
from selfinstruct.parsing import collapse, excerpt
from selfinstruct.parsing.grades import Grades, grades
from selfinstruct.requests import Ask, Derived, Row, Verdict, gather_all, verdict
from selfinstruct.rubrics import Part, Question, Unit

FILE = "judgements.jsonl"
ITEMS = "items.jsonl"  # the prompts with their answers, which rows only name
SUMMARY = "summary.json"  # what it came to
_RAW = 300  # characters kept of a reply that could not be read


class Comparison:
    """The job: compares the answers of contests, each in two orders.

    Args:
        prompting: How it is asked; the rubric says whether pairs or lists are.
        seed: Where the orders of lists begin.
    """

    event = "compare"

    def __init__(self, prompting: Prompting, seed: int = 0) -> None:
        self._prompting = prompting
        self._seed = seed
        labels = prompting.pack.labels
        self._yes, self._no, self._between = labels.yes, labels.no, labels.either_or
        self.rubric = prompting.rubric

    async def rows(self, contest: Contest, ask: Ask) -> Derived:
        """See :class:`selfinstruct.requests.DerivedJob`."""
        orders = orders_of(contest.id, len(contest.answers), self._seed)
        if contest.is_settled:
            ranks = [(len(contest.answers) + 1) / 2] * len(contest.answers)
            return Derived((self._row(contest, orders, ranks=ranks, verdicts=[TIE, TIE]),))
        said = await gather_all(self._asked(contest, order, ask) for order in orders)
        unread = tuple(step for one in said for step in one.unread)
        read = [one.value for one in said if one.value is not None]
        if len(read) < len(said):
            missing = next(one for one in said if one.value is None)
            status = Status.REFUSED if missing.reply.refused else Status.UNREADABLE
            status = Status.CUT_OFF if missing.reply.cut_off else status
            row = self._row(contest, orders, status=status)
            return Derived(({**row, "raw": excerpt(missing.reply.text, _RAW)},), unread)
        return Derived((self._read(contest, orders, read),), unread)

    def failed(self, contest: Contest, error: RequestError) -> tuple[Row, ...]:
        """See :class:`selfinstruct.requests.DerivedJob`."""
        orders = orders_of(contest.id, len(contest.answers), self._seed)
        return ({**self._row(contest, orders, status=Status.FAILED), "error": str(error)},)

    def _questions(self, count: int) -> tuple[Question, ...]:
        question = self.rubric.questions[0]
        if self.rubric.unit is Unit.PAIR:
            return (question,)
        return tuple(
            question.model_copy(
                update={"key": f"answer_{number}", "name": str(number), "also": (str(number),)}
            )
            for number in range(1, count + 1)
        )

    async def _asked(self, contest: Contest, order: Order, ask: Ask) -> Verdict[Grades]:
        shown = [Shown(Part.INSTRUCTION, contest.instruction)]
        shown += [Shown(Part.INPUT, contest.input)] if contest.input.strip() else []
        shown += [
            Shown(Part.OUTPUT, contest.answers[place].text, number)
            for number, place in enumerate(order, 1)
        ]
        questions = self._questions(len(order))
        prompt = self._prompting.prompt(shown, questions)
        opening = self._prompting.opening(questions)

        def read(text: str) -> Grades | None:
            whole = f"{opening} {text}" if opening else text
            return grades(whole, questions, self._yes, self._no, self._between)

        return await verdict(ask, prompt, read, again(prompt))

    def _read(
        self, contest: Contest, orders: Sequence[Order], read: Sequence[Grades]
    ) -> dict[str, Any]:
        reasons = [one.reason for one in read]
        if self.rubric.unit is Unit.PAIR:
            key = self.rubric.questions[0].key
            verdicts = [str(one.answers[key]) for one in read]
            ranks, consistent = ranks_of_pair(verdicts, orders)
            return self._row(
                contest,
                orders,
                ranks=ranks,
                verdicts=verdicts,
                consistent=consistent,
                reasons=reasons,
            )
        scores = [_in_place(one, order) for one, order in zip(read, orders, strict=True)]
        return self._row(
            contest, orders, ranks=ranks_of_list(scores), scores=scores, reasons=reasons
        )

    def _row(
        self,
        contest: Contest,
        orders: Sequence[Order],
        *,
        status: Status = Status.READ,
        ranks: Sequence[float] | None = None,
        verdicts: Sequence[str] | None = None,
        scores: Sequence[Sequence[float]] | None = None,
        consistent: bool = True,
        reasons: Sequence[str] = (),
    ) -> dict[str, Any]:
        """The line of ``judgements.jsonl`` for ``contest``."""
        return {
            "item": contest.id,
            "answers": [
                {"as": one.name, "digest": one.digest, "chars": len(collapse(one.text))}
                | ({"cut_off": True} if one.cut_off else {})
                for one in contest.answers
            ],
            "orders": [list(order) for order in orders],
            "verdicts": verdicts,
            "ranks": ranks,
            "scores": scores,
            "consistent": consistent if ranks is not None else None,
            "reasons": list(reasons),
            "status": status.value,
            "asked": bool(reasons),
            "control": contest.control.value if contest.control else None,
            **({"groups": dict(contest.groups)} if contest.groups else {}),
        }


def item_row(contest: Contest) -> Mapping[str, Any]:
    """The line of ``items.jsonl`` for ``contest``: what its row only names."""
    return {
        "item": contest.id,
        "instruction": contest.instruction,
        "input": contest.input,
        "answers": [{"as": one.name, "text": one.text} for one in contest.answers],
    }


def _in_place(said: Grades, order: Order) -> list[float]:
    """The scores in the order of the contestants, which were shown in ``order``."""
    scores = {place: said.answers[f"answer_{number}"] for number, place in enumerate(order, 1)}
    return [float(str(scores[place])) for place in sorted(scores)]
