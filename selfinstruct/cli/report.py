"""``selfinstruct report``: what is in a pool, on one page that can be mailed."""

from __future__ import annotations

from typing import Annotated

import typer

from selfinstruct.cli import completing, groups
from selfinstruct.cli import options as o
from selfinstruct.cli.grouping import grouped
from selfinstruct.cli.report_options import READ, SHOWN, ReportFlags


@grouped
def report(
    *,
    source: Annotated[
        str,
        typer.Argument(
            metavar="POOL|FILE",
            help="A pool, or what import reads.",
            autocompletion=completing.sources,
        ),
    ] = "pool",
    output: Annotated[
        str,
        typer.Option(
            "-o", "--output", metavar="PAGE", help="The page, or - for a pipe; .json goes beside."
        ),
    ] = "report.html",
    config: o.Config = None,
    flags: ReportFlags,
    watch: Annotated[
        bool, o.own("--watch", SHOWN, "Write it anew whenever the pool has grown, until Ctrl-C.")
    ] = False,
    format_: Annotated[
        str | None, o.own("--format", READ, "As for import; else guessed.", metavar="NAME")
    ] = None,
    map_: Annotated[
        str | None,
        o.option("--map", READ, "Which column is which.", metavar="instruction=COL,output=COL"),
    ] = None,
    cores: groups.CoreFlags,
    force: o.Force = False,
    json: o.Json = False,
    quiet: o.Quiet = False,
) -> None:
    """Write one page about a pool or a data set: what is in it, how far apart, what it took.

    The page is one file without any script, and can be mailed; every number of it stands in a .json
    beside it. Nothing is locked, so a pool that is growing can be looked at. The same set gives the
    same bytes, and an earlier report is replaced.

    Examples:
    selfinstruct report mypool -o mypool.html

    selfinstruct report alpaca_data.json --against mypool -o both.html
    """
    import dataclasses

    from selfinstruct import console
    from selfinstruct.api.report import report as write
    from selfinstruct.api.report import watched
    from selfinstruct.cli import from_flags, option_values, signals, streams
    from selfinstruct.engines import Cores

    del config
    if json:
        streams.refuse_json(output, "--json and -o - both want standard output: name a file.")
    stop = signals.Signals()
    given = {one.name: getattr(flags, one.name) for one in dataclasses.fields(flags)}

    def once() -> None:
        result = write(
            source,
            output,
            **given | {"judgements": flags.judgements or None},
            format=format_,
            columns=option_values.parsed_columns(map_),
            force=force,
            cores=Cores(**from_flags.named(cores)),
            observer=console.Watching(quiet=quiet),
            stop=stop,
        )
        if json:
            console.print_json(result.row())
        elif not quiet:
            console.show_report(result)

    if not watch:
        once()
        return
    streams.refuse_watch(output)
    with stop.whole():
        for _ in watched(source, stop):
            once()
    stop.leave()
