"""The options of what is answered, and how."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from selfinstruct.cli import completing
from selfinstruct.cli.options.base import DECODING, option, own

ANSWERED = "What is answered"
HOW = "How it is asked"

AnswerSource = Annotated[
    str,
    typer.Argument(
        help="Whose prompts are answered: a pool, an export, any data set that import reads, task "
        "files of Super-NaturalInstructions or a list of them (test_tasks.txt).",
        metavar="SOURCE",
        autocompletion=completing.sources,
    ),
]
AnswersInto = Annotated[
    Path, own("--into", ANSWERED, "The folder of the answers: answers.jsonl.", metavar="DIR")
]
AnswerSample = Annotated[
    int,
    own(
        "--sample",
        ANSWERED,
        "So many tasks, one instance of each. A larger sample holds the smaller one.",
        min=1,
        metavar="N",
    ),
]
AnswerAll = Annotated[
    bool,
    own("--all", ANSWERED, "Every instance of every task; of task files, the first 100 of each."),
]
AnswerSeed = Annotated[int, option("--seed", ANSWERED, "Where the order of the sample starts.")]
AnswerLanguage = Annotated[
    str | None,
    option(
        "--language", ANSWERED, "Of a source that is no pool.", show_default="en", metavar="CODE"
    ),
]
AnswerSamples = Annotated[
    int,
    own(
        "--samples",
        HOW,
        "So many answers to each prompt. More buy just the rest.",
        min=1,
        metavar="K",
    ),
]
EncodingOption = Annotated[
    Literal["plain", "definition", "definition+2"],
    option(
        "--encoding",
        HOW,
        "plain as a user asks; of task files also as Tk-Instruct was asked: the definition, or "
        "that with 2 examples.",
    ),
]
AsName = Annotated[
    str | None,
    own(
        "--as", HOW, "What rows call the answers.", metavar="NAME", show_default="the model's name"
    ),
]
From = Annotated[
    Path | None,
    own(
        "--from",
        HOW,
        "A pool whose --samples asked the same model the same: its answers are taken over.",
        metavar="POOL",
    ),
]
KeepThoughts = Annotated[
    bool, own("--keep-reasoning", HOW, "Also write what the model thought, as reasoning.")
]
AnswerTemperature = Annotated[
    float | None,
    own(
        "--temperature",
        DECODING,
        "Of the answers.",
        min=0,
        max=2,
        show_default="0; 0.7 for several samples",
    ),
]
AnswerTopP = Annotated[
    float | None, own("--top-p", DECODING, "Of the answers.", min=0, max=1, show_default="1")
]
AnswerTokens = Annotated[
    int | None,
    own(
        "--max-tokens",
        DECODING,
        "Of one answer.",
        min=1,
        show_default="2048; 128 as Tk-Instruct was asked",
    ),
]
