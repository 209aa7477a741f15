"""``selfinstruct calibrate``: which threshold belongs to a tokenizer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfinstruct.cli import completing, groups
from selfinstruct.cli import options as o
from selfinstruct.cli.grouping import grouped

_MEASURED = "What is measured"


@grouped
def calibrate(
    *,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE]",
            help="Tasks, in any format that import knows.",
            show_default="seeds",
            autocompletion=completing.sources,
        ),
    ] = None,
    config: o.Config = None,
    language: o.Language = None,
    tokenizer: o.TokenizerName = None,
    edits: Annotated[
        Path | None,
        o.option(
            "--edits",
            _MEASURED,
            "A folder with an edits.toml instead of the language's.",
            metavar="DIR",
        ),
    ] = None,
    cores: groups.CoreFlags,
    json: o.Json = False,
) -> None:
    """Find the threshold that suits a tokenizer, by what it refuses.

    Prints how near the tasks of FILE are to each other, and the threshold that refuses the same
    share of near-duplicates as 0.7 does on English words. Near-duplicates are made from FILE by
    small edits: particles, endings, synonyms, word order, spacing.

    Examples:
    selfinstruct calibrate --language ko

    selfinstruct calibrate mytasks.jsonl --language ko --tokenizer mymodule:morphemes
    """
    from selfinstruct import console
    from selfinstruct.api.calibrate import calibrate as measure
    from selfinstruct.cli import from_flags
    from selfinstruct.engines import Cores

    del config
    result = measure(
        file,
        language=language,
        tokenizer=tokenizer,
        edits=edits,
        cores=Cores(**from_flags.named(cores)),
        code=frozenset(),
    )
    if json:
        console.print_json(result.row())
    else:
        console.show_calibration(result.row())
