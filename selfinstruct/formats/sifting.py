"""Benchmarks in tasks, looked for by several workers: each makes the benchmark for itself."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from selfinstruct.engines import Engine, Shared
from selfinstruct.filters.contamination import Benchmark
from selfinstruct.formats.leaked import Hits, hits_in
from selfinstruct.languages import naming, tokenizer
from selfinstruct.novelty import NoveltyIndex
from selfinstruct.tasks import Task

_PART = 500  # tasks that a worker looks at in one go


@dataclass(frozen=True, slots=True)
class Sought:
    """A benchmark as workers get it.

    Attributes:
        name: Which benchmark it is, for a worker that has another at hand.
        tokenizer: The name of what splits texts for ROUGE-L.
        threshold: The ROUGE-L F1 from which a text is a hit.
        words: How long a shared run of words must be.
        items: The texts of each item.
    """

    name: str
    tokenizer: str
    threshold: float
    words: int
    items: list[list[str]]

    @classmethod
    def of(cls, benchmark: Benchmark, used: str, threshold: float, words: int) -> Sought:
        """What workers need to make ``benchmark`` again."""
        sought = cls(uuid.uuid4().hex, used, threshold, words, benchmark.items)
        _hold(sought, benchmark)  # where this process is the worker, it is there already
        return sought


def sifted(tasks: Iterable[Task], sought: Sought, engine: Engine) -> Iterator[tuple[Task, Hits]]:
    """Each task with what it holds of a benchmark, in order."""
    shared = engine.share(sought)
    ahead, behind = itertools.tee(_parts(tasks))
    calls = ((shared, engine.share(part)) for part in ahead)
    for part, found in zip(behind, engine.map(_looked, calls), strict=False):
        yield from zip(part, found, strict=True)


def _parts(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    tasks = iter(tasks)
    while part := list(itertools.islice(tasks, _PART)):
        yield part


def _looked(call: tuple[Shared[Sought], Shared[list[Task]]]) -> list[Hits]:
    shared, part = call
    benchmark = _benchmark(shared.fetch())
    return [hits_in(task, benchmark) for task in part.fetch()]


_made: dict[str, Benchmark] = {}  # the one that was last looked for here


def _benchmark(sought: Sought) -> Benchmark:
    if sought.name not in _made:
        with naming({sought.tokenizer}):  # the person has named it, where this was begun
            index = NoveltyIndex(tokenizer(sought.tokenizer), sought.threshold)
        benchmark = Benchmark(index, sought.words)
        for texts in sought.items:
            benchmark.add(texts)
        _hold(sought, benchmark)
    return _made[sought.name]


def _hold(sought: Sought, benchmark: Benchmark) -> None:
    _made.clear()
    _made[sought.name] = benchmark
