"""``selfinstruct export``: a pool in the format of a trainer or a data set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfinstruct.cli import completing, export_options, groups
from selfinstruct.cli import options as o
from selfinstruct.cli.grouping import grouped


@grouped
def export(
    context: typer.Context,
    *,
    format_: Annotated[
        str,
        o.option(
            "--format",
            export_options.WRITTEN,
            "alpaca, chat, sharegpt, completion, flan, superni, parquet or hf; of a comparison "
            "dpo, reward, kto, openai-dpo or ranking.",
            metavar="NAME",
            autocompletion=completing.written,
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "-o",
            "--output",
            metavar="PATH",
            help="A file (.json is an array, .jsonl lines; .gz too), or a folder for superni, hf.",
            rich_help_panel=export_options.WRITTEN,
        ),
    ],
    pool: o.PoolArgument = Path("pool"),
    config: o.Config = None,
    flags: export_options.ExportFlags,
    ends: groups.OutputFlags,
) -> None:
    """Write a pool in the format of a trainer or a data set, with a card beside it.

    Nothing is locked: of a pool that is growing, what is finished is taken. The folder of a
    comparison is written as preference data: without ties, and without pairs on which the two
    orders disagree.

    Examples:
    selfinstruct export mypool --format alpaca -o train.json

    selfinstruct export mypool --format chat -o chat.jsonl --split train=0.9,test=0.1

    selfinstruct export mypool --format hf -o dataset --license cc-by-4.0

    selfinstruct export comparison --format dpo --config-for trl -o pairs.jsonl
    """
    import dataclasses

    from selfinstruct import console
    from selfinstruct.api.export import export as write
    from selfinstruct.cli import command_line, streams
    from selfinstruct.formats.preferences import PREFERENCES
    from selfinstruct.formats.registry import find_format

    del config
    given = {one.name: getattr(flags, one.name) for one in dataclasses.fields(flags)}
    if ends.json:
        form = PREFERENCES.get(format_) or find_format(format_)
        streams.refuse_json_beside(output, is_folder=form.shape.is_folder)
    result = write(
        pool,
        output,
        format=format_,
        **given | {"where": flags.where or (), "judgements": flags.judgements or ()},
        command=command_line.command(context),
        observer=console.Watching(quiet=ends.quiet),
    )
    if ends.json:
        console.print_json(result.row())
    elif not ends.quiet and not result.is_stream:
        console.show_export(result)
