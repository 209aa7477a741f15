"""Answers that come back in a file, as rows: all of them, or an error that names the first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from selfinstruct.errors import UsageError
from selfinstruct.languages import LanguagePack
from selfinstruct.reviewing.cards import Card
from selfinstruct.reviewing.choices import read_answer
from selfinstruct.reviewing.opinions import Opinions, given_answers, turned
from selfinstruct.reviewing.votes import LONGEST_NOTE, Row
from selfinstruct.rubrics import Rubric


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer in a file.

    Attributes:
        where: File and line.
        handle: The card's handle.
        question: The question's key.
        answer: What stands there; "" for nothing.
        note: What is written besides.
    """

    where: str
    handle: str
    question: str
    answer: object
    note: str = ""


def rows_of(
    entries: Iterable[Entry],
    cards: Sequence[Card],
    rubric: Rubric,
    pack: LanguagePack,
    opinions: Opinions,
    time: str,
) -> list[Row]:
    """The rows that ``entries`` add to what a person said already; what is the same adds none.

    Raises:
        UsageError: An id, a question or an answer is none; file and line are named.
    """
    known = {card.handle: card for card in cards}
    found: dict[tuple[str, str], Row | None] = {}
    for entry in entries:
        card, question = known.get(entry.handle), rubric.question(entry.question)
        if card is None:
            raise UsageError(
                f"{entry.where}: the id {entry.handle!r} is none of this review. Give the same "
                "source, --rubric, --sample and --reviewer as with --out."
            )
        if question is None:
            raise UsageError(f"{entry.where}: {rubric.name} asks no {entry.question!r}.")
        if entry.answer in ("", None, []) or question not in rubric.asked_of(card.parts):
            continue
        value = read_answer(entry.answer, question, pack)
        if value is None:
            said = ", ".join(map(str, question.values)) or "tags"
            raise UsageError(
                f"{entry.where}: {str(entry.answer)[:80]!r} is no answer to {question.key!r}: "
                f"{said}."
            )
        note = entry.note[:LONGEST_NOTE].strip()
        if given_answers(card, opinions).get(question.key) == (value, note):
            found[entry.handle, question.key] = None
            continue
        found[entry.handle, question.key] = Row(
            item=card.item,
            rubric=rubric.name,
            rubric_digest=rubric.digest,
            digest=card.digest,
            question=question.key,
            answer=turned(value) if card.is_turned else value,
            pair=card.pair,
            shown=card.shown,
            note=note,
            time=time,
        )
    return [row for row in found.values() if row is not None]
