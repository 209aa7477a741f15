"""``selfinstruct select``: fewer tasks and better ones, and what that does to the set."""

from __future__ import annotations

from typing import Annotated

import typer

from selfinstruct.cli import completing
from selfinstruct.cli import options as o
from selfinstruct.cli.grouping import grouped
from selfinstruct.cli.select_options import CHOSEN, SelectFlags


@grouped
def select(
    *,
    source: Annotated[
        str,
        typer.Argument(
            metavar="POOL|FILE",
            help="A pool, or a set that judge reads.",
            autocompletion=completing.sources,
        ),
    ] = "pool",
    by: Annotated[
        str,
        o.own(
            "--by",
            CHOSEN,
            "random, longest, rating, deita, tags, or file:SCORES.jsonl.",
            metavar="WAY",
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "-o", "--output", metavar="FILE", help="The chosen; all others go into a file beside."
        ),
    ] = "selection.jsonl",
    config: o.Config = None,
    flags: SelectFlags,
    force: o.Force = False,
    json: o.Json = False,
    quiet: o.Quiet = False,
) -> None:
    """Choose the best tasks of a pool that are not all alike, and show what that does to it.

    Nobody is asked: rating, deita (complexity times quality) and tags take what judge was told.
    Every task that is passed over is written down with its reason, and a random choice and the
    longest answers stand beside, which many a score does not beat.

    Examples:
    selfinstruct select mypool --by deita --size 500

    selfinstruct select mypool --by rating --min accuracy=4.5 -o good.jsonl

    selfinstruct export mypool --only selection.jsonl --format chat -o train.jsonl
    """
    import dataclasses

    from selfinstruct import console
    from selfinstruct.api.select import select as choose
    from selfinstruct.cli import streams

    del config
    if json:
        streams.refuse_json(output, "--json and -o - both want standard output: name a file.")
    given = {one.name: getattr(flags, one.name) for one in dataclasses.fields(flags)}
    result = choose(
        source,
        output,
        by=by,
        **given | {"judgements": flags.judgements or None, "at_least": flags.at_least or ()},
        force=force,
        observer=console.Watching(quiet=quiet),
    )
    if json:
        console.print_json(result.row())
    elif not quiet:
        console.show_selection(result)
