"""The options of what is kept of replies: novelty, soundness, thoughts."""

from __future__ import annotations

from typing import Annotated, Literal

from selfinstruct.cli.options.base import KEPT, option

Threshold = Annotated[
    float | None,
    option(
        "--threshold",
        KEPT,
        "Refuse an instruction whose ROUGE-L F1 to an earlier one reaches this.",
        show_default="the language's: 0.7",
    ),
]
TokenizerName = Annotated[
    str | None,
    option(
        "--tokenizer",
        KEPT,
        "rouge, unicode (any script), or module:function of your own.",
        metavar="NAME",
        show_default="the language's",
    ),
]
SimilarCount = Annotated[
    int | None,
    option(
        "--similar",
        KEPT,
        "Store the so many most similar earlier instructions with each task, and the mean.",
        min=0,
        metavar="K",
        show_default="0",
    ),
]
Novelty = Annotated[
    Literal["breadth", "all", "none"] | None,
    option("--novelty", KEPT, "Which results must be novel in the pool.", show_default="breadth"),
]
SoundnessOption = Annotated[
    bool | None,
    option(
        "--soundness/--no-soundness",
        KEPT,
        "Refuse what is no instruction, lacks its input, asks back or loops.",
        show_default="soundness",
    ),
]
AnyScript = Annotated[
    bool | None,
    option(
        "--any-script/--own-script",
        KEPT,
        "Keep instructions in another script than the language's.",
    ),
]
Support = Annotated[
    float | None,
    option(
        "--support",
        KEPT,
        "targeted: share of an answer's words that its passage must hold.",
        min=0,
        max=1,
        show_default="0.6",
    ),
]
KeepReasoning = Annotated[
    bool | None,
    option(
        "--keep-reasoning/--drop-reasoning",
        KEPT,
        "Keep what the teacher thought with each output that comes of a call of its own.",
    ),
]
ReasoningLeaks = Annotated[
    bool | None,
    option(
        "--reasoning-leaks/--no-reasoning-leaks",
        KEPT,
        "Also keep thoughts that quote the prompt or speak of demonstrations.",
    ),
]
