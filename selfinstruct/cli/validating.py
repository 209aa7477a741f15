"""What ``validate`` does: look at each row and say what is wrong with it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import typer

from selfinstruct import console
from selfinstruct.errors import SelfInstructError, UsageError
from selfinstruct.formats.checking import Checked, Problem, problems


def run(inputs: list[str], name: str | None, *, as_json: bool, quiet: bool) -> None:
    """Print the problems of ``inputs`` and exit with 2 if there are any.

    Raises:
        UsageError: A file cannot be read at all.
        typer.Exit: With the code 2.
    """
    found: list[dict[str, Any]] = []
    checked: list[dict[str, Any]] = []
    count = 0
    for path in inputs:
        looked = Checked()
        before = count
        for problem in _all(path, name, looked, alone=len(inputs) == 1):
            count += 1
            if as_json:
                found.append(asdict(problem))
            else:
                console.tell(f"{problem.where}: {problem.rule}: {problem.text}")
        row = {"path": path, "kind": looked.kind, "rows": looked.rows, "problems": count - before}
        checked.append(row)
        if not as_json and not quiet:
            said = f"{count - before:,} problems" if count > before else "nothing wrong"
            what = f"{looked.rows:,} rows of {looked.kind or 'nothing'}"
            console.say(f"{path}: {what if looked.rows else looked.kind or what}: {said}.")
    if as_json:
        console.print_json({"checked": checked, "problems": found})
    if count:
        raise typer.Exit(UsageError.exit_code)


def _all(path: str, name: str | None, looked: Checked, *, alone: bool) -> list[Problem]:
    """The problems of ``path``; one that cannot be read at all does not hide those of others."""
    found: list[Problem] = []
    try:
        found.extend(problems(path, name, looked))
    except SelfInstructError as error:
        if alone and not found:
            raise
        found.append(Problem(path, "unreadable", str(error).removeprefix(f"{path}: ").rstrip(".")))
    return found
