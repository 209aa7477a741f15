"""The options of what is judged, and how."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfinstruct.cli import completing
from selfinstruct.cli.options.base import option, own

JUDGED = "What is judged"
HOW = "How it is judged"

Rubric = Annotated[
    str | None,
    option(
        "--rubric",
        HOW,
        "validity, rating, score, criteria, correctness, complexity, quality, tags, or a .toml "
        "FILE of your own.",
        metavar="NAME",
        show_default="validity",
    ),
]
JudgingName = Annotated[
    str | None,
    own(
        "--name",
        JUDGED,
        "What the judging is called; its files are in POOL/judgements/NAME.",
        metavar="NAME",
        show_default="RUBRIC-MODEL",
    ),
]
Into = Annotated[
    Path | None,
    own("--into", JUDGED, "The folder of the judging, where SOURCE is no pool.", metavar="DIR"),
]
Sample = Annotated[
    int,
    own(
        "--sample",
        JUDGED,
        "So many tasks, one instance of each. A larger sample holds the smaller one.",
        min=1,
        metavar="N",
    ),
]
Everything = Annotated[bool, own("--all", JUDGED, "Every instance of every task.")]
Rejects = Annotated[
    int | None,
    own("--rejects", JUDGED, "So many of the texts that were refused.", min=1, metavar="N"),
]
WithReference = Annotated[
    bool,
    own(
        "--with-reference",
        HOW,
        "The judge answers each task first, without seeing the output, and grades against that.",
    ),
]
Brief = Annotated[bool, own("--brief", HOW, "No reasons: about a tenth of the tokens.")]
Weighted = Annotated[
    bool,
    own(
        "--weighted",
        HOW,
        "Weigh answers by their likelihoods, where the teacher tells them; no reasons.",
    ),
]
Controls = Annotated[
    int,
    own(
        "--controls",
        HOW,
        "So many of each kind of item whose answer is known, counted apart; 0 for none.",
        min=0,
        metavar="N",
    ),
]
Group = Annotated[
    str | None,
    own(
        "--group",
        HOW,
        "Several items in one prompt: an instruction with its evolutions (family), or so many.",
        metavar="family|N",
    ),
]
Worst = Annotated[
    int, own("--worst", JUDGED, "Show so many of the worst, with the reasons.", metavar="N", min=0)
]
SampleSeed = Annotated[int, option("--seed", JUDGED, "Where the order of the sample starts.")]
JudgeSource = Annotated[
    str,
    typer.Argument(
        help="What is judged: a pool, an export, or any data set that import reads.",
        metavar="SOURCE",
        autocompletion=completing.sources,
    ),
]
SourceLanguage = Annotated[
    str | None,
    option("--language", JUDGED, "Of a source that is no pool.", show_default="en", metavar="CODE"),
]
