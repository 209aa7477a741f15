"""``selfinstruct check``: the calls that a run will make, before it is started."""

from __future__ import annotations

from typing import Annotated

import typer

from selfinstruct.cli import groups, pool_flags
from selfinstruct.cli import options as o
from selfinstruct.cli.grouping import grouped
from selfinstruct.cli.options.traffic import Timeout


@grouped
def check(
    context: typer.Context,
    server: groups.ServerFlags,
    data: pool_flags.SeedFlags,
    limits: groups.LimitFlags,
    timeout: Timeout = 60.0,
    config: o.Config = None,
    json: o.Json = False,
    write: Annotated[
        bool,
        o.option("--write", o.OUTPUT, "Put what was found into the settings file."),
    ] = False,
) -> None:
    """Make each call of a run once, and say whether key, model and settings work.

    Each step of the recipe is asked with the settings in force and read as a run will read it; that
    costs a few thousand tokens. Exit 0 only where every step could be read.

    Examples:
    selfinstruct check --teacher openai --model NAME --price 0.25/2.00

    selfinstruct check --teacher vllm --model NAME --recipe alpaca --write
    """
    from pathlib import Path

    from selfinstruct import console
    from selfinstruct.api.check import check as rehearse
    from selfinstruct.cli import config_writing, from_flags, limit_flags
    from selfinstruct.settings import FILE_NAME

    traffic = groups.TrafficFlags(concurrency=1, timeout=timeout)
    retry = {"attempts": 3, "first_attempts": 3}
    result = rehearse(
        teacher=from_flags.teacher(context, server, traffic, limits, retry),
        settings=from_flags.settings(context, data, server.api),
        limits=limit_flags.limits_of(traffic, limits),
        observer=console.Watching(quiet=False),
    )
    path = config or Path(FILE_NAME)
    if json:
        console.print_json(result.row())
    else:
        console.show_check(result.row())
        console.say(f"For {path}:\n{config_writing.lines(result.settings)}")
    if write:
        config_writing.write(path, result.settings)
        console.say(f"{path} is written.")
    if not result.readable:
        raise typer.Exit(4)
