"""The options of what is printed, and those that every verb has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfinstruct.cli import completing
from selfinstruct.cli.options.base import OUTPUT, option, own


def _apply_file(context: typer.Context, path: Path | None) -> Path | None:
    # Eager, so that the file's values are defaults before any other option is read.
    from selfinstruct.cli.config_file import apply_defaults

    return apply_defaults(context, path)


PoolArgument = Annotated[
    Path,
    typer.Argument(
        help="The pool's folder.",
        show_default="./pool",
        metavar="POOL",
        autocompletion=completing.pools,
    ),
]
Config = Annotated[
    Path | None,
    option(
        "--config",
        OUTPUT,
        "A settings file instead of ./selfinstruct.toml.",
        callback=_apply_file,
        is_eager=True,
    ),
]
Json = Annotated[bool, option("--json", OUTPUT, "Print one JSON object on stdout.")]
Quiet = Annotated[bool, option("--quiet", OUTPUT, "No progress and no summary.")]
Force = Annotated[bool, option("--force", OUTPUT, "Replace files that are there already.")]
Preview = Annotated[
    bool,
    own("--preview", OUTPUT, "Show the first prompt and its price; ask nothing, write nothing."),
]
