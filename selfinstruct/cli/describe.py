"""``selfinstruct describe``: what the program can do, for scripts and agents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfinstruct.cli import completing
from selfinstruct.cli import options as o
from selfinstruct.errors import SettingsError

SKILL = Path(__file__).parents[1] / "SKILL.md"


def describe(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[VERB]",
            help="One verb alone, with its options.",
            autocompletion=completing.verbs,
        ),
    ] = None,
    config: o.Config = None,
    skill: Annotated[
        bool,
        o.own(
            "--skill", o.OUTPUT, "Print SKILL.md: one page for an agent that knows nothing else."
        ),
    ] = False,
    json: o.Json = False,
) -> None:
    """Say what the program can do: verbs, options, exit codes, reasons, files.

    With --json all of it, made from the program itself: of each option its type, choices, bounds,
    default and variable; the names of recipes, teachers, languages, rubrics and formats.

    Examples:
    selfinstruct describe --json

    selfinstruct describe generate --json

    selfinstruct describe --skill
    """
    from selfinstruct import __version__, console
    from selfinstruct.cli import described

    del config
    if skill:
        if json or name is not None:
            raise SettingsError("--skill prints SKILL.md, and nothing else: give it alone.")
        console.tell(SKILL.read_text(encoding="utf-8").rstrip("\n"))
        return
    found = described.described(context.find_root().command, __version__)
    if name is not None:
        found = _of_verb(found, name)
    if json:
        console.print_json(found)
    else:
        console.show_description(described.in_short(found))


def _of_verb(found: dict[str, list[dict[str, object]]], name: str) -> dict[str, object]:
    for verb in found["verbs"]:
        if verb["name"] == name:
            return verb
    names = ", ".join(str(verb["name"]) for verb in found["verbs"])
    raise SettingsError(f"There is no verb {name!r}: there are {names}.")
