"""What is put to a person: an item with its texts, or two answers to one prompt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from selfinstruct.judging.items import Subject
from selfinstruct.judging.sampling import rank
from selfinstruct.reviewing.blind import turned_sides
from selfinstruct.rubrics import Part

_PAIR = "pair_"


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


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two answers to each of some prompts.

    Attributes:
        both: By what rows call the prompt, the two.
        same: Prompts whose two answers are one text, which nobody need look at.
        alone: Prompts that only one of the two sources answers.
    """

    both: Mapping[str, tuple[Subject, Subject]]
    same: int
    alone: int


def pairs_of(first: Iterable[Subject], second: Iterable[Subject]) -> Pairs:
    """The pairs of two sources: answers to one prompt are those with one instruction and input.

    Of several answers of a source to one prompt the first counts.
    """
    one, other = _by_prompt(first), _by_prompt(second)
    shared = [prompt for prompt in one if prompt in other]
    both = {
        prompt: (one[prompt], other[prompt])
        for prompt in shared
        if one[prompt].output.strip() != other[prompt].output.strip()
    }
    return Pairs(both, len(shared) - len(both), len(one.keys() ^ other.keys()))


def pair_cards(pairs: Pairs, size: int | None, seed: int, reviewer: str) -> list[Card]:
    """The cards of ``size`` pairs, in the order of their ranks, each with its side decided."""
    items = sorted(pairs.both, key=lambda item: rank(seed, item))[:size]
    sides = turned_sides(items, seed, reviewer)
    return [
        _pair(item, pairs.both[item], is_turned=is_turned)
        for item, is_turned in zip(items, sides, strict=True)
    ]


def _pair(item: str, both: Sequence[Subject], *, is_turned: bool) -> Card:
    digests = (both[0].digest, both[1].digest)
    shown = (1, 0) if is_turned else (0, 1)
    return Card(
        item,
        _digest(*sorted(digests)),
        both[0].instruction,
        both[0].input,
        tuple(both[place].output for place in shown),
        both[0].parts | {Part.OUTPUT},
        digests,
        shown,
    )


def _by_prompt(found: Iterable[Subject]) -> dict[str, Subject]:
    known: dict[str, Subject] = {}
    for one in found:
        known.setdefault(_PAIR + _digest(one.instruction.strip(), one.input.strip()), one)
    return known


def _digest(*texts: str) -> str:
    whole = "\0".join(texts)
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:16]
