"""Which tasks are taken, one after the other, and why the others are passed over.

DEITA (Liu et al., arXiv 2312.15685, section 2.4) goes from the best score down and takes what is
not too near to what it has taken. InsTag (Lu et al., arXiv 2308.07074, section 4.1) goes round and
round, those with most tags first, and takes in each round what brings a tag that the round has not
seen yet. Nearness is ROUGE-L of texts, and not of meanings as in DEITA.
"""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from selfinstruct.choosing.least import Least
from selfinstruct.choosing.scoring import Scored
from selfinstruct.choosing.ways import Way
from selfinstruct.languages import Tokenizer
from selfinstruct.novelty import NoveltyIndex

ANYHOW = 1.0
"""The nearness that rules nothing out, texts that are the same among them."""


class Why(StrEnum):
    """Why a task is passed over."""

    NO_OUTPUT = "no_output"  # there is nothing to learn from it
    NO_SCORE = "no_score"  # nobody said what the choice needs
    BELOW = "below"  # less than the least
    NEAR = "near"  # too near to one that was taken
    FULL = "full"  # there are enough


@dataclass(frozen=True, slots=True)
class Passed:
    """A task that was passed over.

    Attributes:
        scored: The task.
        why: The reason.
        detail: What belongs to it: ``missing``; ``key``, ``value`` and ``least``; ``nearest`` and
            its ``rouge_l``.
    """

    scored: Scored
    why: Why
    detail: Mapping[str, Any] = field(default_factory=dict)

    def row(self) -> dict[str, Any]:
        """As the file says it."""
        return {"id": self.scored.id, "reason": self.why.value, **self.detail} | {
            key: value for key, value in self.scored.row().items() if key != "id"
        }


@dataclass(frozen=True, slots=True)
class Choice:
    """What was taken and what was not; together they are all tasks of the set.

    Attributes:
        taken: In the order of rank.
        passed: In the order in which they were looked at; those that never were come last.
    """

    taken: Sequence[Scored]
    passed: Sequence[Passed]

    def reasons(self) -> dict[str, int]:
        """How many were passed over, by the reason; each reason is there."""
        counts = Counter(one.why for one in self.passed)
        return {why.value: counts[why] for why in Why}


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many are taken, and which not.

    Attributes:
        size: The most tasks; None for all.
        least: What they must reach.
        apart: Texts whose ROUGE-L is that or more are too near; 1 for whatever.
    """

    size: int | None
    least: Sequence[Least] = ()
    apart: float = ANYHOW


def choose(
    tasks: Sequence[Scored], way: Way, bounds: Bounds, tokenizer: Tokenizer, seed: int = 0
) -> Choice:
    """Take of ``tasks`` what ranks highest.

    Neither the order of ``tasks`` nor their number decides anything but which are there: ties go by
    digests of ids.

    Args:
        tasks: All of them.
        way: By what they are ranked.
        bounds: How many, and which not.
        tokenizer: What ROUGE-L is computed with.
        seed: Where the order of a random choice begins.
    """
    passed: list[Passed] = []
    fit: list[Scored] = []
    for one in ranked(tasks, way, seed):
        if (flaw := _flaw(one, bounds.least)) is None:
            fit.append(one)
        else:
            passed.append(flaw)
    near = _Near(tokenizer, bounds.apart)
    size = len(fit) if bounds.size is None else bounds.size
    order = _rounds(fit, near) if way is Way.TAGS else _down(fit, near)
    taken: list[Scored] = []
    refused: list[Passed] = []
    while len(taken) < size and (found := next(order, None)) is not None:
        if isinstance(found, Passed):
            refused.append(found)
        else:
            taken.append(found)
    done = {id(one) for one in (*taken, *(each.scored for each in refused))}
    rest = [Passed(one, Why.FULL) for one in fit if id(one) not in done]
    return Choice(taken, [*refused, *rest, *passed])


def ranked(tasks: Sequence[Scored], way: Way, seed: int = 0) -> list[Scored]:
    """``tasks``, the best first; those without a score last."""
    if way is Way.RANDOM:
        return sorted(tasks, key=lambda one: _digest(f"random|{seed}|{one.id}"))
    return sorted(
        tasks,
        key=lambda one: (
            -(one.score if one.score is not None else float("-inf")),
            _digest(f"tie|{one.id}"),
        ),
    )


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


def _flaw(one: Scored, least: Sequence[Least]) -> Passed | None:
    if not one.has_output:
        return Passed(one, Why.NO_OUTPUT)
    if one.missing:
        return Passed(one, Why.NO_SCORE, {"missing": list(one.missing)})
    for bound in least:
        value = one.score if bound.answers is None else one.parts.get(bound.key)
        if value is None or value < bound.value:
            return Passed(one, Why.BELOW, {"key": bound.key, "value": value, "least": bound.value})
    return None


class _Near:
    """Which texts are too near to one that was taken.

    Args:
        tokenizer: What ROUGE-L is computed with.
        apart: From which ROUGE-L on.
    """

    def __init__(self, tokenizer: Tokenizer, apart: float) -> None:
        self._index = NoveltyIndex(tokenizer, apart) if apart < ANYHOW else None
        self._rows: list[str] = []

    def admit(self, one: Scored) -> Passed | None:
        """Count ``one`` among those taken, or say what it is too near to."""
        match = self._index.admit(one.item.text) if self._index is not None else None
        if match is None:
            self._rows.append(one.id)
            return None
        nearest = {"nearest": self._rows[match.row], "rouge_l": round(match.score, 6)}
        return Passed(one, Why.NEAR, nearest)


def _down(fit: Sequence[Scored], near: _Near) -> Iterator[Scored | Passed]:
    for one in fit:
        yield near.admit(one) or one


def _rounds(fit: Sequence[Scored], near: _Near) -> Iterator[Scored | Passed]:
    """Round after round, in the order of ``fit``, what brings a tag that is new to the round.

    Of each tag only the first task that is left can be the next to bring it, so a round looks at
    one task for each tag rather than at all of them.
    """
    places: dict[str, list[int]] = {}
    for place in reversed(range(len(fit))):
        for tag in fit[place].tags:
            places.setdefault(tag, []).append(place)  # the last one is the first in order
    gone: set[int] = set()
    while places:
        seen: set[str] = set()
        heap = [(found[-1], tag) for tag, found in places.items()]
        heapq.heapify(heap)
        while heap:
            place, tag = heapq.heappop(heap)
            if tag in seen:
                continue
            if place not in gone:
                gone.add(place)
                found = near.admit(fit[place]) or fit[place]
                if isinstance(found, Scored):
                    seen.update(fit[place].tags)
                yield found
            if (further := _first_left(places, tag, gone)) is not None and tag not in seen:
                heapq.heappush(heap, (further, tag))
        for tag in list(places):
            _first_left(places, tag, gone)


def _first_left(places: dict[str, list[int]], tag: str, gone: set[int]) -> int | None:
    """The first task with ``tag`` that is left; a tag without any is forgotten."""
    found = places.get(tag, [])
    while found and found[-1] in gone:
        found.pop()
    if not found:
        places.pop(tag, None)
        return None
    return found[-1]
