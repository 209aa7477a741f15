"""``import``: read, group, judge, commit."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from selfinstruct import lineage
from selfinstruct.api.clock import now
from selfinstruct.api.gate import Gate, take
from selfinstruct.api.inputs import Named, columns_of, names_of, refuse_unknown
from selfinstruct.api.observer import SILENT, Observer
from selfinstruct.api.plan import Plan
from selfinstruct.api.plan import plan as make_plan
from selfinstruct.api.results import Result, hidden
from selfinstruct.api.settings import PoolSettings
from selfinstruct.api.stop import Stop
from selfinstruct.bootstrap import Intake
from selfinstruct.counts import counted
from selfinstruct.errors import SettingsError, UsageError
from selfinstruct.formats.base import Found, Reading
from selfinstruct.formats.gathering import Gathered, gathered
from selfinstruct.formats.importing import found_in, meter_of
from selfinstruct.languages import load
from selfinstruct.outputs import real
from selfinstruct.pool import Pool, Position
from selfinstruct.seeds import file_text

_AS_IT_IS = PoolSettings()


@dataclass(frozen=True, slots=True)
class ImportResult(Result):
    """What an import came to.

    Attributes:
        pool: The pool's folder.
        formats: Of each input, its format.
        read: The rows that were read.
        found: The tasks that they make.
        tasks: The tasks that the pool holds now.
        accepted: Those of them that were imported.
        instances: Their instances.
        present: The tasks that had been there already.
        unread: Fields and parts of rows that nothing is kept of, with how many rows hold them.
        rejected: What was refused, by reason, the commonest first.
        seconds: How long it took.
        interrupted: Whether it was stopped; the same call goes on.
    """

    pool: Path
    formats: Mapping[str, str]
    read: int
    found: int
    tasks: int
    accepted: int
    instances: int
    present: int
    unread: Mapping[str, int]
    rejected: Mapping[str, int]
    seconds: float
    interrupted: bool = field(default=False, metadata=hidden())


def import_(
    inputs: Named | Sequence[Named],
    into: str | Path,
    *,
    format: str | None = None,  # noqa: A002 - as the option is called
    columns: Mapping[str, str] | None = None,
    turns: str = "first",
    split_input: bool = False,
    on_error: str = "stop",
    filtered: bool = True,
    dedupe: bool = False,
    drop_other_languages: bool = False,
    license: str | None = None,  # noqa: A002 - as the option is called
    settings: PoolSettings = _AS_IT_IS,
    observer: Observer = SILENT,
    stop: Stop | None = None,
) -> ImportResult:
    """Take existing data sets into a pool, through its rules and its novelty.

    Everything is read before the pool is opened: a file that cannot be read changes nothing.

    Args:
        inputs: Files, folders of them or pools, one or several; ``-`` is standard input.
        into: The pool; made where there is none.
        format: What the inputs are; None for guessed by the first row.
        columns: Which column is which: ``{"instruction": "Question", "output": "Answer"}``.
        turns: Of dialogues, the ``first`` exchange, or ``all``, each as a task.
        split_input: Whether what follows a prompt's first blank line is its input.
        on_error: What a row that cannot be used does: ``stop`` or ``skip``.
        filtered: Whether the pool's rules and its novelty judge.
        dedupe: Whether rows whose query stood earlier are refused.
        drop_other_languages: Whether tasks that are not in the pool's language are refused.
        license: Under which licence the inputs stand, for the card of an export.
        settings: What decides the data of a new pool.
        observer: Who hears how far it is.
        stop: What ends it behind the task at hand, from another thread.

    Raises:
        UsageError: Something makes no sense, or a row cannot be used and that is to stop.
        PoolBusyError: Another run holds the pool.
        DiskError: The pool cannot be written.
    """
    started = time.monotonic()
    names, folder = names_of(inputs), Path(into)
    refuse_unknown("turns", turns, ("first", "all"))
    refuse_unknown("on-error", on_error, ("skip", "stop"))
    how = Reading(
        turns == "all",
        split_input,
        columns_of(columns),
        needs_answer=format is None and not columns,
    )
    if folder.exists() and any(name != "-" and real(name) == real(folder) for name in names):
        raise SettingsError(f"{folder}: is both read and written; name another pool with --into.")
    plan = make_plan(folder, settings)
    gate = Gate(
        load(plan.pack.source),
        dedupe=dedupe,
        drop_other_languages=drop_other_languages,
        told=lineage.imported(filtered=filtered, licence=(license or "").strip()),
    )
    count = _Count()
    rows = _read(names, format, how, count, observer, stops=on_error == "stop")
    with gathered(rows) as found:
        job = _Job(folder, plan, gate, count, observer, stop or Stop())
        intake, position, interrupted = job.judge(found, filtered=filtered)
    return ImportResult(
        pool=folder,
        formats=count.formats,
        read=count.read,
        found=count.found,
        tasks=position.tasks,
        accepted=intake.accepted,
        instances=intake.instances,
        present=intake.present,
        unread=dict(count.unread.most_common()),
        rejected=dict(intake.rejected.most_common()),
        seconds=round(time.monotonic() - started, 3),
        interrupted=interrupted,
    )


@dataclass(slots=True)
class _Count:
    read: int = 0
    found: int = 0
    formats: dict[str, str] = field(default_factory=dict)
    unread: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Job:
    """An import whose rows have been read."""

    folder: Path
    plan: Plan
    gate: Gate
    count: _Count
    observer: Observer
    stop: Stop

    def judge(self, found: Gathered, *, filtered: bool) -> tuple[Intake, Position, bool]:
        """Judge and commit what was found; with whether that was ended early."""
        plan, count = self.plan, self.count
        with Pool(
            self.folder, plan.manifest, plan.existing, file_text(plan.seeds), now, plan.files
        ) as pool:
            for note in pool.notes:
                self.observer.warned(note)
            intake = Intake(
                pool,
                plan.seeds,
                plan.recipe,
                plan.novelty,
                filtered=filtered,
                sound=plan.sound,
            )
            # From here on an interruption waits for the task at hand: no commit is cut in two.
            with self.stop.whole(), self.observer.counting() as show:
                for one in found:
                    if self.stop.is_set:
                        break
                    count.found += one.task is not None
                    take(one, intake, self.gate)
                    show(lambda: f"{count.found:,} of {counted(len(found), 'task')} judged")
                intake.close()
                interrupted = self.stop.is_set
            return intake, pool.position, interrupted


def _read(
    inputs: Sequence[str],
    name: str | None,
    how: Reading,
    count: _Count,
    observer: Observer,
    *,
    stops: bool,
) -> Iterator[Found]:
    meter = meter_of(inputs)
    with observer.counting() as show:
        for path in inputs:
            before = count.read
            for one in found_in(path, name, how, meter):
                count.read += 1
                count.formats.setdefault(path, one.format)
                count.unread.update(one.unread)
                if one.flaw and stops and not one.usual:
                    raise UsageError(
                        f"{one.flaw} Mend it, or pass over such rows with --on-error skip."
                    )
                show(lambda: f"{counted(count.read, 'row')} read{meter.said()}")
                yield one
            if count.read == before:
                raise UsageError(f"{path}: holds no rows.")
