"""``selfinstruct validate``: every problem of a file or a pool."""

from __future__ import annotations

from typing import Annotated

import typer

from selfinstruct.cli import options as o


def validate(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="Seed files, pools, exports, language packs, or -."),
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
    """
    from selfinstruct.cli import validating

    del config
    validating.run(inputs, format_, as_json=json, quiet=quiet)
