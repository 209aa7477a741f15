"""What an export holds, counted while it is written."""

from __future__ import annotations

import statistics
from array import array
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from selfinstruct.formats.reasoning import thoughts_of
from selfinstruct.tasks import Task

IMPORT, SEED = "import", ("seed", "", "")


class Lengths:
    """Words and characters of texts by field; memory holds two small numbers a text."""

    def __init__(self) -> None:
        self._of: dict[str, tuple[array[int], array[int]]] = {}

    def measure(self, name: str, text: str) -> None:
        """Count ``text`` among those of field ``name``."""
        words, characters = self._of.setdefault(name, (array("I"), array("I")))
        words.append(len(text.split()))
        characters.append(len(text))

    def figures(self, *names: str) -> dict[str, dict[str, float]]:
        """Of each field the mean, median and largest number of words and of characters."""
        return {
            name: {
                "words_mean": round(statistics.fmean(words), 1),
                "words_median": statistics.median(words),
                "characters_mean": round(statistics.fmean(characters), 1),
                "characters_most": max(characters),
            }
            for name in names
            if name in self._of
            for words, characters in [self._of[name]]
        }


@dataclass(frozen=True, slots=True)
class Imported:
    """Where imported tasks come from.

    Attributes:
        file: The file; "" where nobody says.
        format: Its format.
        licence: As given when it was imported.
        filtered: Whether the pool's rules and novelty judged it; None where nobody says.
    """

    file: str
    format: str
    licence: str
    filtered: bool | None


@dataclass(slots=True)
class Census:
    """Counts of tasks and rows; memory holds three small numbers a row.

    Attributes:
        tasks: Tasks by split.
        rows: Rows by split.
        classification: Classification tasks.
        without_input: Rows whose input is empty.
        origins: Tasks by recipe, teacher and model.
        with_reasoning: Rows whose output has thoughts.
        left_out: Tasks and instances that were not taken, by why.
        sources: Of imported tasks, by file, format, licence and whether they were judged by the
            pool's rules, the tasks and the rows.
        bytes: Bytes by split, as far as files were counted.
        sample: The first row that was written; {} where there are no rows.
    """

    tasks: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    classification: int = 0
    without_input: int = 0
    with_reasoning: int = 0
    origins: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    sources: dict[Imported, list[int]] = field(default_factory=dict)
    bytes: Counter[str] = field(default_factory=Counter)
    sample: dict[str, Any] = field(default_factory=dict)
    _lengths: Lengths = field(default_factory=Lengths)

    def add(self, task: Task, places: list[int], split: str) -> None:
        """Count ``task`` with the instances that are exported."""
        came = task.provenance
        self.tasks[split] += 1
        self.rows[split] += len(places)
        self.classification += task.is_classification
        origin = (came.recipe, came.teacher, came.model) if came else SEED
        self.origins[origin] += 1
        if came and came.recipe == IMPORT:
            told = came.lineage
            key = Imported(told.source, told.format, told.licence, told.filtered)
            counted = self.sources.setdefault(key, [0, 0])
            counted[0] += 1
            counted[1] += len(places)
        self._lengths.measure("instruction", task.instruction)
        for place in places:
            case = task.instances[place]
            self.without_input += not case.input
            self.with_reasoning += bool(thoughts_of(case))
            if case.input:
                self._lengths.measure("input", case.input)
            self._lengths.measure("output", case.output)

    @property
    def imported(self) -> int:
        """Tasks that were imported."""
        return sum(tasks for tasks, _ in self.sources.values())

    @property
    def seeds(self) -> int:
        """Seed tasks, which people wrote."""
        return self.origins[SEED]

    @property
    def grown(self) -> int:
        """Tasks that a teacher wrote."""
        return self.origins.total() - self.imported - self.seeds

    @property
    def unjudged(self) -> int:
        """Tasks of which it is not known that the pool's rules and novelty judged them."""
        return sum(tasks for key, (tasks, _) in self.sources.items() if key.filtered is not True)

    def lengths(self) -> dict[str, dict[str, float]]:
        """Of each field the mean, median and largest number of words and of characters."""
        return self._lengths.figures("instruction", "input", "output")

    def summary(self) -> dict[str, Any]:
        """The counts as plain values."""
        return {
            "tasks": self.tasks.total(),
            "rows": self.rows.total(),
            "splits": dict(self.rows),
            "left_out": dict(self.left_out),
        }
