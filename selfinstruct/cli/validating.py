"""What ``validate`` does: look at each row and say what is wrong with it."""

from __future__ import annotations

from typing import Any

import typer

from selfinstruct import console
from selfinstruct.errors import SelfInstructError, UsageError
from selfinstruct.formats.checking import Checked, Problem, problems
from selfinstruct.formats.importing import meter_of


def run(inputs: list[str], name: str | None, *, as_json: bool, quiet: bool) -> None:
    """Print the problems of ``inputs`` and exit with 2 if there are any; warnings are none.

    Raises:
        UsageError: A file cannot be read at all.
        typer.Exit: With the code 2.
    """
    found: list[Problem] = []
    checked: list[dict[str, Any]] = []
    for path in inputs:
        looked = Checked()
        here: list[Problem] = []
        for problem in _all(path, name, looked, alone=len(inputs) == 1, quiet=quiet):
            here.append(problem)
            if not as_json:
                kind = "warning: " if problem.is_warning else ""
                console.tell(f"{problem.where}: {kind}{problem.rule}: {problem.text}")
        found += here
        warnings = sum(one.is_warning for one in here)
        count = {"problems": len(here) - warnings, "warnings": warnings}
        checked.append({"path": path, "kind": looked.kind, "rows": looked.rows} | count)
        if not as_json and not quiet:
            what = f"{looked.rows:,} rows of {looked.kind or 'nothing'}"
            subject = what if looked.rows else looked.kind or what
            console.say(f"{path}: {subject}: {_counted(**count)}.")
    if as_json:
        sides = {"problems": False, "warnings": True}
        rows = {
            side: [_row(one) for one in found if one.is_warning is warning]
            for side, warning in sides.items()
        }
        console.print_json({"checked": checked} | rows)
    if any(not one.is_warning for one in found):
        raise typer.Exit(UsageError.exit_code)


def _counted(problems: int, warnings: int) -> str:
    said = f"{problems:,} problems" if problems else "nothing wrong"
    if not warnings:
        return said
    return f"{said}, {warnings:,} warning{'s' if warnings > 1 else ''}"


def _row(problem: Problem) -> dict[str, str]:
    return {"where": problem.where, "rule": problem.rule, "text": problem.text}


def _all(
    path: str, name: str | None, looked: Checked, *, alone: bool, quiet: bool
) -> list[Problem]:
    """The problems of ``path``; one that cannot be read at all does not hide those of others."""
    found: list[Problem] = []
    looked.meter = meter_of([path])
    try:
        with console.counting(quiet=quiet) as show:
            looked.step = lambda: show(lambda: f"{looked.rows:,} rows{looked.meter.said()}")
            found.extend(problems(path, name, looked))
    except SelfInstructError as error:
        if alone and not found:
            raise
        found.append(Problem(path, "unreadable", str(error).removeprefix(f"{path}: ").rstrip(".")))
    return found
