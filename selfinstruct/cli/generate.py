"""``selfinstruct generate``: grow a pool to a target."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfinstruct.cli import groups, pool_flags
from selfinstruct.cli import options as o
from selfinstruct.cli.grouping import grouped
from selfinstruct.counts import counted


@grouped
def generate(
    context: typer.Context,
    target: Annotated[int, o.option("--target", o.WHAT, "Finished tasks the pool shall hold.")],
    server: groups.ServerFlags,
    traffic: groups.TrafficFlags,
    data: pool_flags.SeedFlags,
    limits: groups.LimitFlags,
    batches: groups.BatchFlags,
    output: groups.OutputFlags,
    pool: o.PoolArgument = Path("pool"),
    preview: o.Preview = False,
    config: o.Config = None,
) -> None:
    """Grow a pool until it holds TARGET finished tasks.

    The pool is made when it is not there. A second call with the same target does nothing, so a
    cron job is one line. Whatever stops a run, the same command goes on where it was.

    Examples:
    selfinstruct generate demo --teacher mock --target 100

    selfinstruct generate mypool --teacher openai --model NAME --target 1000 --budget 5 --price 1/4

    selfinstruct generate mypool --teacher vllm --model my-base-model --api completions --target 500
    """
    from selfinstruct import console
    from selfinstruct.api.generate import generate as grow
    from selfinstruct.cli import ending, from_flags, limit_flags
    from selfinstruct.cli.signals import Signals

    del config  # read before, by its callback
    teacher = from_flags.teacher(context, server, traffic, limits)
    settings = from_flags.settings(context, data, server.api)
    capped = limit_flags.limits_of(traffic, limits, batches)
    if preview:
        from selfinstruct.api.preview import preview as look_ahead

        found = look_ahead(pool, target=target, teacher=teacher, settings=settings, limits=capped)
        console.show_preview(found, json=output.json)
        return
    signals = Signals()
    result = grow(
        pool,
        target=target,
        teacher=teacher,
        settings=settings,
        limits=capped,
        observer=console.Watching(quiet=output.quiet),
        stop=signals,
    )
    idle = f"The pool {pool} holds {counted(result.tasks, 'task')} already; nothing to do."
    ending.finish(result, output, signals, idle)
