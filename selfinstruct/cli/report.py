"""``selfinstruct report``: what is in a pool, on one page that can be mailed."""

from __future__ import annotations

from typing import Annotated

import typer

from selfinstruct.cli import options as o

_SHOWN = "What is shown"
_READ = "How a file is read"


def report(
    source: Annotated[
        str, typer.Argument(metavar="POOL|FILE", help="A pool, or what import reads.")
    ] = "pool",
    output: Annotated[
        str,
        typer.Option(
            "-o", "--output", metavar="PAGE", help="The page, or - for a pipe; .json goes beside."
        ),
    ] = "report.html",
    config: o.Config = None,
    against: Annotated[
        str | None,
        o.own("--against", _SHOWN, "A second set, beside the first.", metavar="POOL|FILE"),
    ] = None,
    judgements: Annotated[
        list[str] | None,
        o.own(
            "--judgements",
            _SHOWN,
            "A judging of the pool that is shown; more may follow.",
            metavar="NAME",
            show_default="all",
        ),
    ] = None,
    verbs: Annotated[
        str,
        o.own(
            "--verbs",
            _SHOWN,
            "What finds verbs and their objects: auto or rules (the language's), spacy:MODEL if "
            "you have one, or none.",
            metavar="WHAT",
        ),
    ] = "auto",
    sample: Annotated[
        int,
        o.own(
            "--sample", _SHOWN, "Of more than 5,000 tasks, compare so many with all others.", min=1
        ),
    ] = 2000,
    tasks: Annotated[
        int, o.own("--tasks", _SHOWN, "The most tasks that are shown in full.", min=0)
    ] = 40,
    watch: Annotated[
        bool, o.own("--watch", _SHOWN, "Write it anew whenever the pool has grown, until Ctrl-C.")
    ] = False,
    language: Annotated[
        str | None,
        o.own(
            "--language",
            _READ,
            "The language of a file; a pool knows its own.",
            metavar="NAME",
            show_default="en",
        ),
    ] = None,
    format_: Annotated[
        str | None, o.own("--format", _READ, "As for import; else guessed.", metavar="NAME")
    ] = None,
    map_: Annotated[
        str | None,
        o.option("--map", _READ, "Which column is which.", metavar="instruction=COL,output=COL"),
    ] = None,
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
    from selfinstruct import console
    from selfinstruct.api.report import report as write
    from selfinstruct.api.report import watched
    from selfinstruct.cli import option_values, signals, streams

    del config
    if json:
        streams.refuse_json(output, "--json and -o - both want standard output: name a file.")
    stop = signals.Signals()

    def once() -> None:
        result = write(
            source,
            output,
            against=against,
            judgements=judgements or None,
            verbs=verbs,
            sample=sample,
            tasks=tasks,
            language=language,
            format=format_,
            columns=option_values.parsed_columns(map_),
            force=force,
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
