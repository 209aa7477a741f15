"""What a worker does for blocks of texts: it searches a slice of one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from selfinstruct.engines import Shared
from selfinstruct.novelty.coded import Coded
from selfinstruct.novelty.scoring import Bar
from selfinstruct.novelty.tailed import TailedIndex

_Scored: TypeAlias = tuple[int, float]
Near: TypeAlias = tuple[_Scored | None, Sequence[_Scored]]
"""The row and score of the nearest of what was kept before, and places and scores of all near ones
of the block."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block as workers see it.

    Attributes:
        texts: Its different texts, in the order of their first coming.
        reaches: For each, how many of them were there when it came for the last time.
    """

    texts: Coded
    reaches: Sequence[int]


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice of a block, to be searched.

    Attributes:
        run: Whose block.
        number: The number of the block in the run.
        bar: What near texts reach.
        kept: What was kept before, in parts.
        block: The block.
        first: Where the slice begins.
        end: Where it ends.
    """

    run: str
    number: int
    bar: Bar
    kept: tuple[Shared[Coded], ...]
    block: Shared[Block]
    first: int
    end: int


@dataclass(slots=True)
class _Worker:
    """What a worker holds: nothing that it could not make again from what is shared.

    Attributes:
        run: The run that it is for.
        index: What was kept before, and behind it the block.
        parts: How many parts of what was kept are in the index.
        base: How many texts these are.
        number: The block that is in the index; 0 where none is.
    """

    run: str
    index: TailedIndex
    parts: int = 0
    base: int = 0
    number: int = 0

    def turn_to(self, wanted: Slice) -> None:
        """Have in the index what ``wanted`` is about."""
        if self.number == wanted.number:
            return
        self.number = 0  # what breaks off here is begun again
        self.index.cut(self.base)
        for part in wanted.kept[self.parts :]:
            self.index.add_coded(part.fetch())
            self.parts, self.base = self.parts + 1, len(self.index)
        self.index.add_coded(wanted.block.fetch().texts)
        self.number = wanted.number


class _Here(threading.local):
    worker: _Worker | None = None


_here = _Here()


def searched(wanted: Slice) -> dict[int, Near]:
    """What texts of a slice are near to, by place in the block; others are near to nothing."""
    worker = _here.worker
    if worker is None or worker.run != wanted.run:
        worker = _here.worker = _Worker(wanted.run, TailedIndex(wanted.bar))
    worker.turn_to(wanted)
    block, base = wanted.block.fetch(), worker.base
    found: dict[int, Near] = {}
    for place in range(wanted.first, wanted.end):
        reach = base + block.reaches[place]
        best, tail = worker.index.near_in_both(block.texts.of(place), base, reach)
        others = [(one.row - base, one.score) for one in tail if one.row - base != place]
        if best is not None or others:
            found[place] = ((best.row, best.score) if best else None, others)
    return found
