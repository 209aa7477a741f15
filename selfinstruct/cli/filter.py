"""``selfinstruct filter``: the heuristics and the novelty rule over existing data sets."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from selfinstruct.cli import completing, groups
from selfinstruct.cli import options as o
from selfinstruct.cli.grouping import grouped


@grouped
def filter_(
    *,
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="Files, pools, or - for standard input.",
            autocompletion=completing.sources,
        ),
    ],
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="OUTPUT", help="Where to, or - for a pipe.")
    ],
    config: o.Config = None,
    field: Annotated[
        str | None,
        o.option(
            "--field", o.KEPT, "The field that is judged; else instruction, prompt, question."
        ),
    ] = None,
    against: Annotated[
        list[str] | None,
        o.option("--against", o.KEPT, "Also refuse what is near to these files.", metavar="FILE"),
    ] = None,
    language: o.Language = None,
    threshold: o.Threshold = None,
    tokenizer: o.TokenizerName = None,
    heuristics: Annotated[
        bool, o.option("--heuristics/--no-heuristics", o.KEPT, "Judge by the language's rules too.")
    ] = True,
    soundness: Annotated[
        bool,
        o.option(
            "--soundness/--no-soundness", o.KEPT, "Refuse what is no instruction, or loops, too."
        ),
    ] = False,
    rejects: Annotated[
        str | None,
        o.option("--rejects", o.KEPT, "Where refused records go, with reasons.", metavar="FILE"),
    ] = None,
    on_error: Annotated[
        Literal["skip", "stop"],
        o.option("--on-error", o.KEPT, "What a record that cannot be judged does."),
    ] = "stop",
    cores: groups.CoreFlags,
    force: o.Force = False,
    json: o.Json = False,
    quiet: o.Quiet = False,
) -> None:
    """Keep the records that pass the rules and are novel: first come, first kept.

    Reads JSON Lines, JSON arrays, CSV, TSV and Parquet, gzipped too: self-instruct, Alpaca, or any
    records with a text in one field. Records are written as they are. Memory grows with what is
    kept.

    Examples:
    selfinstruct filter alpaca_data.json -o alpaca_novel.json --rejects refused.jsonl

    zcat big.jsonl.gz | selfinstruct filter - -o - --against benchmark.jsonl --quiet
    """
    from selfinstruct import console
    from selfinstruct.api.filter import filter as keep
    from selfinstruct.cli import from_flags, streams
    from selfinstruct.engines import Cores

    del config
    if json:
        for one in (output, rejects):
            said = "--json and -o - both want standard output: write to a file."
            streams.refuse_json(one, said)
    result = keep(
        inputs,
        output,
        field=field,
        against=against or (),
        language=language or "en",
        threshold=threshold,
        tokenizer=tokenizer,
        heuristics=heuristics,
        soundness=soundness,
        rejects=rejects,
        on_error=on_error,
        force=force,
        cores=Cores(**from_flags.named(cores)),
        code=frozenset(),
        observer=console.Watching(quiet=quiet),
    )
    if json:
        console.print_json(result.row())
    elif not quiet:
        console.show_filter(result)
