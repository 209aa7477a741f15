"""The options of how calls are spread over time."""

from __future__ import annotations

from typing import Annotated

from selfinstruct.cli.options.base import TRAFFIC, option

Concurrency = Annotated[
    int, option("--concurrency", TRAFFIC, "The most calls in flight.", min=1, max=4096)
]
Rpm = Annotated[float | None, option("--rpm", TRAFFIC, "The most requests a minute.", min=0.01)]
Tpm = Annotated[float | None, option("--tpm", TRAFFIC, "The most tokens a minute.", min=1)]
Timeout = Annotated[
    float | None,
    option(
        "--timeout",
        TRAFFIC,
        "Seconds until one call is given up; where none are given, a run waits --give-up-after.",
        min=0.1,
    ),
]
GiveUpAfter = Annotated[
    float,
    option(
        "--give-up-after",
        TRAFFIC,
        "Seconds without any answer (rate limit, server down) until the run ends with exit 4.",
        min=0,
    ),
]
Hedge = Annotated[
    bool,
    option(
        "--hedge/--no-hedge",
        TRAFFIC,
        "Make a call again beside one that hangs while others are answered.",
    ),
]
