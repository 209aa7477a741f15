"""``selfinstruct validate``: every problem of a file or a pool."""

from __future__ import annotations

from typing import Annotated

import typer

from selfinstruct.cli import completing
from selfinstruct.cli import options as o
from selfinstruct.errors import UsageError


def validate(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="Seed files, pools, exports, language packs, or -.",
            autocompletion=completing.sources,
        ),
    ],
    config: o.Config = None,
    format_: Annotated[
        str | None,
        o.own(
            "--format",
            "How it is read",
            "As for import; else guessed by the first row.",
            metavar="NAME",
        ),
    ] = None,
    judgements: o.Judgements = None,
    where: o.Where = None,
    json: o.Json = False,
    quiet: o.Quiet = False,
) -> None:
    """Name every problem with file, line and rule; exit 2 if there is any.

    Warnings name rows that are well-formed and of no use: no instruction, no input where one is
    needed, an answer that asks back, a loop, two answers to one question. They are no problems.

    Seed files, pools, exports in any format that import knows, and language packs of your own.

    Examples:
    selfinstruct validate myseeds.jsonl

    selfinstruct validate mypool train.json

    selfinstruct validate mypool --judgements validity-NAME --where all=no
    """
    from selfinstruct import console
    from selfinstruct.api.validate import validate as look

    del config
    result = look(
        inputs,
        format=format_,
        judgements=judgements or (),
        where=where or (),
        observer=console.Watching(quiet=quiet),
    )
    if json:
        console.print_json(result.row())
    else:
        console.show_problems(result, quiet=quiet)
    if not result.is_valid:
        raise typer.Exit(UsageError.exit_code)
