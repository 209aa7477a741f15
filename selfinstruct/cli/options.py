"""The options that verbs share, each declared once.

Importing this must stay cheap: ``--help`` runs through here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

_TEACHER = "Teacher"
_DATA = "What is made"
_LIMITS = "Limits"
_OUTPUT = "Output"


def option(flag: str, panel: str, text: str, **more: Any) -> Any:
    """An option that also reads ``SELFINSTRUCT_<OPTION>``."""
    name = flag.split("/", maxsplit=1)[0].removeprefix("--").replace("-", "_").upper()
    return typer.Option(
        flag,
        envvar=f"SELFINSTRUCT_{name}",
        show_envvar=False,
        help=text,
        rich_help_panel=panel,
        **more,
    )


def own(flag: str, panel: str, text: str, **more: Any) -> Any:
    """An option whose name means something else for other verbs.

    It reads no variable, and of a settings file only the table of its verb.
    """
    return typer.Option(flag, help=text, rich_help_panel=panel, **more)


def _apply_file(context: typer.Context, path: Path | None) -> Path | None:
    # Eager, so that the file's values are defaults before any other option is read.
    from selfinstruct.cli.files import apply_defaults

    return apply_defaults(context, path)


PoolArgument = Annotated[
    Path, typer.Argument(help="The pool's folder.", show_default="./pool", metavar="POOL")
]
Config = Annotated[
    Path | None,
    option(
        "--config",
        _OUTPUT,
        "A settings file instead of ./selfinstruct.toml.",
        callback=_apply_file,
        is_eager=True,
    ),
]
Json = Annotated[bool, option("--json", _OUTPUT, "Print one JSON object on stdout.")]
Quiet = Annotated[bool, option("--quiet", _OUTPUT, "No progress and no summary.")]
Force = Annotated[bool, option("--force", _OUTPUT, "Replace files that are there already.")]

Teacher = Annotated[
    str | None,
    option(
        "--teacher",
        _TEACHER,
        "mock, openai, azure, openrouter, anthropic, gemini, mistral, deepseek, groq, together, "
        "fireworks, vllm, sglang, ollama, llamacpp or lmstudio. openai is taken when its key is "
        "set.",
        metavar="NAME",
    ),
]
Model = Annotated[str | None, option("--model", _TEACHER, "The model's name.", metavar="NAME")]
BaseUrl = Annotated[
    str | None, option("--base-url", _TEACHER, "The server's address.", metavar="URL")
]
ApiOption = Annotated[
    Literal["chat", "completions"] | None,
    option("--api", _TEACHER, "The kind of endpoint; completions is for base models."),
]
ReasoningTokens = Annotated[
    int | None,
    option(
        "--reasoning-tokens",
        _TEACHER,
        "Tokens that thoughts may take beside each answer's limit.",
        min=0,
        max=262_144,
        show_default="learned: none until the teacher thinks, then 4096 and more",
    ),
]
ReasoningEffort = Annotated[
    str | None,
    option(
        "--reasoning-effort",
        _TEACHER,
        "How much to think, said as the server wants it: none, minimal, low, medium, high …",
        metavar="LEVEL",
    ),
]
Body = Annotated[
    str | None,
    option(
        "--body",
        _TEACHER,
        'Further fields of each request, such as {"top_k": 20}.',
        metavar="JSON",
    ),
]
Header = Annotated[
    list[str] | None,
    option(
        "--header",
        _TEACHER,
        "A further header; $VARIABLE in it is read from the environment. May be repeated.",
        metavar="NAME=VALUE",
    ),
]
System = Annotated[
    str | None,
    option("--system", _TEACHER, "A system line before each chat, or @FILE.", metavar="TEXT"),
]
Tier = Annotated[
    str | None,
    option(
        "--tier",
        _TEACHER,
        "The server's service tier, such as flex; flex,standard falls back where it is full.",
        metavar="NAME[,NAME]",
    ),
]
Concurrency = Annotated[
    int, option("--concurrency", _TEACHER, "The most calls in flight.", min=1, max=4096)
]
Rpm = Annotated[float | None, option("--rpm", _TEACHER, "The most requests a minute.", min=0.01)]
Tpm = Annotated[float | None, option("--tpm", _TEACHER, "The most tokens a minute.", min=1)]
GiveUpAfter = Annotated[
    float,
    option(
        "--give-up-after",
        _TEACHER,
        "Seconds without any answer (rate limit, server down) until the run ends with exit 4.",
        min=0,
    ),
]
Hedge = Annotated[
    bool,
    option(
        "--hedge/--no-hedge",
        _TEACHER,
        "Make a call again beside one that hangs while others are answered.",
    ),
]
TokenLimitField = Annotated[
    Literal["max_completion_tokens", "max_tokens"] | None,
    option("--token-limit-field", _TEACHER, "What the server calls the token limit of a chat."),
]
SendStop = Annotated[
    bool | None,
    option("--stop/--no-stop", _TEACHER, "Whether the server takes stop sequences."),
]
SendSampling = Annotated[
    bool | None,
    option(
        "--sampling/--no-sampling",
        _TEACHER,
        "Whether the server takes temperature, top_p and penalties.",
    ),
]
Timeout = Annotated[
    float | None,
    option(
        "--timeout",
        _TEACHER,
        "Seconds until one call is given up; where none are given, a run waits --give-up-after.",
        min=0.1,
    ),
]

Seeds = Annotated[
    Path | None,
    option("--seeds", _DATA, "A seed file of your own; by default the language's.", metavar="FILE"),
]
Language = Annotated[
    str | None,
    option(
        "--language",
        _DATA,
        "A language pack (see selfinstruct languages), or a folder of your own.",
        metavar="NAME",
    ),
]
AnyScript = Annotated[
    bool | None,
    option(
        "--any-script/--own-script",
        _DATA,
        "Keep instructions in another script than the language's.",
    ),
]
SoundnessOption = Annotated[
    bool | None,
    option(
        "--soundness/--no-soundness",
        _DATA,
        "Refuse what is no instruction, lacks its input, asks back or loops.",
        show_default="soundness",
    ),
]
RecipeName = Annotated[
    str | None,
    option(
        "--recipe",
        _DATA,
        "self-instruct, alpaca or targeted.",
        metavar="NAME",
        show_default="self-instruct",
    ),
]
Structured = Annotated[
    bool | None,
    option(
        "--structured/--text",
        _DATA,
        "alpaca, targeted: hold replies to a JSON schema, where the teacher can be.",
    ),
]
Grow = Annotated[
    bool | None,
    option("--grow/--seeds-only", _DATA, "targeted: show examples of the pool too."),
]
Context = Annotated[
    Path | None,
    option(
        "--context",
        _DATA,
        "targeted: passages that new examples must be answerable from, one JSON object a line.",
        metavar="FILE",
    ),
]
Support = Annotated[
    float | None,
    option(
        "--support",
        _DATA,
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
        _DATA,
        "Ask each output so many times and keep the one that agrees most.",
        min=1,
        metavar="K",
        show_default="1",
    ),
]
SampleTemperature = Annotated[
    float | None,
    option(
        "--sample-temperature", _DATA, "Of the further answers.", min=0, max=2, show_default="0.7"
    ),
]
KeepReasoning = Annotated[
    bool | None,
    option(
        "--keep-reasoning/--drop-reasoning",
        _DATA,
        "Keep what the teacher thought with each output that comes of a call of its own.",
    ),
]
ReasoningLeaks = Annotated[
    bool | None,
    option(
        "--reasoning-leaks/--no-reasoning-leaks",
        _DATA,
        "Also keep thoughts that quote the prompt or speak of demonstrations.",
    ),
]
Seed = Annotated[
    int | None, option("--seed", _DATA, "Random numbers start here.", show_default="0")
]
Human = Annotated[
    int | None,
    option(
        "--human",
        _DATA,
        "Seed tasks shown in a request.",
        min=1,
        show_default="6; alpaca 3, targeted 5",
    ),
]
Machine = Annotated[
    int | None,
    option("--machine", _DATA, "Machine-made tasks shown.", min=0, show_default="2"),
]
PerRequest = Annotated[
    int | None,
    option(
        "--per-request",
        _DATA,
        "New tasks asked for.",
        min=1,
        max=50,
        show_default="8; alpaca 17 (10 in ko, ja, zh), targeted 10",
    ),
]
ClassificationOnly = Annotated[
    bool | None,
    option("--classification-only/--any-task", _DATA, "Only classification tasks."),
]
Threshold = Annotated[
    float | None,
    option(
        "--threshold",
        _DATA,
        "Refuse an instruction whose ROUGE-L F1 to an earlier one reaches this.",
        show_default="the language's: 0.7",
    ),
]
TokenizerName = Annotated[
    str | None,
    option(
        "--tokenizer",
        _DATA,
        "rouge, unicode (any script), or module:function of your own.",
        metavar="NAME",
        show_default="the language's",
    ),
]
SimilarCount = Annotated[
    int | None,
    option(
        "--similar",
        _DATA,
        "Store the so many most similar earlier instructions with each task, and the mean.",
        min=0,
        metavar="K",
        show_default="0",
    ),
]
PromptsFolder = Annotated[
    Path | None,
    option("--prompts", _DATA, "A folder whose templates replace those shipped.", metavar="DIR"),
]
AcceptChange = Annotated[
    bool, option("--accept-change", _DATA, "Go on with a pool that was made with other settings.")
]
Temperature = Annotated[
    float | None,
    option("--temperature", _DATA, "Of the leading step.", min=0, max=2, show_default="0.7"),
]
TopP = Annotated[
    float | None,
    option("--top-p", _DATA, "Of the leading step.", min=0, max=1, show_default="0.5"),
]
PresencePenalty = Annotated[
    float | None,
    option("--presence-penalty", _DATA, "Of the leading step.", min=-2, max=2, show_default="2"),
]
MaxTokens = Annotated[
    int | None,
    option("--max-tokens", _DATA, "Of one instruction reply.", min=1, show_default="1024"),
]

Set = Annotated[
    list[str] | None,
    option(
        "--set",
        _DATA,
        "A setting of the recipe by its name; for recipes of other packages. May be repeated.",
        metavar="NAME=VALUE",
    ),
]
Rounds = Annotated[int, option("--rounds", _DATA, "How often each instruction is evolved.", min=1)]
Operations = Annotated[
    str | None,
    option(
        "--operations",
        _DATA,
        "Those that are drawn from, with commas: constraints, deepen, concrete, reasoning, "
        "input, breadth.",
        metavar="NAMES",
        show_default="all six",
    ),
]
Novelty = Annotated[
    Literal["breadth", "all", "none"] | None,
    option("--novelty", _DATA, "Which results must be novel in the pool.", show_default="breadth"),
]
Difficulty = Annotated[
    bool | None,
    option("--difficulty/--no-difficulty", _DATA, "Have each result graded from 1 to 10."),
]
Skills = Annotated[
    bool | None,
    option("--skills/--no-skills", _DATA, "Have the skill named that each result needs."),
]

PriceOption = Annotated[
    str | None,
    option(
        "--price",
        _LIMITS,
        "Dollars per million tokens: IN/OUT, IN/CACHED/OUT or IN/CACHED/WRITE/OUT.",
        metavar="IN/OUT",
    ),
]
Budget = Annotated[
    float | None,
    option("--budget", _LIMITS, "The most dollars this run may spend.", min=0, metavar="USD"),
]
MaxCalls = Annotated[
    int | None, option("--max-calls", _LIMITS, "The most calls of this run.", min=0)
]
MaxTokensTotal = Annotated[
    int | None, option("--max-tokens-total", _LIMITS, "The most tokens of this run.", min=0)
]
MinYield = Annotated[
    float,
    option(
        "--min-yield",
        _LIMITS,
        "Stop when fewer than this share of the last candidates were accepted.",
        min=0,
        max=1,
    ),
]
