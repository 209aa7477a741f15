"""The options of evolving."""

from __future__ import annotations

from typing import Annotated

from selfinstruct.cli.options.base import WHAT, option

Rounds = Annotated[int, option("--rounds", WHAT, "How often each instruction is evolved.", min=1)]
Operations = Annotated[
    list[str] | None,
    option(
        "--operations",
        WHAT,
        "Those that are drawn from, with commas or repeated: constraints, deepen, concrete, "
        "reasoning, input, breadth.",
        metavar="NAMES",
        show_default="all six",
    ),
]
Difficulty = Annotated[
    bool | None,
    option("--difficulty/--no-difficulty", WHAT, "Have each result graded from 1 to 10."),
]
Skills = Annotated[
    bool | None,
    option("--skills/--no-skills", WHAT, "Have the skill named that each result needs."),
]
