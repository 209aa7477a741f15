"""The options of ``serve-mock``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from selfinstruct.cli.options import own

_SERVER = "Server"
_FAULTS = "What goes wrong"
_THOUGHTS = "Thoughts"
_KIND = "What kind of server it is"


@dataclass(frozen=True, slots=True)
class MockFlags:
    """How the mock server answers."""

    port: Annotated[
        int, own("--port", _SERVER, "Where to listen; 0 takes a free port.", min=0, max=65535)
    ] = 8000
    key: Annotated[
        str | None, own("--key", _SERVER, "Refuse calls without this key.", metavar="KEY")
    ] = None
    language: Annotated[
        str, own("--language", _SERVER, "Whose grammar to speak.", metavar="NAME")
    ] = "en"
    latency: Annotated[float, own("--latency", _SERVER, "Seconds until a reply.", min=0)] = 0.0
    latency_sigma: Annotated[
        float,
        own("--latency-sigma", _SERVER, "Its spread: σ of a log-normal with that mean.", min=0),
    ] = 0.0
    fault: Annotated[
        str,
        own(
            "--fault",
            _FAULTS,
            "Rates of what goes wrong: 429, 500, timeout, disconnect, truncate, garbage, flex.",
            metavar="NAME=RATE,…",
        ),
    ] = ""
    fault_seed: Annotated[
        int, own("--fault-seed", _FAULTS, "Where the random numbers of faults start.")
    ] = 0
    hang: Annotated[
        float,
        own("--hang", _FAULTS, "Seconds that a timeout lasts before the connection closes.", min=0),
    ] = 60.0
    thinking: Annotated[
        int,
        own(
            "--thinking",
            _THOUGHTS,
            "Think for N tokens before each answer; they count in the token limit and are billed.",
            metavar="N",
            min=0,
            max=1 << 20,
        ),
    ] = 0
    thinking_style: Annotated[
        str,
        own(
            "--thinking-style",
            _THOUGHTS,
            "Where the thoughts stand: hidden, field (reasoning_content), reasoning, tags, "
            "unopened (no opening tag), channels, parts.",
            metavar="STYLE",
        ),
    ] = "field"
    batch_fault: Annotated[
        str,
        own(
            "--batch-fault",
            _FAULTS,
            "What goes wrong with batches: rates of expired, missing, zero, refused; no-list, "
            "no-metadata, slow-create=SECONDS, failed-validation, token-limit=N, all-in-errors.",
            metavar="NAME[=N],…",
        ),
    ] = ""
    batch_looks: Annotated[
        int,
        own("--batch-looks", _SERVER, "How often a batch is looked at before it ended.", min=0),
    ] = 0
    rpm: Annotated[
        int | None,
        own("--rpm", _KIND, "A quota of requests in any sixty seconds.", min=1),
    ] = None
    context: Annotated[
        int | None,
        own(
            "--context",
            _KIND,
            "Tokens of prompt and reply together: longer prompts are answered 400.",
            metavar="N",
            min=1,
        ),
    ] = None
    cache: Annotated[
        bool,
        own("--cache", _KIND, "Report tokens read from a prompt cache and written to it."),
    ] = False
    any_model: Annotated[
        bool, own("--any-model", _KIND, "Answer to any model's name, as llama.cpp does.")
    ] = False
    refuse: Annotated[
        str,
        own(
            "--refuse",
            _KIND,
            "Answer 400 to requests with these fields; of temperature, to any value but 1. "
            "A+B refuses the two together.",
            metavar="FIELD,…",
        ),
    ] = ""
    strict: Annotated[
        bool, own("--strict", _KIND, "Answer 422 to fields that Mistral does not know.")
    ] = False
