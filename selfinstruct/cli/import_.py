"""``selfinstruct import``: existing data sets into a pool."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfinstruct.cli import completing, import_options
from selfinstruct.cli import options as o
from selfinstruct.cli.grouping import grouped


@grouped
def import_(
    *,
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Files, folders of them, pools, or -.",
            autocompletion=completing.sources,
        ),
    ],
    into: Annotated[
        Path,
        o.option(
            "--into",
            import_options.KEPT,
            "The pool; made where there is none.",
            metavar="POOL",
            autocompletion=completing.pools,
        ),
    ],
    config: o.Config = None,
    format_: Annotated[
        str | None,
        o.own(
            "--format",
            import_options.READ,
            "tasks, superni, chat, sharegpt, wizardlm, dolly, table, alpaca, completion, flan, "
            "questions, columns or batch; else guessed by the first row.",
            metavar="NAME",
        ),
    ] = None,
    map_: Annotated[
        str | None,
        o.option(
            "--map",
            import_options.READ,
            "Which column is which; others may be named too.",
            metavar="instruction=COL,output=COL",
        ),
    ] = None,
    flags: import_options.ImportFlags,
    recipe: o.RecipeName = None,
    language: o.Language = None,
    seeds: o.Seeds = None,
    threshold: o.Threshold = None,
    tokenizer: o.TokenizerName = None,
    json: o.Json = False,
    quiet: o.Quiet = False,
) -> None:
    """Take existing data sets into a pool, through its rules and its novelty.

    Rows of one instruction become one task. What is refused goes to the pool's rejects.jsonl with
    its reason. Imported tasks count for novelty and are shown to the teacher like others.

    Examples:
    selfinstruct import alpaca_data.json --into mypool

    selfinstruct import faq.csv --into mypool --map instruction=Question,output=Answer
    """
    import dataclasses

    from selfinstruct import console
    from selfinstruct.api.import_ import import_ as take_in
    from selfinstruct.api.settings import PoolSettings
    from selfinstruct.cli import option_values, signals

    del config
    caught = signals.Signals()
    result = take_in(
        inputs,
        into,
        format=format_,
        columns=option_values.parsed_columns(map_),
        **{one.name: getattr(flags, one.name) for one in dataclasses.fields(flags)},
        settings=PoolSettings(
            recipe=recipe,
            language=language,
            seeds=seeds,
            threshold=threshold,
            tokenizer=tokenizer,
            code=frozenset(),
        ),
        observer=console.Watching(quiet=quiet),
        stop=caught,
    )
    if json:
        console.print_json(result.row())
    console.show_import_end(result, quiet=quiet or json)
    if result.interrupted:
        raise typer.Exit(signals.EXIT + caught.caught)
