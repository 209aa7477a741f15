"""``selfinstruct serve-mock``: the mock teacher over HTTP, so that the real client can be tried."""

from __future__ import annotations

import typer

from selfinstruct.cli import options as o
from selfinstruct.cli.grouping import grouped
from selfinstruct.cli.mock_options import MockFlags


@grouped
def serve_mock(flags: MockFlags, config: o.Config = None) -> None:
    """Serve the mock teacher as an OpenAI-compatible server on 127.0.0.1, until interrupted.

    Point a run at it with --teacher vllm --model mock --base-url http://127.0.0.1:8000/v1.

    It can go wrong, think, and refuse as today's servers do; GET /v1/usage shows its own bill.

    The options that make it one of them stand in docs/teachers.md.

    Example:
    selfinstruct serve-mock --fault 429=0.2,500=0.05,timeout=0.02,garbage=0.05 --rpm 600
    """
    del config
    from selfinstruct.mock.batch_faults import parse_batch_faults
    from selfinstruct.mock.behaviour import Behaviour
    from selfinstruct.mock.http_faults import parse_faults
    from selfinstruct.mock.kinds import Kind, parse_refusals
    from selfinstruct.mock.server import serve
    from selfinstruct.mock.thinking import parse_style

    def ready(address: str) -> None:
        typer.echo(f"Listening on {address}", err=True)

    behaviour = Behaviour(
        language=flags.language,
        key=flags.key,
        latency=flags.latency,
        latency_sigma=flags.latency_sigma,
        faults=parse_faults(flags.fault),
        fault_seed=flags.fault_seed,
        hang=flags.hang,
        rpm=flags.rpm,
        kind=Kind(parse_refusals(flags.refuse), flags.strict, flags.context),
        thinking=flags.thinking,
        style=parse_style(flags.thinking_style),
        cache=flags.cache,
        any_model=flags.any_model,
        batch_faults=parse_batch_faults(flags.batch_fault),
        batch_looks=flags.batch_looks,
    )
    serve(flags.port, behaviour, ready)
