"""``selfinstruct replay``: rebuild a pool from its stored replies with other settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfinstruct.cli import completing, groups, pool_flags
from selfinstruct.cli import options as o
from selfinstruct.cli.grouping import grouped


@grouped
def replay(
    context: typer.Context,
    pool: Annotated[
        Path,
        typer.Argument(
            help="The pool whose replies are read again.", autocompletion=completing.pools
        ),
    ],
    into: Annotated[Path, o.option("--into", o.WHAT, "The new pool.", metavar="NEW")],
    server: groups.ServerFlags,
    traffic: groups.TrafficFlags,
    data: pool_flags.SeedFlags,
    limits: groups.LimitFlags,
    output: groups.OutputFlags,
    target: Annotated[
        int | None,
        o.own(
            "--target",
            o.WHAT,
            "Finished tasks wanted.",
            min=1,
            show_default="as many as POOL holds",
        ),
    ] = None,
    ask: Annotated[
        bool, o.option("--ask", o.TEACHER, "Ask the teacher for what is not stored.")
    ] = False,
    rules: Annotated[
        int | None,
        o.option(
            "--rules",
            o.WHAT,
            "Read by this edition of the rules: 1 as first released, 2 today's.",
            min=1,
            show_default="POOL's",
        ),
    ] = None,
    config: o.Config = None,
) -> None:
    """Rebuild a pool from its stored replies with other filters: nothing is asked or paid.

    Each request is read again as it was answered; rules, novelty and language are those given
    here, and else those of POOL. Where other instructions pass now, replies to follow-up questions
    are missing: they are rejects with the reason not_stored, asked for by --ask, and by a later
    generate on the new pool.

    Examples:
    selfinstruct replay mypool --into stricter --threshold 0.5

    selfinstruct replay mypool --into ours --tokenizer mymodule:tokenize --ask --teacher openai
    """
    import dataclasses

    from selfinstruct import console
    from selfinstruct.api.replay import replay as rebuild
    from selfinstruct.cli import ending, from_flags, limit_flags, value_sources
    from selfinstruct.cli.signals import Signals

    del config
    if not value_sources.is_typed(context, "recipe"):  # elsewhere it is that of new pools
        data = dataclasses.replace(data, recipe=None)
    teacher = from_flags.teacher(context, server, traffic, limits)
    settings = from_flags.settings(context, data, server.api)
    signals = Signals()
    result = rebuild(
        pool,
        into,
        target=target,
        ask=teacher if ask else None,
        settings=dataclasses.replace(settings, rules=rules or 0),
        limits=limit_flags.limits_of(traffic, limits),
        observer=console.Watching(quiet=output.quiet),
        stop=signals,
    )
    ending.show(result, output)
    console.show_replay_end(result, asked=ask, quiet=output.quiet)
    ending.leave(result.stopped, signals)
