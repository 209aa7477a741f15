"""The options of how replies are drawn."""

from __future__ import annotations

from typing import Annotated, Literal

from selfinstruct.cli.options.base import DECODING, option

Temperature = Annotated[
    float | None,
    option("--temperature", DECODING, "Of the leading step.", min=0, max=2, show_default="0.7"),
]
TopP = Annotated[
    float | None,
    option("--top-p", DECODING, "Of the leading step.", min=0, max=1, show_default="0.5"),
]
PresencePenalty = Annotated[
    float | None,
    option("--presence-penalty", DECODING, "Of the leading step.", min=-2, max=2, show_default="2"),
]
MaxTokens = Annotated[
    int | None,
    option("--max-tokens", DECODING, "Of one instruction reply.", min=1, show_default="1024"),
]
Samples = Annotated[
    int | None,
    option(
        "--samples",
        DECODING,
        "Ask each output so many times and keep the one that agrees most.",
        min=1,
        metavar="K",
        show_default="1",
    ),
]
SampleTemperature = Annotated[
    float | None,
    option(
        "--sample-temperature",
        DECODING,
        "Of the further answers.",
        min=0,
        max=2,
        show_default="0.7",
    ),
]
Keep = Annotated[
    Literal["best", "all"] | None,
    option(
        "--keep",
        DECODING,
        "Of several answers, store the one that agrees most, or all of them beside it.",
        show_default="best",
    ),
]
