"""First come, first kept, for many workers: verdicts by blocks of ranks, equal to one by one.

A block is some thousands of texts in the order in which they came. Its equal texts are taken
together, for only the first of them can be kept. Workers search slices of it, each against what was
kept before and against the whole block: for each text the nearest of the former and every near one of
the latter. Then one pass over the block, in order, decides: a text is kept unless it is near to
something kept before it, and the nearest of that is its match. So nothing depends on the size of
blocks, on slices, or on who was done first.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from selfinstruct.engines import Engine, Shared, sliced
from selfinstruct.novelty.index import Match
from selfinstruct.novelty.postings import LONGEST
from selfinstruct.novelty.tailed import TailedIndex, Tokens

_Texts: TypeAlias = Sequence[Tokens]
_Near: TypeAlias = tuple[Match | None, list[Match]]
"""The nearest of what was kept before, and all near ones of the block."""


@dataclass(frozen=True, slots=True)
class _Block:
    """A block as workers see it.

    Attributes:
        texts: Its different texts, in the order of their first coming.
        reaches: For each, how many of them were there when it came for the last time.
    """

    texts: _Texts
    reaches: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Call:
    """A slice of a block to be searched.

    Attributes:
        run: Whose block.
        number: The number of the block in the run.
        threshold: From which ROUGE-L F1 on texts are near.
        kept: What was kept before, in parts.
        block: The block.
        first: Where the slice begins.
        end: Where it ends.
    """

    run: str
    number: int
    threshold: float
    kept: tuple[Shared[_Texts], ...]
    block: Shared[_Block]
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
        number: The block that is in the index; -1 where none is.
    """

    run: str
    index: TailedIndex
    parts: int = 0
    base: int = 0
    number: int = -1

    def turn_to(self, call: _Call) -> None:
        """Have in the index what ``call`` is about."""
        if self.number == call.number:
            return
        self.index.cut(self.base)
        for part in call.kept[self.parts :]:
            self.index.add_tokens(part.fetch())
        self.parts, self.base = len(call.kept), len(self.index)
        self.index.add_tokens(call.block.fetch().texts)
        self.number = call.number


class _Here(threading.local):
    worker: _Worker | None = None


_here = _Here()


def _searched(call: _Call) -> list[_Near]:
    """What each text of a slice is near to, with rows of the block counted from its beginning."""
    worker = _here.worker
    if worker is None or worker.run != call.run or worker.number > call.number:
        worker = _here.worker = _Worker(call.run, TailedIndex(call.threshold))
    worker.turn_to(call)
    block, base = call.block.fetch(), worker.base
    found: list[_Near] = []
    for place in range(call.first, call.end):
        best, tail = worker.index.near_in_both(
            block.texts[place], base, base + block.reaches[place]
        )
        others = [Match(one.row - base, one.score) for one in tail if one.row - base != place]
        found.append((best, others))
    return found


@dataclass(slots=True)
class Pending:
    """A block whose slices are being searched.

    Attributes:
        places: Of each text of the block its place among the different ones; -1 for one without
            tokens, which is near to nothing.
        seen: Of each, how many different ones had come before it.
        texts: The different ones.
        found: What the workers find, in the order of ``texts``.
    """

    places: list[int]
    seen: list[int]
    texts: list[Tokens]
    found: Iterator[list[_Near]]


@dataclass(slots=True)
class Blocks:
    """Verdicts on texts, block after block; rows count what was kept, from 0.

    Args:
        engine: Who searches.
        threshold: Texts at or above this ROUGE-L F1, in (0, 1], count as near.
    """

    engine: Engine
    threshold: float
    _run: str = field(default_factory=lambda: uuid.uuid4().hex)
    _kept: list[Shared[_Texts]] = field(default_factory=list)
    _long: set[int] = field(default_factory=set)  # rows of what is kept
    _count: int = 0
    _number: int = 0

    def keep(self, texts: _Texts) -> None:
        """Count ``texts`` as kept, without judging them; not while a block is pending."""
        if texts:
            rows = enumerate(texts, self._count)
            self._long.update(row for row, tokens in rows if len(tokens) > LONGEST)
            self._kept.append(self.engine.share(texts))
            self._count += len(texts)

    def judge(self, texts: _Texts) -> list[Match | None]:
        """What of everything kept before each text is too near to; None where it is kept."""
        return self.finish(self.start(texts))

    def start(self, texts: _Texts) -> Pending:
        """Let workers search a block; the one before it must be finished."""
        places: list[int] = []
        seen: list[int] = []
        known: dict[tuple[str, ...], int] = {}
        reaches: list[int] = []
        for tokens in texts:
            seen.append(len(known))
            if not tokens:
                places.append(-1)
                continue
            place = known.setdefault(tuple(tokens), len(known))
            places.append(place)
            if place == len(reaches):
                reaches.append(place)
            else:
                reaches[place] = seen[-1]
        return Pending(places, seen, list(known), self._found(_Block(list(known), reaches)))

    def _found(self, block: _Block) -> Iterator[list[_Near]]:
        shared = self.engine.share(block)
        self._number += 1
        calls = (
            _Call(self._run, self._number, self.threshold, tuple(self._kept), shared, *borders)
            for borders in sliced(len(block.texts), self.engine)
        )
        return self.engine.map(_searched, calls)

    def finish(self, pending: Pending) -> list[Match | None]:
        """The verdicts on a block, when it has been searched."""
        near = [one for part in pending.found for one in part]
        rows: dict[int, int] = {}  # by place among the different texts, the row of what is kept
        kept: list[Tokens] = []
        verdicts: list[Match | None] = []
        for place, seen in zip(pending.places, pending.seen, strict=True):
            match: Match | None = None
            if place in rows:
                match = Match(rows[place], 1.0)  # equal to a text that is kept
            elif place >= 0:
                match = self._nearest(near[place], rows, seen)
            if match is None:
                tokens = pending.texts[place] if place >= 0 else ()
                row = self._count + len(kept)
                if place >= 0:
                    rows[place] = row
                if len(tokens) > LONGEST:
                    self._long.add(row)
                kept.append(tokens)
            verdicts.append(match)
        self.keep(kept)
        return verdicts

    def _nearest(self, near: _Near, rows: dict[int, int], seen: int) -> Match | None:
        """The nearest of what was kept before; of equally near ones that which the index gives."""
        best, others = near
        found = [] if best is None else [best]
        found += [
            Match(rows[one.row], one.score)
            for one in others
            if one.row < seen and one.row in rows
        ]
        return min(found, key=self._order, default=None)

    def _order(self, match: Match) -> tuple[float, bool, int]:
        # The index looks at texts that are too long to be posted behind all others.
        return -match.score, match.row in self._long, match.row
