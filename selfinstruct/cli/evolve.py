"""``selfinstruct evolve``: make instructions harder, round by round."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfinstruct.cli import completing, groups, pool_flags
from selfinstruct.cli import options as o
from selfinstruct.cli.grouping import grouped
from selfinstruct.counts import counted


@grouped
def evolve(
    context: typer.Context,
    source: Annotated[
        str,
        typer.Argument(
            help="What is evolved: a pool, a seed file, or Alpaca-style JSON.",
            metavar="SOURCE",
            autocompletion=completing.sources,
        ),
    ],
    server: groups.ServerFlags,
    traffic: groups.TrafficFlags,
    data: pool_flags.EvolveFlags,
    limits: groups.LimitFlags,
    batches: groups.BatchFlags,
    output: groups.OutputFlags,
    pool: o.PoolArgument = Path("pool"),
    yes: Annotated[bool, o.option("--yes", o.OUTPUT, "Do not ask before the first call.")] = False,
    preview: o.Preview = False,
    config: o.Config = None,
) -> None:
    """Evolve the instructions of SOURCE over several rounds, as WizardLM did (Evol-Instruct).

    Each round rewrites each instruction by one of six operations, compares it with what it came
    from, and answers it: three calls. What is eliminated leaves its parent for the next round. The
    estimate is shown before the first call. More rounds later go on where it was.

    Examples:
    selfinstruct evolve alpaca_data.json hard --teacher openai --model NAME --budget 20 --price 1/4

    selfinstruct evolve mypool harder --teacher mock --rounds 4 --difficulty --yes
    """
    from selfinstruct import console
    from selfinstruct.api.evolve import EvolveEstimate
    from selfinstruct.api.evolve import evolve as rewrite
    from selfinstruct.cli import ending, from_flags, limit_flags
    from selfinstruct.cli.consent import is_wanted
    from selfinstruct.cli.signals import Signals

    del config

    def confirm(found: EvolveEstimate) -> bool:
        console.show_evolve_estimate(found)
        return yes or is_wanted()

    teacher = from_flags.teacher(context, server, traffic, limits)
    settings = from_flags.settings(context, data, server.api)
    capped = limit_flags.limits_of(traffic, limits, batches)
    if preview:
        from selfinstruct.api.preview import preview_evolve

        asked = preview_evolve(
            source,
            pool,
            rounds=data.rounds,
            teacher=teacher,
            settings=settings,
            limits=capped,
        )
        console.show_preview(asked, json=output.json)
        return
    signals = Signals()
    result = rewrite(
        source,
        pool,
        rounds=data.rounds,
        teacher=teacher,
        settings=settings,
        limits=capped,
        observer=console.Watching(quiet=output.quiet),
        stop=signals,
        confirm=None if output.quiet else confirm,
    )
    idle = f"All rounds of {pool} are done: {counted(result.tasks, 'task')}. More with --rounds."
    ending.finish(result, output, signals, idle)
