"""The options of what is compared, and how."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from selfinstruct.cli import completing
from selfinstruct.cli.options.base import option, own

COMPARED = "What is compared"
HOW = "How it is compared"

CompareSources = Annotated[
    list[str],
    typer.Argument(
        help="Sets of answers to the same prompts: folders of answer, exports, data sets.",
        metavar="A B...",
        autocompletion=completing.sources,
    ),
]
CompareInto = Annotated[
    Path, own("--into", COMPARED, "The folder of the comparison.", metavar="DIR")
]
Within = Annotated[
    bool,
    own("--within", COMPARED, "Compare the answers of one set: its samples are the contestants."),
]
Baseline = Annotated[
    str | None,
    own(
        "--baseline",
        COMPARED,
        "Against whom the others are measured.",
        metavar="NAME",
        show_default="the first",
    ),
]
CompareSample = Annotated[
    int | None,
    own("--sample", COMPARED, "So many prompts.", min=1, metavar="N", show_default="all"),
]
Method = Annotated[
    Literal["pairs", "list"] | None,
    own(
        "--method",
        HOW,
        "Which of two is better, or a score for each of several in one prompt; both in two orders.",
        show_default="pairs for two, list for more",
    ),
]
CompareRubric = Annotated[
    str | None,
    own(
        "--rubric",
        HOW,
        "A rubric whose unit is a pair or a list, or a .toml FILE of your own.",
        metavar="NAME",
        show_default="overall, or ranking for lists",
    ),
]
CompareControls = Annotated[
    int,
    own(
        "--controls",
        HOW,
        "So many of each kind of pair whose outcome is known, counted apart; 0 for none.",
        min=0,
        metavar="N",
    ),
]
CompareBrief = Annotated[bool, own("--brief", HOW, "No reasons.")]
CompareSeed = Annotated[
    int, option("--seed", HOW, "Where the order of the sample and of lists starts.")
]
CompareLanguage = Annotated[
    str | None, option("--language", HOW, "Of the prompts.", show_default="en", metavar="CODE")
]
