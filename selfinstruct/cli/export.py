"""``selfinstruct export``: a pool in the format of a trainer or a data set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from selfinstruct.cli import options as o

_TAKEN = "What is taken"
_WRITTEN = "How it is written"


def export(
    context: typer.Context,
    format_: Annotated[
        str,
        o.option(
            "--format",
            _WRITTEN,
            "alpaca, chat, sharegpt, completion, flan, superni, parquet or hf.",
            metavar="NAME",
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "-o",
            "--output",
            metavar="PATH",
            help="A file (.json is an array, .jsonl lines; .gz too), or a folder for superni, hf.",
            rich_help_panel=_WRITTEN,
        ),
    ],
    pool: o.PoolArgument = Path("pool"),
    config: o.Config = None,
    where: Annotated[
        list[str] | None,
        o.option(
            "--where",
            _TAKEN,
            "Only tasks of a recipe, language, classification, difficulty, skill, teacher or "
            "model; may be repeated.",
            metavar="KEY=VALUE",
        ),
    ] = None,
    min_agreement: Annotated[
        float | None,
        o.option(
            "--min-agreement", _TAKEN, "Only instances whose samples agree so much.", min=0, max=1
        ),
    ] = None,
    max_instances: Annotated[
        int | None,
        o.option(
            "--max-instances", _TAKEN, "Of one task; gains level off at 64.", min=1, metavar="K"
        ),
    ] = None,
    include_seeds: Annotated[
        bool, o.option("--include-seeds", _TAKEN, "Take the pool's seed tasks too.")
    ] = False,
    split: Annotated[
        str | None,
        o.option(
            "--split",
            _WRITTEN,
            "Shares that add up to 1. A task never straddles or moves.",
            metavar="train=0.9,test=0.1",
        ),
    ] = None,
    shuffle: Annotated[
        int | None, o.option("--shuffle", _WRITTEN, "A random order.", metavar="SEED")
    ] = None,
    system: Annotated[
        str | None,
        o.own("--system", _WRITTEN, "chat, sharegpt: a system message.", metavar="TEXT"),
    ] = None,
    reasoning: Annotated[
        Literal["none", "field", "tags"],
        o.option(
            "--reasoning",
            _WRITTEN,
            "What the teacher thought: left out, in a field (reasoning_content; thinking for trl), "
            "or in <think> tags before the output.",
        ),
    ] = "none",
    templates: Annotated[
        Path | None,
        o.option(
            "--templates", _WRITTEN, "completion, flan: templates of your own.", metavar="FILE"
        ),
    ] = None,
    seed: Annotated[
        int, o.option("--seed", _WRITTEN, "completion, flan: where drawing templates starts.")
    ] = 0,
    license_: Annotated[
        str | None,
        o.option("--license", _WRITTEN, "What the card states, such as cc-by-4.0.", metavar="NAME"),
    ] = None,
    config_for: Annotated[
        str | None,
        o.option(
            "--config-for",
            _WRITTEN,
            "Also write what llama-factory, axolotl or trl needs.",
            metavar="TRAINER",
        ),
    ] = None,
    force: Annotated[
        bool, o.option("--force", _WRITTEN, "Replace what an earlier export left there.")
    ] = False,
    json: o.Json = False,
    quiet: o.Quiet = False,
) -> None:
    """Write a pool in the format of a trainer or a data set, with a card beside it.

    Nothing is locked: of a pool that is growing, what is finished is taken.

    Examples:
    selfinstruct export mypool --format alpaca -o train.json

    selfinstruct export mypool --format chat -o chat.jsonl --split train=0.9,test=0.1

    selfinstruct export mypool --format hf -o dataset --license cc-by-4.0
    """
    from selfinstruct.cli import exporting

    del config
    exporting.run(
        pool,
        output,
        exporting.Options(
            format=format_,
            where=tuple(where or ()),
            min_agreement=min_agreement,
            max_instances=max_instances,
            include_seeds=include_seeds,
            split=split,
            shuffle=shuffle,
            system=system,
            reasoning=reasoning,
            templates=templates,
            seed=seed,
            licence=(license_ or "").strip(),
            config_for=config_for,
            force=force,
            command=exporting.command(context),
        ),
        as_json=json,
        quiet=quiet,
    )
