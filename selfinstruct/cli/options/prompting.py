"""The options of what a prompt shows and asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from selfinstruct.cli.options.base import PROMPTS, option

PromptsFolder = Annotated[
    Path | None,
    option("--prompts", PROMPTS, "A folder whose templates replace those shipped.", metavar="DIR"),
]
Human = Annotated[
    int | None,
    option(
        "--human",
        PROMPTS,
        "Seed tasks shown in a request.",
        min=1,
        show_default="6; alpaca 3, targeted 5",
    ),
]
Machine = Annotated[
    int | None,
    option("--machine", PROMPTS, "Machine-made tasks shown.", min=0, show_default="2"),
]
PerRequest = Annotated[
    int | None,
    option(
        "--per-request",
        PROMPTS,
        "New tasks asked for.",
        min=1,
        max=50,
        show_default="8; alpaca 17 (10 in ko, ja, zh), targeted 10",
    ),
]
Grow = Annotated[
    bool | None,
    option("--grow/--seeds-only", PROMPTS, "targeted: show examples of the pool too."),
]
Context = Annotated[
    Path | None,
    option(
        "--context",
        PROMPTS,
        "targeted: passages that new examples must be answerable from, one JSON object a line.",
        metavar="FILE",
    ),
]
Structured = Annotated[
    bool | None,
    option(
        "--structured/--text",
        PROMPTS,
        "alpaca, targeted: hold replies to a JSON schema, where the teacher can be.",
    ),
]
