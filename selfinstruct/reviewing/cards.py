"""What is put to a person: an item with its texts, or two answers to one prompt."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from selfinstruct.comparing.contests import Contest
from selfinstruct.judging.items import Subject
from selfinstruct.reviewing.blind import turned_sides
from selfinstruct.rubrics import Part


@dataclass(frozen=True, slots=True)
class Card:
    """One thing that is asked about.

    Attributes:
        item: What rows call it.
        digest: A digest of what is read; of pairs it is the same in either order.
        instruction: The instruction.
        input: Its input; "" for none.
        outputs: The output, or the two in the order in which they are shown.
        parts: What it has.
        pair: Of pairs, a digest of each of the two in the order in which they were named.
        shown: Of pairs, which of the two stands first and which second.
    """

    item: str
    digest: str
    instruction: str
    input: str
    outputs: tuple[str, ...]
    parts: frozenset[Part]
    pair: tuple[str, str] | None = None
    shown: tuple[int, int] | None = None

    @property
    def handle(self) -> str:
        """What files for others call it: a digest, for an id of a stranger's may name a model."""
        return _digest(self.item, self.digest)

    @property
    def is_turned(self) -> bool:
        """Whether the second of a pair stands first."""
        return self.shown == (1, 0)


def card_of(one: Subject) -> Card:
    """The card of an item."""
    outputs = (one.output,) if one.output.strip() else ()
    return Card(one.id, one.digest, one.instruction, one.input, outputs, one.parts)


def pair_cards(contests: Sequence[Contest], seed: int, reviewer: str) -> list[Card]:
    """The cards of contests of two, in this order, each with its side decided."""
    sides = turned_sides([one.id for one in contests], seed, reviewer)
    return [_pair(one, is_turned=turned) for one, turned in zip(contests, sides, strict=True)]


def pair_of(contest: Contest) -> tuple[str, str]:
    """A digest of each of the two answers, as they are named."""
    return contest.answers[0].digest, contest.answers[1].digest


def _pair(one: Contest, *, is_turned: bool) -> Card:
    pair = pair_of(one)
    shown = (1, 0) if is_turned else (0, 1)
    parts = {Part.INSTRUCTION, Part.OUTPUT} | ({Part.INPUT} if one.input.strip() else set())
    return Card(
        one.id,
        _digest(one.id, *sorted(pair)),
        one.instruction,
        one.input,
        tuple(one.answers[place].text for place in shown),
        frozenset(parts),
        pair,
        shown,
    )


def _digest(*texts: str) -> str:
    whole = "\0".join(texts)
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:16]
