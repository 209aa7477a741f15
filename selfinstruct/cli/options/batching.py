"""The options of buying by batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from selfinstruct.cli.options.base import BATCHES, option

BatchOption = Annotated[
    bool,
    option(
        "--batch/--no-batch", BATCHES, "Buy replies by batches, and leave while they are worked on."
    ),
]
Transport = Annotated[
    Literal["openai", "files"],
    option(
        "--batch-transport",
        BATCHES,
        "openai for a server's Files and Batches; files for a folder in which you have them "
        "answered.",
    ),
]
Least = Annotated[
    int | None,
    option(
        "--batch-min",
        BATCHES,
        "Ask directly where fewer calls than this are wanted; 0 for batches only.",
        min=0,
        metavar="N",
        show_default="200; with files, 0",
    ),
]
Size = Annotated[
    int, option("--batch-size", BATCHES, "The most calls of one batch.", min=1, max=50_000)
]
Tokens = Annotated[
    int | None,
    option(
        "--batch-tokens",
        BATCHES,
        "The most tokens of prompts outstanding, where the account limits them.",
        min=1,
        metavar="N",
    ),
]
BatchPrice = Annotated[
    str | None,
    option(
        "--batch-price",
        BATCHES,
        "Dollars per million tokens by batch.",
        metavar="IN/OUT",
        show_default="half of --price where that is documented, else all of it",
    ),
]
Wait = Annotated[
    float,
    option(
        "--wait",
        BATCHES,
        "Minutes to wait for batches before leaving, polling less and less often; alone, as long "
        "as it takes.",
        min=0,
        metavar="[MINUTES]",
    ),
]
_WAIT = "--wait"
_A_YEAR = 365 * 24 * 60  # minutes; no server keeps a batch so long


def with_minutes(args: Sequence[str]) -> list[str]:
    """``args``, with the time that ``--wait`` alone stands for: options of typer need a value."""
    whole: list[str] = []
    for place, argument in enumerate(args):
        following = args[place + 1] if place + 1 < len(args) else "-"
        alone = argument == _WAIT and not following.replace(".", "", 1).isdigit()
        whole.append(f"{_WAIT}={_A_YEAR}" if alone else argument)
    return whole
