"""``selfinstruct estimate``: calls, tokens and dollars of a run before it starts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfinstruct.cli import completing, groups, pool_flags
from selfinstruct.cli import options as o
from selfinstruct.cli.grouping import grouped


@grouped
def estimate(
    context: typer.Context,
    data: pool_flags.AnyFlags,
    server: groups.ServerFlags,
    traffic: groups.TrafficFlags,
    limits: groups.LimitFlags,
    output: groups.OutputFlags,
    places: Annotated[
        list[str] | None,
        typer.Argument(
            help="The pool of generate, or SOURCE and pool of evolve.",
            show_default="./pool",
            metavar="[SOURCE] [POOL]",
            autocompletion=completing.sources,
        ),
    ] = None,
    target: Annotated[
        int | None,
        o.option("--target", o.WHAT, "Finished tasks the pool shall hold.", min=1),
    ] = None,
    yes: Annotated[bool, o.option("--yes", o.OUTPUT, "As for evolve; nothing is asked.")] = False,
    config: o.Config = None,
) -> None:
    """Say what a run would use: calls, tokens and, with --price, dollars.

    The line is that of generate or of evolve with another verb. Where the pool has a ledger, its
    own figures are used; else the prompts as they would be sent, with assumptions that are said.
    Nothing is asked, written or paid.

    Examples:
    selfinstruct estimate mypool --target 1000 --price 0.15/0.60

    selfinstruct estimate alpaca_data.json hard --rounds 2 --price 0.15/0.60
    """
    import dataclasses

    from selfinstruct import console
    from selfinstruct.api.estimate import EstimateResult
    from selfinstruct.api.estimate import estimate as foresee
    from selfinstruct.api.evolve import EvolveEstimate, estimate_evolve
    from selfinstruct.cli import from_flags, value_sources
    from selfinstruct.errors import SettingsError
    from selfinstruct.pool.manifest import read_manifest

    del config, yes
    places = places or ["pool"]
    if (
        not value_sources.is_typed(context, "recipe")
        and read_manifest(Path(places[-1])) is not None
    ):
        data = dataclasses.replace(data, recipe=None)  # elsewhere it is that of new pools
    teacher = from_flags.teacher(context, server, traffic, limits)
    settings = from_flags.settings(context, data, server.api)
    if len(places) > 2 or (len(places) == 2) is not (target is None):
        raise SettingsError(
            "Write estimate POOL --target N as for generate, or estimate SOURCE POOL as for evolve."
        )
    found: EstimateResult | EvolveEstimate
    if target is None:
        source, pool = places
        found = estimate_evolve(
            source, pool, rounds=data.rounds, teacher=teacher, settings=settings
        )
    else:
        found = foresee(places[0], target=target, teacher=teacher, settings=settings)
    if output.json:
        console.print_json(found.row())
    elif isinstance(found, EvolveEstimate):
        console.show_evolve_estimate(found, to_stderr=False)
    else:
        console.show_estimate(found.row())
