"""``select``: the best tasks of a set, those that are not all alike, and what that does to it."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selfinstruct import choosing
from selfinstruct.api.inputs import Named, texts_of
from selfinstruct.api.looked_at import Look, is_pool, set_of, source_of
from selfinstruct.api.observer import SILENT, Observer
from selfinstruct.api.results import Result, hidden
from selfinstruct.choosing.brought import Brought, brought
from selfinstruct.counts import counted
from selfinstruct.errors import SettingsError, UsageError
from selfinstruct.formats.reading import records
from selfinstruct.formats.writing import record_file
from selfinstruct.judging.reading import judging_folder, judgings, rows, rubric_of
from selfinstruct.outputs import Output, door
from selfinstruct.report import Source

_PASSED = "passed"


@dataclass(frozen=True, slots=True)
class SelectResult(Result):
    """A choice.

    Attributes:
        source: Of what.
        by: By what.
        size: How many were wanted; None for all that are good enough.
        apart: From which ROUGE-L on tasks were too near; 1 for any.
        output: The file that names the chosen ones; ``export --only`` takes it.
        passed: The file of all others, with the reasons; None where the output is a stream.
        tasks: How many there were.
        selected: How many were taken.
        passed_over: How many were not, by the reason.
        unit: What lengths are counted in.
        effect: What the choice does to the set, and plain choices of the same size.
        warnings: What should be looked at, in sentences.
        seconds: How long it took.
        is_pool: Whether it was a pool.
    """

    source: str
    by: str
    size: int | None
    apart: float
    output: str
    passed: str | None
    tasks: int
    selected: int
    passed_over: Mapping[str, int]
    unit: str
    effect: choosing.Effect = field(metadata=hidden())
    warnings: tuple[str, ...]
    seconds: float
    is_pool: bool = field(default=True, metadata=hidden())

    def row(self) -> dict[str, Any]:
        """See :class:`selfinstruct.api.results.Result`."""
        return Result.row(self) | self.effect.row()


def select(
    source: Named,
    output: Named = "selection.jsonl",
    *,
    by: str,
    size: int | None = None,
    judgements: str | Sequence[str] | None = None,
    at_least: str | Sequence[str] = (),
    apart: float = 0.7,
    tag_count: int = 2,
    seed: int = 0,
    language: str | None = None,
    force: bool = False,
    code: Collection[str] = (),
    observer: Observer = SILENT,
) -> SelectResult:
    """Choose tasks of a pool, best first, and say of all others why not.

    Nobody is asked, and nothing is locked or changed: what judges said stands in judgings.

    Args:
        source: A pool, or a data set in a common form.
        output: What is written: a line for each chosen task, in order of rank; all others go into
            a file beside it. ``-`` is standard output, and then those are not written.
        by: ``random``, ``longest``, ``rating``, ``deita``, ``tags`` or ``file:SCORES``.
        size: How many; None for all that reach ``at_least`` and are far enough apart.
        judgements: Judgings by name or folder; None for all that a pool has.
        at_least: What a task must reach, such as ``accuracy=4.5``, ``rating=B`` or ``score=12``.
        apart: A task whose ROUGE-L with a chosen one is that or more is passed over; 1 for none.
        tag_count: Tags that stand at fewer tasks are dropped.
        seed: Where the random order begins.
        language: Of sets that are no pools; None for English.
        force: Whether files that are there may be replaced.
        code: The tokenizers ``module:function`` that may be imported, if a pool has one.
        observer: Who hears how far it is.

    Raises:
        UsageError: Something given makes no sense, or the set or a judging cannot be read.
        DiskError: A file cannot be written; what was there is untouched then.
    """
    started = time.monotonic()
    way = choosing.By.of(by)
    _refuse_nonsense(size, apart, tag_count, texts_of(at_least))
    name = str(source)
    inputs = [name, *([way.file] if way.file else [])]
    places = _Places.of(output, inputs, force=force)
    found = _read(name, Look(language, code=code, judgements=()), observer)
    judged = choosing.Judgements(name, list(_answers(name, judgements)))
    least = [choosing.Least.of(said, judged) for said in texts_of(at_least)]
    if way.way is choosing.Way.RANDOM and any(one.answers is None for one in least):
        raise SettingsError("--min score: a random order has no score.")
    scores = _brought(way.file, found) if way.file else Brought({}, 0)
    how = choosing.Scoring(way, judged, least, tag_count, scores.scores)
    tasks = choosing.scored(found, how)
    bounds = choosing.Bounds(size, least, apart)
    choice = choosing.choose(tasks, way.way, bounds, found.tokenizer, seed)
    if not choice.taken:
        reasons = ", ".join(f"{count:,} {why}" for why, count in choice.reasons().items() if count)
        raise UsageError(f"{name}: nothing could be chosen: {reasons or 'it has no tasks'}.")
    effect = choosing.effect(found, tasks, choice.taken, how, seed)
    places.write(choice)
    return SelectResult(
        source=name,
        by=way.said,
        size=size,
        apart=apart,
        output=str(output),
        passed=str(places.passed.path) if places.passed is not None else None,
        tasks=len(tasks),
        selected=len(choice.taken),
        passed_over=choice.reasons(),
        unit=found.unit,
        effect=effect,
        warnings=(*_strange(way.file, scores), *effect.warnings),
        seconds=round(time.monotonic() - started, 3),
        is_pool=is_pool(name),
    )


def _refuse_nonsense(size: int | None, apart: float, tag_count: int, least: Sequence[str]) -> None:
    if size is not None and size < 1:
        raise SettingsError(f"--size must be at least 1, not {size}.")
    if not 0 < apart <= choosing.ANYHOW:
        raise SettingsError(f"--apart must be above 0 and at most 1, not {apart:g}.")
    if tag_count < 1:
        raise SettingsError(f"--tag-count must be at least 1, not {tag_count}.")
    if size is None and not least and apart == choosing.ANYHOW:
        raise SettingsError("Everything would be taken: give --size, --min or --apart.")


def _read(name: str, look: Look, observer: Observer) -> Source:
    count = 0

    def tick() -> None:
        nonlocal count
        count += 1
        show(lambda: f"{counted(count, 'row')} read")

    with observer.counting() as show:
        return source_of(name, look, tick) if is_pool(name) else set_of(name, look, tick)


def _answers(source: str, names: str | Sequence[str] | None) -> Iterator[choosing.Answers]:
    pool = Path(source)
    for name in judgings(pool) if names is None else texts_of(names):
        folder = judging_folder(pool, name)
        yield from choosing.answers_of(folder.name, rubric_of(folder), rows(folder))


def _brought(file: str, source: Source) -> Brought:
    def found() -> Iterator[tuple[str, Mapping[str, Any]]]:
        for record in records(file):
            if record.flaw:
                raise UsageError(record.flaw)
            yield record.where, record.row

    return brought(file, found(), source.items)


def _strange(file: str, scores: Brought) -> list[str]:
    if not scores.strange:
        return []
    return [f"{scores.strange:,} ids of {file} are of no task here; their scores say nothing."]


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the chosen tasks go, and all others beside."""

    chosen: Output
    passed: Output | None

    @classmethod
    def of(cls, output: Named, inputs: list[str], *, force: bool) -> _Places:
        chosen = door(output, force=force, inputs=inputs)
        if chosen.is_stream:
            return cls(chosen, None)
        head, dot, ending = Path(output).name.partition(".")
        beside = Path(output).with_name(f"{head}.{_PASSED}{dot}{ending}")
        return cls(chosen, door(beside, force=force, inputs=inputs))

    def write(self, choice: choosing.Choice) -> None:
        """Write both; the others first, so that no choice is newer than they are."""
        if self.passed is not None:
            _write(self.passed, (one.row() for one in choice.passed))
        _write(
            self.chosen,
            ({"id": one.id, "rank": rank} | one.row() for rank, one in enumerate(choice.taken, 1)),
        )


def _write(output: Output, lines: Iterator[dict[str, Any]]) -> None:
    with record_file(output) as file:
        for line in lines:
            file.write(line)
