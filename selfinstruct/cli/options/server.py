"""The options of who is asked, and what the server accepts."""

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
System = Annotated[
    str | None,
    option("--system", TEACHER, "A system line before each chat, or @FILE.", metavar="TEXT"),
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
Tier = Annotated[
    str | None,
    option(
        "--tier",
        TEACHER,
        "The server's service tier, such as flex; flex,standard falls back where it is full.",
        metavar="NAME[,NAME]",
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
Body = Annotated[
    str | None,
    option(
        "--body",
        TEACHER,
        'Further fields of each request, such as {"top_k": 20}.',
        metavar="JSON",
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
