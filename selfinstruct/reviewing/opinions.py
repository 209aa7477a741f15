"""Which votes count: what a person says of each item now, and what they said by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from selfinstruct.annotations import Annotation, Annotator, Target, Who
from selfinstruct.judging.job import Status
from selfinstruct.reviewing.cards import Card
from selfinstruct.reviewing.votes import Row
from selfinstruct.rubrics import NA, Part, Rubric, Unit

Value = str | int | float | tuple[str, ...]

FIRST, SECOND, TIE, BOTH_BAD = "first", "second", "tie", "both_bad"
"""What is said of a pair."""

_TURNED = {FIRST: SECOND, SECOND: FIRST}


@dataclass(slots=True)
class Opinion:
    """What one person says of one item by one rubric.

    Attributes:
        digest: A digest of what was read.
        pair: Of pairs, a digest of each of the two.
        now: By question, the row that counts.
        own: The same without what was answered after a judge's reason was shown.
        revealed: The judging whose word was shown; "" for none.
        order: How many rows of the file came before the last of its own: when it was given.
    """

    digest: str
    pair: tuple[str, str] | None = None
    now: dict[str, Row] = field(default_factory=dict)
    own: dict[str, Row] = field(default_factory=dict)
    revealed: str = ""
    order: int = 0

    def take(self, row: Row, order: int) -> None:
        """Go on with the next row about it."""
        self.order = order
        if row.revealed:
            self.revealed = row.revealed
            return
        kept = (self.now,) if self.revealed else (self.now, self.own)
        for rows in kept:
            rows.pop(row.question, None)
            if not row.undo:
                rows[row.question] = row


class Opinions:
    """What one person says, by one rubric.

    Args:
        rubric: The rubric; what was said by another of that name does not count.
        rows: The rows of the person's file, in order.

    Attributes:
        by_item: By item and digest.
    """

    def __init__(self, rubric: Rubric, rows: Iterable[Row] = ()) -> None:
        self._rubric = rubric
        self._order = 0
        self.by_item: dict[tuple[str, str], Opinion] = {}
        for row in rows:
            self.take(row)

    def take(self, row: Row) -> None:
        """Go on with the next row of the file."""
        self._order += 1
        if (row.rubric, row.rubric_digest) == (self._rubric.name, self._rubric.digest):
            made = Opinion(row.digest, row.pair)
            self.by_item.setdefault((row.item, row.digest), made).take(row, self._order)

    def of(self, item: str, digest: str) -> Opinion:
        """What is said of an item as it is now."""
        return self.by_item.get((item, digest)) or Opinion(digest)


@dataclass(frozen=True, slots=True)
class Current:
    """What a source holds now, so that what was said of something else is not counted.

    Attributes:
        digests: By item, the digest of what it says.
        parts: By item, what it has.
    """

    digests: Mapping[str, str]
    parts: Mapping[str, frozenset[Part]]


_OF_PAIRS = frozenset({Part.INSTRUCTION, Part.INPUT, Part.OUTPUT})


def whole_rows(
    opinions: Opinions, rubric: Rubric, current: Current | None, *, own: bool = False
) -> list[dict[str, Any]]:
    """What was said of each item whose questions are all answered, in the order of the answers.

    The rows are those of a judging, so whatever reads judgements reads them. Answers about a pair
    are as if its texts stood in the order of their digests; ``pair`` tells how they were named.

    Args:
        opinions: A person's.
        rubric: By which rubric.
        current: What the source holds; None for pairs, which stand in no source.
        own: Without what was answered after a judge's reason was shown.
    """
    found = []
    for (item, digest), opinion in sorted(
        opinions.by_item.items(), key=lambda entry: entry[1].order
    ):
        if current is not None and current.digests.get(item) != digest:
            continue
        parts = _OF_PAIRS if current is None else current.parts[item]
        asked = [question.key for question in rubric.asked_of(parts)]
        rows = opinion.own if own else opinion.now
        if not asked or not rows.keys() >= set(asked):
            continue
        said = {key: of_sorted(rows[key]) for key in asked}
        found.append(
            {
                "item": item,
                "digest": digest,
                "pair": rows[asked[0]].pair,
                "status": Status.READ.value,
                "answers": {one.key: said.get(one.key, NA) for one in rubric.questions},
                "reason": " ".join(rows[key].note for key in asked if rows[key].note),
                "control": None,
                "only": next((rows[key].only for key in asked if rows[key].only), ""),
            }
        )
    return found


def of_sorted(row: Row) -> Value | None:
    """An answer about a pair as if its texts stood in the order of their digests.

    So two people say the same of one pair, whichever file each of them named first.
    """
    return row.answer if is_sorted(row.pair) else turned(row.answer)


def given_answers(card: Card, opinions: Opinions) -> Mapping[str, tuple[Value, str]]:
    """What a person answered about a card, as it is shown to them, and the notes."""
    found: dict[str, tuple[Value, str]] = {}
    for key, row in opinions.of(card.item, card.digest).now.items():
        value = of_sorted(row)
        if value is None:
            continue
        is_other = card.pair is not None and is_sorted(card.pair) == card.is_turned
        found[key] = (turned(value) if is_other else value, row.note)
    return found


def is_sorted(pair: tuple[str, str] | None) -> bool:
    """Whether the two stand in the order of their digests."""
    return pair is None or pair[0] <= pair[1]


def turned(answer: Any) -> Any:
    """What an answer about a pair is where the two change places."""
    return _TURNED.get(answer, answer) if isinstance(answer, str) else answer


def annotated(
    rows: Iterable[Mapping[str, Any]], rubric: Rubric, reviewer: str
) -> Iterator[Annotation]:
    """What :func:`whole_rows` found, as annotations by a person."""
    who = Annotator(kind=Who.PERSON, name=reviewer)
    for row in rows:
        item = ":".join([row["item"], *sorted(row["pair"] or ())])
        for question, value in row["answers"].items():
            if value != NA:
                yield Annotation(
                    target=Target(task=item) if rubric.unit is Unit.PAIR else Target.of(item),
                    rubric=rubric.name,
                    question=question,
                    value=value,
                    annotator=who,
                    rationale=row["reason"],
                )
