"""Running a growth from the command line: signals, progress, summary and exit code."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import typer

from selfinstruct import console
from selfinstruct.bootstrap import Growth, Outcome, Stopped, Tally
from selfinstruct.cli import signals, teaching, wiring
from selfinstruct.cli.given import Run
from selfinstruct.cli.groups import OutputFlags
from selfinstruct.errors import SettingsError
from selfinstruct.pool import REPLIES, Pool, disagreements, look
from selfinstruct.report import run_summary, yield_curve
from selfinstruct.seeds import file_text
from selfinstruct.tasks import Reason
from selfinstruct.teachers import Api, Teacher
from selfinstruct.teachers.pacing import Pace

_EXITS = {Stopped.TARGET: 0, Stopped.BUDGET: 3, Stopped.TEACHER: 4, Stopped.SATURATED: 6}


def grow(folder: Path, target: int, run: Run, output: OutputFlags) -> None:
    """Grow the pool in ``folder`` to ``target`` tasks and exit with the contract's code.

    Raises:
        SelfInstructError: The run could not start, or the disk failed.
        typer.Exit: With the exit code, when it is not 0.
    """
    if target <= 0:
        raise SettingsError(f"--target must be at least 1, not {target}.")
    started = time.monotonic()
    plan = wiring.plan(
        folder, run.data, run.decoding, run.teacher.where, accept_change=run.accept_change
    )
    if plan.existing == plan.manifest and _is_reached(folder, target, output):
        return
    pace = Pace(run.limits.concurrency, run.rates)
    api = Api(plan.manifest.api)
    tell = None if output.quiet else console.say
    teacher = teaching.make_teacher(
        run.teacher, api, plan.pack, pace, run.caps, run.price, folder, tell
    )
    outcome, tally, caught = execute(folder, target, plan, teacher, pace, run, output)
    summary = run_summary(folder, tally, outcome, time.monotonic() - started)
    show(summary, output)
    console_end(folder, tally, outcome, quiet=output.quiet)
    end(outcome, caught)


def execute(
    folder: Path,
    target: int,
    plan: wiring.Plan,
    teacher: Teacher,
    pace: Pace,
    run: Run,
    output: OutputFlags,
    *,
    unbounded: bool = False,
) -> tuple[Outcome, Tally, int]:
    """Open the pool and grow it; returns how that ended, what was done, and the signal caught.

    Raises:
        SelfInstructError: The pool cannot be opened, or the disk failed.
    """
    with Pool(
        folder, plan.manifest, plan.existing, file_text(plan.seeds), console.now, plan.files
    ) as pool:
        for note in pool.notes:  # also with --quiet: something had happened to the files
            console.say(note)
        pace.known = pool.replies.answered(teacher.name, teacher.model)
        growth = Growth(
            pool, plan.seeds, plan.recipe, teacher, plan.novelty, run.limits, run.price, pace
        )
        outcome, caught = asyncio.run(
            _watched(growth, teacher, target, pace, output, unbounded=unbounded)
        )
    return outcome, growth.tally, caught


def show(summary: dict[str, Any], output: OutputFlags) -> None:
    """The end of a run: one JSON object, a table, or nothing."""
    if output.json:
        console.print_json(summary)
    elif not output.quiet:
        console.show_run(summary)


def end(outcome: Outcome, caught: int) -> None:
    """Exit with the contract's code, when it is not 0.

    Raises:
        typer.Exit: With that code.
    """
    code = signals.EXIT + caught if caught else _EXITS[outcome.stopped]
    if code:
        raise typer.Exit(code)


def console_end(folder: Path, tally: Tally, outcome: Outcome, *, quiet: bool) -> None:
    """The last sentence of a run: what happened and what to do next."""
    again = "Run the same command again to go on."
    if outcome.stopped is Stopped.BUDGET:
        console.say(f"selfinstruct: {outcome.error} {again}")
    elif outcome.error is not None:
        console.say(f"selfinstruct: {outcome.error}")
    elif outcome.stopped is Stopped.SATURATED:
        console.say(f"selfinstruct: {_saturated(tally)}")
        console.say(console.yield_line(yield_curve(look(folder).yields)))
    elif outcome.stopped is Stopped.INTERRUPTED:
        console.say(f"selfinstruct: interrupted; {tally.tasks} tasks are kept. {again}")
    elif not quiet:
        console.say(f"The pool is {folder / 'tasks.jsonl'}")


def _saturated(tally: Tally) -> str:
    common = tally.rejected.most_common(1)
    reason, count = common[0] if common else (Reason.TOO_SIMILAR.value, 0)
    advice = {
        Reason.TOO_SIMILAR: "Try more seeds, a higher --temperature or another model.",
        Reason.REFUSED: "Look at the replies in rejects.jsonl, and try another model.",
        Reason.EMPTY_REPLY: "Raise --max-tokens, or try another model.",
        Reason.CUT_OFF: "Raise max_tokens in the settings file.",
        Reason.REQUEST_FAILED: "Look at the errors in rejects.jsonl.",
    }.get(Reason(reason), "Look at rejects.jsonl, and try another model or other --prompts.")
    return (
        f"the last requests brought hardly any task: stopped at {tally.tasks} of {tally.target}. "
        f"Most were refused as {reason} ({count}). {advice}"
    )


def _is_reached(folder: Path, target: int, output: OutputFlags) -> bool:
    snapshot = look(folder)
    position = snapshot.position
    if position.tasks < target or not snapshot.whole:
        return False
    if any(one.path.name != REPLIES for one in disagreements(folder, position, snapshot.edited)):
        return False  # opening the pool says what is wrong, or mends it
    if output.json:
        tally = Tally(target=target, tasks=position.tasks, instances=position.instances)
        console.print_json(run_summary(folder, tally, Outcome(Stopped.TARGET), 0.0))
    elif not output.quiet:
        console.say(f"The pool {folder} holds {position.tasks} tasks already; nothing to do.")
    return True


async def _watched(
    growth: Growth,
    teacher: Teacher,
    target: int,
    pace: Pace,
    output: OutputFlags,
    *,
    unbounded: bool,
) -> tuple[Outcome, int]:
    """Run, and turn SIGINT and SIGTERM into an orderly end; returns the signal caught, or 0."""
    caught = 0

    def end(number: int) -> None:
        nonlocal caught
        caught = caught or number
        growth.interrupt()

    with signals.handled(end):
        try:
            growth.tally.target = target
            async with console.progress(growth.tally, pace, quiet=output.quiet):
                outcome = await growth.run(target, unbounded=unbounded)
        finally:
            await teacher.close()
    return outcome, caught if outcome.stopped is Stopped.INTERRUPTED else 0
