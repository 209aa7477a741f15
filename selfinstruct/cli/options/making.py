"""The options of what is made, and of what it starts from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from selfinstruct.cli.options.base import WHAT, option

RecipeName = Annotated[
    str | None,
    option(
        "--recipe",
        WHAT,
        "self-instruct, alpaca or targeted.",
        metavar="NAME",
        show_default="self-instruct",
    ),
]
Language = Annotated[
    str | None,
    option(
        "--language",
        WHAT,
        "A language pack (see selfinstruct languages), or a folder of your own.",
        metavar="NAME",
    ),
]
Seeds = Annotated[
    Path | None,
    option("--seeds", WHAT, "A seed file of your own; by default the language's.", metavar="FILE"),
]
Seed = Annotated[int | None, option("--seed", WHAT, "Random numbers start here.", show_default="0")]
ClassificationOnly = Annotated[
    bool | None,
    option("--classification-only/--any-task", WHAT, "Only classification tasks."),
]
Set = Annotated[
    list[str] | None,
    option(
        "--set",
        WHAT,
        "A setting of the recipe by its name; for recipes of other packages. May be repeated.",
        metavar="NAME=VALUE",
    ),
]
AcceptChange = Annotated[
    bool, option("--accept-change", WHAT, "Go on with a pool that was made with other settings.")
]
