"""First come, first kept, for many workers: verdicts by blocks of ranks, equal to one by one.

A block is some thousands of texts in the order in which they came. Its equal texts are taken
together, for only the first of them can be kept. Workers search slices of it, each against what
was kept before and against the whole block: for each text the nearest of the former and every near
one of the latter. Then one pass over the block, in order, decides: a text is kept unless it is near
to something kept before it, and the nearest of that is its match. So nothing depends on the size
of blocks, on slices, or on who was done first.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from selfinstruct.engines import Engine, Shared, sliced
from selfinstruct.novelty.coded import Coded, Codes, Spoken, spoken
from selfinstruct.novelty.index import Match
from selfinstruct.novelty.postings import LONGEST
from selfinstruct.novelty.scoring import Bar
from selfinstruct.novelty.searching import Block, Near, Slice, searched


@dataclass(frozen=True, slots=True)
class Pending:
    """A block whose slices are being searched.

    Attributes:
        places: Of each text of the block its place among the different ones; -1 for one without
            tokens, which is near to nothing.
        seen: Of each, how many different ones had come before it.
        texts: The different ones.
        found: What the workers find, slice by slice.
    """

    places: Sequence[int]
    seen: Sequence[int]
    texts: Coded
    found: Iterator[dict[int, Near]]


@dataclass(slots=True)
class Blocks:
    """Verdicts on texts, block after block; rows count what was kept, from 0.

    Args:
        engine: Who searches.
        bar: What near texts reach.
    """

    engine: Engine
    bar: Bar
    _codes: Codes = field(default_factory=Codes)
    _run: str = field(default_factory=lambda: uuid.uuid4().hex)
    _kept: list[Shared[Coded]] = field(default_factory=list)
    _long: set[int] = field(default_factory=set)  # rows of what is kept
    _count: int = 0
    _number: int = 0

    def keep(self, texts: Iterable[Sequence[str]]) -> None:
        """Count ``texts``, as their tokens, as kept without judging them; while none is pending."""
        self._keep(self._codes.of([spoken(texts)]))

    def judge(self, texts: Iterable[Sequence[str]]) -> list[Match | None]:
        """What of all that was kept before each text is too near to; None where it is kept."""
        return self.finish(self.start([spoken(texts)]))

    def start(self, parts: Iterable[Spoken]) -> Pending:
        """Let workers search a block, given in parts; the one before it must be finished."""
        block = self._codes.of(parts)
        whole = block.codes.tobytes()
        borders = (block.starts * block.codes.itemsize).tolist()
        places: list[int] = []
        seen: list[int] = []
        known: dict[bytes, int] = {}
        firsts: list[int] = []
        reaches: list[int] = []
        for number in range(len(block)):
            seen.append(len(known))
            text = whole[borders[number] : borders[number + 1]]
            place = known.setdefault(text, len(known)) if text else -1
            places.append(place)
            if place == len(reaches):
                firsts.append(number)
                reaches.append(place)
            elif text:
                reaches[place] = seen[-1]
        texts = block if len(firsts) == len(block) else block.some(firsts)
        return Pending(places, seen, texts, self._searched(Block(texts, reaches)))

    def _searched(self, block: Block) -> Iterator[dict[int, Near]]:
        self._number += 1
        shared, kept = self.engine.share(block), tuple(self._kept)
        calls = (
            Slice(self._run, self._number, self.bar, kept, shared, first, end)
            for first, end in sliced(len(block.texts), self.engine)
        )
        return self.engine.map(searched, calls)

    def finish(self, pending: Pending) -> list[Match | None]:
        """The verdicts on a block, when it has been searched."""
        near: dict[int, Near] = {}
        for part in pending.found:
            near |= part
        lengths = np.diff(pending.texts.starts)
        rows: dict[int, int] = {}  # by place among the different texts, the row of what is kept
        kept: list[int] = []  # their places, and -1 for texts without tokens
        verdicts: list[Match | None] = []
        for place, seen in zip(pending.places, pending.seen, strict=True):
            match: Match | None = None
            if place in rows:
                match = Match(rows[place], 1.0)  # equal to a text that is kept
            elif place in near:
                match = self._nearest(near[place], rows, seen)
            if match is None:
                row = self._count + len(kept)
                kept.append(place)
                if place >= 0:
                    rows[place] = row
                    if lengths[place] > LONGEST:
                        self._long.add(row)
            verdicts.append(match)
        self._keep(pending.texts.some(kept))
        return verdicts

    def _nearest(self, near: Near, rows: dict[int, int], seen: int) -> Match | None:
        """The nearest of what was kept before; of equally near ones that which the index gives."""
        best, others = near
        found = [] if best is None else [Match(*best)]
        found += [Match(rows[one], score) for one, score in others if one < seen and one in rows]
        return min(found, key=self._order, default=None)

    def _order(self, match: Match) -> tuple[float, bool, int]:
        # The index looks at texts that are too long to be posted behind all others, but where all
        # near texts are looked at for one that counts.
        last = match.row in self._long and not self.bar.below
        return -match.score, last, match.row

    def _keep(self, texts: Coded) -> None:
        if not len(texts):
            return
        long = np.flatnonzero(np.diff(texts.starts) > LONGEST)
        self._long.update((self._count + long).tolist())
        self._kept.append(self.engine.share(texts))
        self._count += len(texts)
