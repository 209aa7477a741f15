"""``selfinstruct serve-mock``: the mock teacher over HTTP, so that the real client can be tried."""

from __future__ import annotations

from typing import Annotated

import typer


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
            help="Rates of what goes wrong: 429, 500, timeout, disconnect, truncate, garbage.",
            metavar="NAME=RATE,…",
        ),
    ] = "",
    fault_seed: Annotated[
        int, typer.Option("--fault-seed", help="Where the random numbers of faults start.")
    ] = 0,
    rpm: Annotated[
        int | None,
        typer.Option("--rpm", help="A quota of requests in any sixty seconds.", min=1),
    ] = None,
) -> None:
    """Serve the mock teacher as an OpenAI-compatible server on 127.0.0.1, until interrupted.

    Point a run at it with --teacher vllm --model mock --base-url http://127.0.0.1:8000/v1.

    Example:
    selfinstruct serve-mock --fault 429=0.2,500=0.05,timeout=0.02,garbage=0.05 --rpm 600
    """
    from selfinstruct.teachers.mock.server import Behaviour, serve
    from selfinstruct.teachers.mock.trouble import parse_faults

    def ready(address: str) -> None:
        typer.echo(f"Listening on {address}", err=True)

    behaviour = Behaviour(
        language=language,
        key=key,
        latency=latency,
        latency_sigma=latency_sigma,
        faults=parse_faults(fault),
        fault_seed=fault_seed,
        rpm=rpm,
    )
    serve(port, behaviour, ready)
