"""What ``evolve`` does: sources, the estimate and the question, then the run."""

from __future__ import annotations

import dataclasses
import sys
import time
from pathlib import Path
from typing import Any

import typer

from selfinstruct import console
from selfinstruct.bootstrap import Outcome, Stopped, Tally
from selfinstruct.cli import estimating, running, teaching, wiring
from selfinstruct.cli.given import Run
from selfinstruct.cli.groups import OutputFlags
from selfinstruct.errors import PoolError, SettingsError
from selfinstruct.formats.sources import tasks_of
from selfinstruct.pool import Position, look, scan
from selfinstruct.recipes import evolve as recipe
from selfinstruct.report import run_summary
from selfinstruct.teachers import Api
from selfinstruct.teachers.pacing import Pace

_DECLINED = 130  # as after an interruption


def evolve(
    source: str,
    folder: Path,
    run: Run,
    output: OutputFlags,
    *,
    rounds: int,
    settings: dict[str, Any],
    asks: bool,
) -> None:
    """Evolve ``source`` into the pool in ``folder``, and exit with the contract's code.

    Raises:
        SelfInstructError: The run could not start, or the disk failed.
        typer.Exit: With the exit code, when it is not 0.
    """
    started = time.monotonic()
    for name in settings["operations"] or ():
        if name not in list(recipe.Operation):
            known = ", ".join(recipe.Operation)
            raise SettingsError(f"There is no operation {name!r}: use {known}.")
    sources = tasks_of(source)
    if Path(source).is_dir() and folder.exists() and Path(source).resolve() == folder.resolve():
        raise SettingsError(f"{folder}: is the source itself. Name another folder for the pool.")
    data = dataclasses.replace(
        run.data, recipe=recipe.NAME, sources=sources, rounds=rounds, **settings
    )
    plan = wiring.plan(
        folder, data, run.decoding, run.teacher.where, accept_change=run.accept_change
    )
    at = look(folder).position if plan.existing else Position()
    if plan.existing is not None and at.request and _other_sources(plan):
        raise PoolError(
            f"{folder}: this pool was made from other sources, and its requests are numbered by "
            "them. Name another folder."
        )
    requests = len(sources) * rounds
    done = plan.existing == plan.manifest and at.request >= requests
    if done and not scan(folder).retries.waiting:
        _done(folder, at, requests, output)
        return
    pace = Pace(run.limits.concurrency, run.rates)
    api = Api(plan.manifest.api)
    tell = None if output.quiet else console.say
    teacher = teaching.make_teacher(
        run.teacher, api, plan.pack, pace, run.caps, run.price, folder, tell
    )
    if not output.quiet:
        _estimate(plan, run, len(sources), rounds, max(0, requests - at.request))
        terminal = sys.stdin.isatty() and sys.stderr.isatty()
        if asks and terminal and not typer.confirm("Go on?", err=True):
            console.say("Nothing was asked.")
            raise typer.Exit(_DECLINED)
    # Failed evolutions are part of the method, so a poor yield is no reason to stop early.
    outcome, tally, caught = running.execute(
        folder, requests, plan, teacher, pace, run, output, unbounded=True
    )
    summary = run_summary(folder, tally, outcome, time.monotonic() - started)
    running.show(summary, output)
    running.console_end(folder, tally, outcome, quiet=output.quiet)
    running.end(outcome, caught)


def _other_sources(plan: wiring.Plan) -> bool:
    was, wanted = plan.existing, plan.manifest
    return was is not None and (was.recipe, was.seeds) != (wanted.recipe, wanted.seeds)


def _estimate(plan: wiring.Plan, run: Run, sources: int, rounds: int, left: int) -> None:
    found = estimating.from_prompts(plan, 0, run.price)
    console.say(
        f"{sources:,} sources × {rounds} rounds × 3 calls and what judges take; "
        f"{left:,} evolutions are left. All of them, from the first:"
    )
    console.show_estimate(found, to_stderr=True)


def _done(folder: Path, at: Position, requests: int, output: OutputFlags) -> None:
    if output.json:
        tally = Tally(target=requests, tasks=at.tasks, instances=at.instances)
        console.print_json(run_summary(folder, tally, Outcome(Stopped.TARGET), 0.0))
    elif not output.quiet:
        console.say(f"All rounds of {folder} are done: {at.tasks} tasks. More with --rounds.")
