"""The options of what is made."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from selfinstruct.cli.options.base import DATA, option

Seeds = Annotated[
    Path | None,
    option("--seeds", DATA, "A seed file of your own; by default the language's.", metavar="FILE"),
]
Language = Annotated[
    str | None,
    option(
        "--language",
        DATA,
        "A language pack (see selfinstruct languages), or a folder of your own.",
        metavar="NAME",
    ),
]
AnyScript = Annotated[
    bool | None,
    option(
        "--any-script/--own-script",
        DATA,
        "Keep instructions in another script than the language's.",
    ),
]
SoundnessOption = Annotated[
    bool | None,
    option(
        "--soundness/--no-soundness",
        DATA,
        "Refuse what is no instruction, lacks its input, asks back or loops.",
        show_default="soundness",
    ),
]
RecipeName = Annotated[
    str | None,
    option(
        "--recipe",
        DATA,
        "self-instruct, alpaca or targeted.",
        metavar="NAME",
        show_default="self-instruct",
    ),
]
Structured = Annotated[
    bool | None,
    option(
        "--structured/--text",
        DATA,
        "alpaca, targeted: hold replies to a JSON schema, where the teacher can be.",
    ),
]
Grow = Annotated[
    bool | None,
    option("--grow/--seeds-only", DATA, "targeted: show examples of the pool too."),
]
Context = Annotated[
    Path | None,
    option(
        "--context",
        DATA,
        "targeted: passages that new examples must be answerable from, one JSON object a line.",
        metavar="FILE",
    ),
]
Support = Annotated[
    float | None,
    option(
        "--support",
        DATA,
        "targeted: share of an answer's words that its passage must hold.",
        min=0,
        max=1,
        show_default="0.6",
    ),
]
Samples = Annotated[
    int | None,
    option(
        "--samples",
        DATA,
        "Ask each output so many times and keep the one that agrees most.",
        min=1,
        metavar="K",
        show_default="1",
    ),
]
SampleTemperature = Annotated[
    float | None,
    option(
        "--sample-temperature", DATA, "Of the further answers.", min=0, max=2, show_default="0.7"
    ),
]
KeepReasoning = Annotated[
    bool | None,
    option(
        "--keep-reasoning/--drop-reasoning",
        DATA,
        "Keep what the teacher thought with each output that comes of a call of its own.",
    ),
]
ReasoningLeaks = Annotated[
    bool | None,
    option(
        "--reasoning-leaks/--no-reasoning-leaks",
        DATA,
        "Also keep thoughts that quote the prompt or speak of demonstrations.",
    ),
]
Seed = Annotated[int | None, option("--seed", DATA, "Random numbers start here.", show_default="0")]
Human = Annotated[
    int | None,
    option(
        "--human",
        DATA,
        "Seed tasks shown in a request.",
        min=1,
        show_default="6; alpaca 3, targeted 5",
    ),
]
Machine = Annotated[
    int | None,
    option("--machine", DATA, "Machine-made tasks shown.", min=0, show_default="2"),
]
PerRequest = Annotated[
    int | None,
    option(
        "--per-request",
        DATA,
        "New tasks asked for.",
        min=1,
        max=50,
        show_default="8; alpaca 17 (10 in ko, ja, zh), targeted 10",
    ),
]
ClassificationOnly = Annotated[
    bool | None,
    option("--classification-only/--any-task", DATA, "Only classification tasks."),
]
Threshold = Annotated[
    float | None,
    option(
        "--threshold",
        DATA,
        "Refuse an instruction whose ROUGE-L F1 to an earlier one reaches this.",
        show_default="the language's: 0.7",
    ),
]
TokenizerName = Annotated[
    str | None,
    option(
        "--tokenizer",
        DATA,
        "rouge, unicode (any script), or module:function of your own.",
        metavar="NAME",
        show_default="the language's",
    ),
]
SimilarCount = Annotated[
    int | None,
    option(
        "--similar",
        DATA,
        "Store the so many most similar earlier instructions with each task, and the mean.",
        min=0,
        metavar="K",
        show_default="0",
    ),
]
PromptsFolder = Annotated[
    Path | None,
    option("--prompts", DATA, "A folder whose templates replace those shipped.", metavar="DIR"),
]
AcceptChange = Annotated[
    bool, option("--accept-change", DATA, "Go on with a pool that was made with other settings.")
]
Temperature = Annotated[
    float | None,
    option("--temperature", DATA, "Of the leading step.", min=0, max=2, show_default="0.7"),
]
TopP = Annotated[
    float | None,
    option("--top-p", DATA, "Of the leading step.", min=0, max=1, show_default="0.5"),
]
PresencePenalty = Annotated[
    float | None,
    option("--presence-penalty", DATA, "Of the leading step.", min=-2, max=2, show_default="2"),
]
MaxTokens = Annotated[
    int | None,
    option("--max-tokens", DATA, "Of one instruction reply.", min=1, show_default="1024"),
]
Set = Annotated[
    list[str] | None,
    option(
        "--set",
        DATA,
        "A setting of the recipe by its name; for recipes of other packages. May be repeated.",
        metavar="NAME=VALUE",
    ),
]
Rounds = Annotated[int, option("--rounds", DATA, "How often each instruction is evolved.", min=1)]
Operations = Annotated[
    str | None,
    option(
        "--operations",
        DATA,
        "Those that are drawn from, with commas: constraints, deepen, concrete, reasoning, "
        "input, breadth.",
        metavar="NAMES",
        show_default="all six",
    ),
]
Novelty = Annotated[
    Literal["breadth", "all", "none"] | None,
    option("--novelty", DATA, "Which results must be novel in the pool.", show_default="breadth"),
]
Difficulty = Annotated[
    bool | None,
    option("--difficulty/--no-difficulty", DATA, "Have each result graded from 1 to 10."),
]
Skills = Annotated[
    bool | None,
    option("--skills/--no-skills", DATA, "Have the skill named that each result needs."),
]
