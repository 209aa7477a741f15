"""``selfinstruct serve-mock``: the mock teacher over HTTP, so that the real client can be tried."""

from __future__ import annotations

from typing import Annotated

import typer

from selfinstruct.cli import options as o


def serve_mock(
    port: Annotated[
        int, typer.Option("--port", help="Where to listen; 0 takes a free port.", min=0, max=65535)
    ] = 8000,
    key: Annotated[
        str | None, typer.Option("--key", help="Refuse calls without this key.", metavar="KEY")
    ] = None,
    language: Annotated[
        str, typer.Option("--language", help="Whose grammar to speak.", metavar="NAME")
    ] = "en",
    latency: Annotated[
        float, typer.Option("--latency", help="Seconds until a reply.", min=0)
    ] = 0.0,
    latency_sigma: Annotated[
        float,
        typer.Option(
            "--latency-sigma",
            help="Spread of the latency: σ of a log-normal with that mean.",
            min=0,
        ),
    ] = 0.0,
    fault: Annotated[
        str,
        typer.Option(
            "--fault",
            help="Rates of what goes wrong: 429, 500, timeout, disconnect, truncate, garbage, "
            "flex.",
            metavar="NAME=RATE,…",
        ),
    ] = "",
    fault_seed: Annotated[
        int, typer.Option("--fault-seed", help="Where the random numbers of faults start.")
    ] = 0,
    hang: Annotated[
        float,
        typer.Option(
            "--hang", help="Seconds that a timeout lasts before the connection closes.", min=0
        ),
    ] = 60.0,
    rpm: Annotated[
        int | None,
        typer.Option("--rpm", help="A quota of requests in any sixty seconds.", min=1),
    ] = None,
    refuse: Annotated[
        str,
        typer.Option(
            "--refuse",
            help="Answer 400 to requests with these fields; of temperature, to any value but 1. "
            "A+B refuses the two together.",
            metavar="FIELD,…",
        ),
    ] = "",
    strict: Annotated[
        bool, typer.Option("--strict", help="Answer 422 to fields that Mistral does not know.")
    ] = False,
    thinking: Annotated[
        int,
        typer.Option(
            "--thinking",
            help="Think for N tokens before each answer; they count in the token limit and are "
            "billed.",
            metavar="N",
            min=0,
            max=1 << 20,
        ),
    ] = 0,
    thinking_style: Annotated[
        str,
        typer.Option(
            "--thinking-style",
            help="Where the thoughts stand: hidden, field (reasoning_content), reasoning, tags, "
            "unopened (no opening tag), channels, parts.",
            metavar="STYLE",
        ),
    ] = "field",
    cache: Annotated[
        bool,
        typer.Option("--cache", help="Report tokens read from a prompt cache and written to it."),
    ] = False,
    context: Annotated[
        int | None,
        typer.Option(
            "--context",
            help="Tokens of prompt and reply together: longer prompts are answered 400.",
            metavar="N",
            min=1,
        ),
    ] = None,
    config: o.Config = None,
) -> None:
    """Serve the mock teacher as an OpenAI-compatible server on 127.0.0.1, until interrupted.

    Point a run at it with --teacher vllm --model mock --base-url http://127.0.0.1:8000/v1.

    It can go wrong, think, and refuse as today's servers do; GET /v1/usage shows its own bill.

    The options that make it one of them stand in docs/teachers.md.

    Example:
    selfinstruct serve-mock --fault 429=0.2,500=0.05,timeout=0.02,garbage=0.05 --rpm 600
    """
    del config
    from selfinstruct.teachers.mock.behaviour import Behaviour
    from selfinstruct.teachers.mock.http_faults import parse_faults
    from selfinstruct.teachers.mock.kinds import Kind, parse_refusals
    from selfinstruct.teachers.mock.server import serve
    from selfinstruct.teachers.mock.thinking import parse_style

    def ready(address: str) -> None:
        typer.echo(f"Listening on {address}", err=True)

    behaviour = Behaviour(
        language=language,
        key=key,
        latency=latency,
        latency_sigma=latency_sigma,
        faults=parse_faults(fault),
        fault_seed=fault_seed,
        hang=hang,
        rpm=rpm,
        kind=Kind(parse_refusals(refuse), strict, context),
        thinking=thinking,
        style=parse_style(thinking_style),
        cache=cache,
    )
    serve(port, behaviour, ready)
