"""The options of which tasks of a pool are taken."""

from __future__ import annotations

from typing import Annotated

from selfinstruct.cli.options.base import option

TAKEN = "What is taken"

Where = Annotated[
    list[str] | None,
    option(
        "--where",
        TAKEN,
        "Only tasks of a recipe, language, classification, difficulty, skill, teacher or model; "
        "may be repeated.",
        metavar="KEY=VALUE",
    ),
]
Judgements = Annotated[
    list[str] | None,
    option(
        "--judgements",
        TAKEN,
        "A judging whose questions --where then knows, such as output=yes; may be repeated.",
        metavar="NAME",
    ),
]
