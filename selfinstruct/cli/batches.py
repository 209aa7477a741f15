"""``selfinstruct batches``: how the batches of a pool go, and what is done with them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfinstruct.cli import groups
from selfinstruct.cli import options as o
from selfinstruct.cli.grouping import grouped


@grouped
def batches(
    context: typer.Context,
    server: groups.ServerFlags,
    output: groups.OutputFlags,
    pool: o.PoolArgument = Path("pool"),
    cancel: Annotated[
        list[str] | None,
        o.own("--cancel", o.BATCHES, "End this one early, or all; may be repeated.", metavar="N"),
    ] = None,
    forget: Annotated[
        list[str] | None,
        o.own(
            "--forget",
            o.BATCHES,
            "Give this one up; what it was to bring is asked, and perhaps paid, again.",
            metavar="N",
        ),
    ] = None,
    ids: Annotated[
        list[str] | None,
        o.own("--id", o.BATCHES, "What the server calls one that may be there.", metavar="N=ID"),
    ] = None,
    config: o.Config = None,
) -> None:
    """Ask the server how the batches of a pool go; end one, give one up, or name one.

    Also for the folder of a judging, of answers or of a comparison. The run that ordered them
    collects them: run its command again.

    Examples:
    selfinstruct batches mypool

    selfinstruct batches mypool --cancel all
    """
    import dataclasses

    from selfinstruct import console
    from selfinstruct.api.batches import batches as look
    from selfinstruct.api.batches import preset_of
    from selfinstruct.cli import from_flags, option_values

    del config
    named = dataclasses.replace(server, teacher=server.teacher or preset_of(pool))
    result = look(
        pool,
        teacher=from_flags.teacher(context, named, groups.TrafficFlags(), groups.SpendFlags()),
        cancel=cancel or (),
        forget=forget or (),
        ids=option_values.parsed_pairs(ids or [], "--id"),
        observer=console.Watching(quiet=output.quiet),
    )
    if output.json:
        console.print_json(result.row())
    elif not output.quiet:
        console.show_batches(result)
