"""The options of what people are asked, and what becomes of their answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfinstruct.cli import completing
from selfinstruct.cli.options.base import own
from selfinstruct.cli.options.judging import JUDGED

REVIEWED = JUDGED
ASKED = "How people are asked"
TOLD = "What people said"

ReviewSource = Annotated[
    str,
    typer.Argument(
        help="What is reviewed: a pool, an export, a data set that import reads, or a comparison.",
        metavar="SOURCE",
        show_default=False,
        autocompletion=completing.sources,
    ),
]
ReviewRubric = Annotated[
    str | None,
    own(
        "--rubric",
        REVIEWED,
        "validity, rating, score, criteria, complexity, quality, tags, overall (of pairs), or a "
        ".toml FILE of your own.",
        metavar="NAME",
        show_default="validity",
    ),
]
Pairs = Annotated[
    tuple[str, str] | None,
    own(
        "--pairs",
        REVIEWED,
        "Two data sets with answers to the same prompts: which is better, blind. SOURCE is where "
        "votes are kept, and may be left out.",
        metavar="A B",
    ),
]
Only = Annotated[
    str | None,
    own(
        "--only",
        REVIEWED,
        "Only items of which a judging says so, such as NAME:all=no.",
        metavar="JUDGING:KEY=VALUE",
    ),
]
VotesInto = Annotated[
    Path | None,
    own(
        "--into",
        REVIEWED,
        "The folder of the votes; needed where SOURCE is no pool.",
        metavar="DIR",
        show_default="POOL/reviews",
    ),
]
Reviewer = Annotated[
    str | None,
    own(
        "--reviewer",
        ASKED,
        "Whose answers these are.",
        metavar="NAME",
        show_default="your login name",
    ),
]
Reveal = Annotated[
    str | None,
    own(
        "--reveal",
        ASKED,
        "Show what this judging says of an item, with the reason, after your own answers.",
        metavar="JUDGING",
    ),
]
Port = Annotated[
    int, own("--port", ASKED, "Where the page is served; 0 takes a free port.", min=0, max=65535)
]
NoBrowser = Annotated[bool, own("--no-browser", ASKED, "Print the address and open no browser.")]
Plain = Annotated[bool, own("--plain", ASKED, "Ask in the terminal, without a browser.")]
ShowSummary = Annotated[
    bool, own("--summary", TOLD, "Only show what people said; with --reviewer, one of them.")
]
ShowAgreement = Annotated[
    bool,
    own("--agreement", TOLD, "Only show how far people agree, with each other and with judges."),
]
SheetOut = Annotated[
    str | None,
    own("--out", TOLD, "Write the questions to a table, to be answered there.", metavar="FILE.csv"),
]
SheetIn = Annotated[
    str | None,
    own("--in", TOLD, "Take the answers in such a table.", metavar="FILE.csv"),
]
SheetFor = Annotated[
    str | None,
    own("--for", TOLD, "--out and --in: label-studio, as JSON.", metavar="label-studio"),
]
