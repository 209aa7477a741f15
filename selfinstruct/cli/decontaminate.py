"""``selfinstruct decontaminate``: items of benchmarks in a pool."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfinstruct.cli import completing, groups
from selfinstruct.cli import options as o
from selfinstruct.cli.grouping import grouped

_FOUND = "What is found"


@grouped
def decontaminate(
    *,
    against: Annotated[
        list[str],
        o.option(
            "--against",
            _FOUND,
            "A benchmark; more may follow. FILE:instruction=COL names the columns of this one.",
            metavar="FILE",
        ),
    ],
    pool: o.PoolArgument = Path("pool"),
    more: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILE]...", help="Further benchmarks.", autocompletion=completing.sources
        ),
    ] = None,
    config: o.Config = None,
    report: Annotated[
        str | None,
        o.option("--report", _FOUND, "Where each hit goes, with both texts.", metavar="FILE"),
    ] = None,
    remove: Annotated[
        bool,
        o.option(
            "--remove",
            _FOUND,
            "Take instances with hits out, and tasks of which nothing else is left; they go to "
            "rejects.jsonl, whole.",
        ),
    ] = False,
    fail_on_hits: Annotated[
        bool,
        o.option("--fail-on-hits", _FOUND, "Exit with 1 if hits stay in the pool: for CI."),
    ] = False,
    ngram: Annotated[
        int, o.option("--ngram", _FOUND, "A shared run of so many words is a hit.", min=2)
    ] = 13,
    threshold: Annotated[
        float | None,
        o.own(
            "--threshold",
            _FOUND,
            "A text whose ROUGE-L F1 to an item reaches this is a hit.",
            show_default="the pool's",
        ),
    ] = None,
    format_: Annotated[
        str | None,
        o.own("--format", _FOUND, "Of the benchmark; as for import.", metavar="NAME"),
    ] = None,
    map_: Annotated[
        str | None,
        o.option("--map", _FOUND, "Which column is which.", metavar="instruction=COL,output=COL"),
    ] = None,
    cores: groups.CoreFlags,
    force: o.Force = False,
    json: o.Json = False,
    quiet: o.Quiet = False,
) -> None:
    """Find items of benchmarks in a pool: equal texts, whole items, runs of 13 words, ROUGE-L.

    Instructions, inputs and outputs are compared, alone and together. The pool's seed tasks are
    looked at too: what grew from a benchmark's own items is no training data.

    Examples:
    selfinstruct decontaminate mypool --against wizardlm_test.jsonl --report hits.jsonl
    """
    from selfinstruct import console
    from selfinstruct.api.decontaminate import decontaminate as look
    from selfinstruct.cli import from_flags, option_values, signals, streams
    from selfinstruct.engines import Cores

    del config
    if json:
        said = "--json and --report both want standard output: name a file."
        streams.refuse_json(report, said)
    caught = signals.Signals()
    result = look(
        pool,
        against=[*against, *(more or ())],
        report=report,
        remove=remove,
        ngram=ngram,
        threshold=threshold,
        format=format_,
        columns=option_values.parsed_columns(map_),
        force=force,
        cores=Cores(**from_flags.named(cores)),
        observer=console.Watching(quiet=quiet),
        stop=caught,
    )
    caught.leave()
    if json:
        console.print_json(result.row())
    elif not quiet:
        console.show_contamination_end(result)
    if fail_on_hits and result.remaining:
        console.show_remaining(result)
        raise typer.Exit(1)
