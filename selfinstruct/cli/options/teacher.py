"""The options of who is asked, and how."""

from __future__ import annotations

from typing import Annotated, Literal

from selfinstruct.cli.options.base import TEACHER, option

Teacher = Annotated[
    str | None,
    option(
        "--teacher",
        TEACHER,
        "mock, openai, azure, openrouter, anthropic, gemini, mistral, deepseek, groq, together, "
        "fireworks, vllm, sglang, ollama, llamacpp or lmstudio. openai is taken when its key is "
        "set.",
        metavar="NAME",
    ),
]
Model = Annotated[str | None, option("--model", TEACHER, "The model's name.", metavar="NAME")]
BaseUrl = Annotated[
    str | None, option("--base-url", TEACHER, "The server's address.", metavar="URL")
]
ApiOption = Annotated[
    Literal["chat", "completions"] | None,
    option("--api", TEACHER, "The kind of endpoint; completions is for base models."),
]
ReasoningTokens = Annotated[
    int | None,
    option(
        "--reasoning-tokens",
        TEACHER,
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
        TEACHER,
        "How much to think, said as the server wants it: none, minimal, low, medium, high …",
        metavar="LEVEL",
    ),
]
Body = Annotated[
    str | None,
    option(
        "--body",
        TEACHER,
        'Further fields of each request, such as {"top_k": 20}.',
        metavar="JSON",
    ),
]
Header = Annotated[
    list[str] | None,
    option(
        "--header",
        TEACHER,
        "A further header; $VARIABLE in it is read from the environment. May be repeated.",
        metavar="NAME=VALUE",
    ),
]
System = Annotated[
    str | None,
    option("--system", TEACHER, "A system line before each chat, or @FILE.", metavar="TEXT"),
]
Tier = Annotated[
    str | None,
    option(
        "--tier",
        TEACHER,
        "The server's service tier, such as flex; flex,standard falls back where it is full.",
        metavar="NAME[,NAME]",
    ),
]
Concurrency = Annotated[
    int, option("--concurrency", TEACHER, "The most calls in flight.", min=1, max=4096)
]
Rpm = Annotated[float | None, option("--rpm", TEACHER, "The most requests a minute.", min=0.01)]
Tpm = Annotated[float | None, option("--tpm", TEACHER, "The most tokens a minute.", min=1)]
GiveUpAfter = Annotated[
    float,
    option(
        "--give-up-after",
        TEACHER,
        "Seconds without any answer (rate limit, server down) until the run ends with exit 4.",
        min=0,
    ),
]
Hedge = Annotated[
    bool,
    option(
        "--hedge/--no-hedge",
        TEACHER,
        "Make a call again beside one that hangs while others are answered.",
    ),
]
TokenLimitField = Annotated[
    Literal["max_completion_tokens", "max_tokens"] | None,
    option("--token-limit-field", TEACHER, "What the server calls the token limit of a chat."),
]
SendStop = Annotated[
    bool | None,
    option("--stop/--no-stop", TEACHER, "Whether the server takes stop sequences."),
]
SendSampling = Annotated[
    bool | None,
    option(
        "--sampling/--no-sampling",
        TEACHER,
        "Whether the server takes temperature, top_p and penalties.",
    ),
]
Timeout = Annotated[
    float | None,
    option(
        "--timeout",
        TEACHER,
        "Seconds until one call is given up; where none are given, a run waits --give-up-after.",
        min=0.1,
    ),
]
