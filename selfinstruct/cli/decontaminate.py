"""``selfinstruct decontaminate``: items of benchmarks in a pool."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfinstruct.cli import completing
from selfinstruct.cli import options as o

_FOUND = "What is found"


def decontaminate(
    against: Annotated[
        list[str],
        o.option("--against", _FOUND, "A benchmark; more may follow.", metavar="FILE"),
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
        o.option("--remove", _FOUND, "Take the tasks out; they go to rejects.jsonl, whole."),
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
    force: o.Force = False,
    json: o.Json = False,
    quiet: o.Quiet = False,
) -> None:
    """Find items of benchmarks in a pool: equal texts, runs of 13 words, and ROUGE-L.

    Instructions, inputs and outputs are compared, alone and together. The pool's seed tasks are
    looked at too: what grew from a benchmark's own items is no training data.

    Examples:
    selfinstruct decontaminate mypool --against wizardlm_test.jsonl --report hits.jsonl
    """
    from selfinstruct import console
    from selfinstruct.api.decontaminate import decontaminate as look
    from selfinstruct.cli import option_values, signals, streams

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
        observer=console.Watching(quiet=quiet),
        stop=caught,
    )
    caught.leave()
    if json:
        console.print_json(result.row())
    elif not quiet:
        console.show_contamination_end(result)
