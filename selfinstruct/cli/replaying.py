"""What ``replay`` does: the requests of one pool, answered from its store, into another."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from selfinstruct import console, jsonl
from selfinstruct.bootstrap import Outcome, Replayed, ReplayedRecipe, Source, Stopped, Tally
from selfinstruct.cli import running, teaching, wiring
from selfinstruct.cli.given import Run
from selfinstruct.cli.groups import OutputFlags
from selfinstruct.errors import PoolError
from selfinstruct.formats.sources import tasks_of
from selfinstruct.journal import make_folder
from selfinstruct.pool import IMPORTED, SEEDS, Archive, Snapshot, look, scan, task_at
from selfinstruct.pool.manifest import Manifest, read_manifest
from selfinstruct.pool.recovery import Scanned
from selfinstruct.recipes import evolve
from selfinstruct.report import run_summary
from selfinstruct.tasks import Reason, Task
from selfinstruct.teachers import Api
from selfinstruct.teachers.pacing import Pace

ORIGIN = "replayed.json"


def replay(
    folder: Path, into: Path, target: int | None, run: Run, output: OutputFlags, *, ask: bool
) -> None:
    """Rebuild the pool in ``folder`` as ``into``, and exit with the contract's code.

    Raises:
        SelfInstructError: A pool cannot be used, or the disk failed.
        typer.Exit: With the exit code, when it is not 0.
    """
    started = time.monotonic()
    snapshot = _other(folder, into)
    evolved: dict[str, Any] = {}
    archive = Archive(folder)
    if snapshot.manifest.recipe == evolve.NAME:
        sources = tasks_of(str(folder / SEEDS))
        evolved = {"sources": sources, "rounds": -(-archive.end // len(sources))}
    # As the pool made its requests; of what is given here only the templates can belong to them.
    drafted = wiring.plan(
        folder,
        wiring.Data(prompts=run.data.prompts, **evolved),
        run.decoding,
        run.teacher.where,
        accept_change=False,
    )
    plan = wiring.plan(
        into,
        dataclasses.replace(_filled(run.data, snapshot.manifest, folder), **evolved),
        run.decoding,
        run.teacher.where,
        accept_change=run.accept_change,
    )
    found = scan(folder)

    def finished(row: int) -> Task:
        return found.removed[-row - 1] if row < 0 else task_at(folder, found.offsets[row])

    source = Source(drafted.seeds, snapshot.manifest.seed, finished)
    for accepted in found.accepted:
        if accepted.task_id is not None:
            source.add(accepted)
    at = found.position
    whole = target is None and not at.candidate  # else the pool ended in the middle of a reply
    end = at.request if whole else archive.end
    recipe = ReplayedRecipe(plan.recipe, drafted.recipe, source, found.retries.again, end, asks=ask)
    plan = dataclasses.replace(plan, recipe=recipe)
    pace = Pace(run.limits.concurrency, run.rates)
    api = Api(plan.manifest.api)
    asked = (
        teaching.make_teacher(
            run.teacher,
            api,
            plan.pack,
            pace,
            run.caps,
            run.price,
            into,
            None if output.quiet else console.say,
        )
        if ask
        else None
    )
    _claim(into, snapshot.manifest)
    teacher = Replayed(archive, api, asked)
    wanted = target or at.tasks
    if not ask:  # stored replies cost nothing, however little they bring
        run = dataclasses.replace(run, limits=run.limits.model_copy(update={"min_yield": 0.0}))
    outcome, tally, caught = running.execute(
        into,
        wanted,
        plan,
        teacher,
        pace,
        run,
        output,
        unbounded=whole and (not ask or recipe.end is not None),
    )
    summary = run_summary(into, tally, outcome, time.monotonic() - started)
    summary |= {"replayed": str(folder), "stored_replies": len(archive)}
    running.show(summary, output)
    exhausted = outcome.stopped is Stopped.SATURATED and not ask
    if exhausted or outcome.stopped is Stopped.TARGET:
        if not output.quiet:
            console.say(_reached(into, tally, ask=ask))
            for note in _not_replayed(found):
                console.say(note)
    else:
        running.console_end(into, tally, outcome, quiet=output.quiet)
    if exhausted and target is None:  # it was rebuilt, and that was all that was wanted
        outcome = Outcome(Stopped.TARGET)
    running.end(outcome, caught)


def _other(folder: Path, into: Path) -> Snapshot:
    snapshot = look(folder)
    if into.exists() and into.resolve() == folder.resolve():
        raise PoolError(f"{into}: is the pool itself. Name another folder with --into.")
    return snapshot


def _filled(data: wiring.Data, manifest: Manifest, folder: Path) -> wiring.Data:
    """``data`` with what was not given as the first pool has it."""
    old = manifest.model_dump() | manifest.settings | {"seeds": folder / SEEDS}
    other_language = data.language is not None and data.language != manifest.language
    if other_language:  # tokenizer and threshold belong to the language
        old |= {"tokenizer": None, "threshold": None}
    missing: dict[str, Any] = {
        field.name: old[field.name]
        for field in dataclasses.fields(data)
        if getattr(data, field.name) is None and field.name in old
    }
    rules = data.rules or manifest.edition
    return dataclasses.replace(data, rules=rules, templates=manifest.prompts, **missing)


def _claim(into: Path, manifest: Manifest) -> None:
    """Mark the new pool with what it is made of, so that nothing else is mixed into it."""
    make_folder(into)
    mark = into / ORIGIN
    text = jsonl.dumps(manifest.model_dump()) + "\n"
    if read_manifest(into) is not None and (
        not mark.exists() or mark.read_text(encoding="utf-8") != text
    ):
        raise PoolError(f"{into}: is a pool already, and no replay of this one. Name a new folder.")
    jsonl.write_whole(mark, text)


def _not_replayed(found: Scanned) -> Iterator[str]:
    """What of the first pool came of no reply."""
    imported = sum(one.candidate == IMPORTED and one.until is None for one in found.accepted)
    if imported:
        yield f"{imported:,} imported tasks came of no reply: import them again."
    if found.removed:
        yield (
            f"{len(found.removed):,} tasks had been taken out of the first pool; what of them came "
            "of replies is there again: see selfinstruct decontaminate."
        )


def _reached(into: Path, tally: Tally, *, ask: bool) -> str:
    missing = tally.rejected[Reason.NOT_STORED]
    said = (
        f"The stored replies reached {tally.tasks} of {tally.target} tasks; the new pool is "
        f"{into / 'tasks.jsonl'}."
    )
    if missing and not ask:
        said += f" {missing} replies that are needed now were never given: --ask asks for them."
    return said
