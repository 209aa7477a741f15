"""How a verb that ran ends: what is shown, and the exit code."""

from __future__ import annotations

import typer

from selfinstruct import console
from selfinstruct.api.results import RunResult
from selfinstruct.bootstrap import Stopped
from selfinstruct.cli.groups import OutputFlags
from selfinstruct.cli.signals import EXIT, Signals

_EXITS = {
    Stopped.TARGET: 0,
    Stopped.BUDGET: 3,
    Stopped.TEACHER: 4,
    Stopped.SATURATED: 6,
    Stopped.WAITING: 7,
}


def show(result: RunResult, output: OutputFlags) -> None:
    """The end of a run: one JSON object, a table, or nothing."""
    if output.json:
        console.print_json(result.row())
    elif not output.quiet:
        console.show_run(result)


def finish(result: RunResult, output: OutputFlags, signals: Signals, idle: str) -> None:
    """Show how a run ended and leave; ``idle`` is said where there was nothing to do.

    Raises:
        typer.Exit: With the contract's code, when it is not 0.
    """
    if result.began:
        show(result, output)
        console.show_end(result, quiet=output.quiet)
    elif output.json:
        console.print_json(result.row())
    elif not output.quiet:
        console.say(idle)
    leave(result.stopped, signals)


def leave(stopped: Stopped, signals: Signals) -> None:
    """Exit with the contract's code, when it is not 0.

    Raises:
        typer.Exit: With that code.
    """
    interrupted = stopped is Stopped.INTERRUPTED
    if code := EXIT + signals.caught if interrupted else _EXITS[stopped]:
        raise typer.Exit(code)
