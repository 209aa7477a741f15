"""What ``import`` does: read, group, judge, commit."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from selfinstruct import console, jsonl
from selfinstruct.api.clock import now
from selfinstruct.api.plan import Plan
from selfinstruct.api.plan import plan as make_plan
from selfinstruct.api.settings import PoolSettings
from selfinstruct.bootstrap import Intake
from selfinstruct.cli import signals
from selfinstruct.errors import SettingsError, UsageError
from selfinstruct.filters import LanguageRule
from selfinstruct.filters.support import normalised
from selfinstruct.formats.base import Found, Reading
from selfinstruct.formats.gathering import Gathered, gathered
from selfinstruct.formats.importing import FLAT, found_in, meter_of
from selfinstruct.languages import LanguagePack, load
from selfinstruct.outputs import real
from selfinstruct.parsing import excerpt
from selfinstruct.parsing.instances import no_input
from selfinstruct.pool import Pool, Position
from selfinstruct.seeds import file_text
from selfinstruct.tasks import Reason, Task


@dataclass(frozen=True, slots=True)
class Options:
    """How to read and what to take; the fields are the options of the same names."""

    format: str | None
    columns: str | None
    all_turns: bool
    split_input: bool
    stop_on_error: bool
    filtered: bool
    dedupe: bool
    drop_other_languages: bool


@dataclass(slots=True)
class _Count:
    read: int = 0
    found: int = 0
    formats: dict[str, str] = field(default_factory=dict)


def run(
    inputs: list[str],
    into: Path,
    options: Options,
    data: PoolSettings,
    *,
    as_json: bool,
    quiet: bool,
) -> None:
    """Import ``inputs`` into the pool ``into`` and say what came of it.

    Everything is read before the pool is opened: a file that cannot be read changes nothing.

    Raises:
        UsageError: An input or an option makes no sense, or a row cannot be used and that is to
            stop.
        PoolBusyError: Another run holds the pool.
        DiskError: The pool cannot be written.
    """
    started = time.monotonic()
    how = Reading(options.all_turns, options.split_input, columns_of(options.columns))
    if inputs.count("-") > 1:
        raise SettingsError("Standard input (-) can be read only once.")
    if into.exists() and any(name != "-" and real(name) == real(into) for name in inputs):
        raise SettingsError(f"{into}: is both read and written; name another pool with --into.")
    plan = make_plan(into, data)
    count = _Count()
    with gathered(_read(inputs, options, how, count, quiet=quiet)) as found:
        intake, position, caught = _into(into, plan, found, options, count, quiet=quiet)
    summary = {
        "pool": str(into),
        "formats": count.formats,
        "read": count.read,
        "found": count.found,
        "tasks": position.tasks,
        "accepted": intake.accepted,
        "instances": intake.instances,
        "present": intake.present,
        "rejected": dict(intake.rejected.most_common()),
        "seconds": round(time.monotonic() - started, 3),
    }
    if as_json:
        console.print_json(summary)
    elif not quiet:
        console.show_import(summary)
        if hint := _hint(intake):
            console.say(hint)
    if caught:
        console.say(
            f"selfinstruct: interrupted; {intake.accepted:,} tasks are kept. Run the same command "
            "again to go on."
        )
        raise typer.Exit(signals.EXIT + caught[0])


def _into(
    folder: Path,
    plan: Plan,
    found: Gathered,
    options: Options,
    count: _Count,
    *,
    quiet: bool,
) -> tuple[Intake, Position, list[int]]:
    """Judge and commit what was found; with the numbers of signals that ended it early."""
    with Pool(folder, plan.manifest, plan.existing, file_text(plan.seeds), now, plan.files) as pool:
        for note in pool.notes:
            console.say(note)
        intake = Intake(
            pool,
            plan.seeds,
            plan.recipe,
            plan.novelty,
            filtered=options.filtered,
            sound=plan.sound,
        )
        gate = _Gate(load(plan.pack.source), options)
        # From here on a signal waits for the task at hand: a commit is never cut in two.
        with signals.noted() as caught, console.counting(quiet=quiet) as show:
            for one in found:
                if caught:
                    break
                count.found += one.task is not None
                _take(one, intake, gate)
                show(lambda: f"{count.found:,} of {len(found):,} tasks judged")
            intake.close()
        return intake, pool.position, caught


def _hint(intake: Intake) -> str:
    """What to do where most was refused for one reason."""
    if not intake.rejected:
        return ""
    reason, count = intake.rejected.most_common(1)[0]
    if count <= intake.accepted + intake.present:
        return ""
    return {
        Reason.WRONG_SCRIPT: "Most are in another script than the pool's language: see --language.",
        Reason.TOO_SIMILAR: "Most are too near to others: --no-filter takes them all the same.",
        Reason.OTHER_LANGUAGE: "Most are in another language than the pool's: see --language.",
    }.get(Reason(reason), "")


def columns_of(said: str | None) -> dict[str, str]:
    """What ``--map`` says.

    Raises:
        SettingsError: It is no list of pairs, or names no instruction.
    """
    if said is None:
        return {}
    pairs = [part.partition("=") for part in said.split(",")]
    columns = {name.strip(): column.strip() for name, _, column in pairs}
    if "instruction" not in columns or not all(columns.values()) or not all(columns):
        raise SettingsError(
            f"--map {said!r}: write instruction=COLUMN,input=COLUMN,output=COLUMN; at least "
            "instruction must be named."
        )
    return columns


def _read(
    inputs: list[str], options: Options, how: Reading, count: _Count, *, quiet: bool
) -> Iterator[Found]:
    meter = meter_of(inputs)
    with console.counting(quiet=quiet) as show:
        for path in inputs:
            before = count.read
            for one in found_in(path, options.format, how, meter):
                count.read += 1
                count.formats.setdefault(path, one.format)
                if one.flaw and options.stop_on_error and not one.usual:
                    raise UsageError(
                        f"{one.flaw} Mend it, or pass over such rows with --on-error skip."
                    )
                show(lambda: f"{count.read:,} rows read{meter.said()}")
                yield one
            if count.read == before:
                raise UsageError(f"{path}: holds no rows.")


class _Gate:
    """What is asked before the pool's own rules: whether a query is new, and in the language."""

    def __init__(self, pack: LanguagePack, options: Options) -> None:
        self._language = LanguageRule(pack) if options.drop_other_languages else None
        self._queries: set[str] | None = set() if options.dedupe else None
        self._labels = pack.labels

    def refuse(self, task: Task) -> tuple[Reason, dict[str, Any]] | None:
        """Why the task as a whole is not taken."""
        if self._language and (figures := self._language.refuse(task.instruction)):
            return Reason.OTHER_LANGUAGE, figures
        return None

    def without_marks(self, task: Task, format_: str) -> Task:
        """The task with "N/A" and the like read as no input, in formats that write it so."""
        if format_ not in FLAT:
            return task
        cases = [
            case.model_copy(update={"input": ""}) if no_input(case.input, self._labels) else case
            for case in task.instances
        ]
        return task.model_copy(update={"instances": tuple(cases)})

    def without_repeats(self, task: Task) -> Task:
        """The task without instances whose query stood earlier."""
        if self._queries is None:
            return task
        kept = []
        for case in task.instances:
            query = normalised(f"{task.instruction}\n{case.input}", ())
            if query not in self._queries:
                self._queries.add(query)
                kept.append(case)
        return task.model_copy(update={"instances": tuple(kept)})


def _take(one: Found, intake: Intake, gate: _Gate) -> None:
    source = {"source": one.where, "format": one.format}
    if one.task is None:
        row = {"row": excerpt(jsonl.dumps(one.row))} if one.row else {}
        intake.refuse("", Reason.MALFORMED, {"error": one.flaw} | row | source)
        return
    given = gate.without_marks(one.task, one.format)
    if refusal := gate.refuse(given):
        intake.refuse(given.instruction, refusal[0], refusal[1] | source)
        return
    task = gate.without_repeats(given)
    kept = set(map(id, task.instances))
    for case in given.instances:
        if id(case) not in kept:
            detail = {"input": case.input, "output": case.output} | source
            intake.refuse(given.instruction, Reason.DUPLICATE, detail)
    if task.instances:
        intake.take(task, **source)
