"""Tasks beside the items of benchmarks: what of an item may be found, and where it is found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from selfinstruct.errors import UsageError
from selfinstruct.filters.contamination import Benchmark, Hit
from selfinstruct.formats.base import Reading, joined
from selfinstruct.formats.importing import found_in
from selfinstruct.tasks import Task

Hits = list[tuple[int | None, Hit]]
"""Of a task, each hit with the number of its instance; None where the instruction holds it."""


def fill(
    benchmark: Benchmark,
    files: Sequence[tuple[str, Mapping[str, str]]],
    name: str | None,
    how: Reading,
) -> Iterator[str]:
    """Fill ``benchmark`` from ``files``; yields where each item stands.

    Args:
        benchmark: An empty one.
        files: Files and folders, each with the columns that were named for it alone.
        name: Their format; None for guessed.
        how: How rows are read otherwise.

    Raises:
        UsageError: One cannot be read, or holds nothing.
    """
    for path, columns in files:
        before = len(benchmark)
        own = replace(how, columns=columns) if columns else how
        for where, found in groupby(found_in(path, name, own), key=lambda one: one.where):
            texts: list[str] = []  # a row of several turns is one item
            for one in found:
                if one.task is None:
                    raise UsageError(one.flaw)
                texts += asked_by(one.task, benchmark)
            benchmark.add(texts)
            yield where
        if len(benchmark) == before:
            raise UsageError(f"{path}: holds no items.")


def asked_by(task: Task, benchmark: Benchmark) -> list[str]:
    """What of a benchmark's item may be found: what is asked, not its answers.

    An instruction that is the frame of all items ("Answer the following question.") is none alone.
    """
    texts = [joined(task.instruction, case.input) for case in task.instances]
    texts += [case.input for case in task.instances if benchmark.is_telling(case.input)]
    framed = any(case.input.strip() for case in task.instances)
    if not framed or benchmark.is_telling(task.instruction):
        texts.insert(0, task.instruction)
    return texts


def hits_in(task: Task, benchmark: Benchmark) -> Hits:
    """What of a benchmark a task holds: in its instruction (None), and in each instance by number.

    Instructions stand alone, and with each input. Inputs and outputs stand alone only where they
    are long enough to tell anything. What the instruction holds is not said of each instance again.
    """
    found: Hits = [(None, hit) for hit in benchmark.hits([task.instruction])]
    known = {hit.item for _, hit in found}
    for place, case in enumerate(task.instances):
        alone = [text for text in (case.input, case.output) if benchmark.is_telling(text)]
        whole = [joined(task.instruction, case.input)] if case.input.strip() else []
        found += [(place, hit) for hit in benchmark.hits([*whole, *alone]) if hit.item not in known]
    return found


@dataclass(frozen=True, slots=True)
class Holding:
    """A task that holds items of a benchmark.

    Attributes:
        place: Which of the tasks it is, from 0; -1 for a seed task.
        task: It.
        hits: What it holds; one at least.
    """

    place: int
    task: Task
    hits: Hits

    @property
    def lost(self) -> tuple[int, ...] | None:
        """Which of its instances hold items; None where nothing of it may stay."""
        places = {place for place, _ in self.hits if place is not None}
        if len(places) == len(self.task.instances) or any(place is None for place, _ in self.hits):
            return None
        return tuple(sorted(places))

    def detail(self, items: Sequence[str]) -> dict[str, Any]:
        """What its reject says: the first of the hits, of ``items`` by where they stand."""
        hit = self.hits[0][1]
        item = items[hit.item]
        return {"by": hit.by.value, "score": hit.score, "item": item, "found": hit.found}
