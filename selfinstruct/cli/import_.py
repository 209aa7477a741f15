"""``selfinstruct import``: existing data sets into a pool."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from selfinstruct.cli import options as o

_READ = "How it is read"
_KEPT = "What is taken in"


def import_(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Files, folders of them, pools, or -."),
    ],
    into: Annotated[
        Path, o.option("--into", _KEPT, "The pool; made where there is none.", metavar="POOL")
    ],
    config: o.Config = None,
    format_: Annotated[
        str | None,
        o.own(
            "--format",
            _READ,
            "tasks, superni, chat, sharegpt, wizardlm, dolly, table, alpaca, completion, flan, "
            "questions, columns or batch; else guessed by the first row.",
            metavar="NAME",
        ),
    ] = None,
    map_: Annotated[
        str | None,
        o.option(
            "--map",
            _READ,
            "Which column is which; others may be named too.",
            metavar="instruction=COL,output=COL",
        ),
    ] = None,
    turns: Annotated[
        Literal["first", "all"],
        o.option("--turns", _READ, "Dialogues: the first exchange, or each as a task."),
    ] = "first",
    split_input: Annotated[
        bool,
        o.option("--split-input", _READ, "What follows a prompt's first blank line is its input."),
    ] = False,
    on_error: Annotated[
        Literal["skip", "stop"],
        o.option("--on-error", _READ, "What a row that cannot be used does."),
    ] = "stop",
    filtered: Annotated[
        bool,
        o.option("--filter/--no-filter", _KEPT, "Judge by the pool's rules and its novelty."),
    ] = True,
    dedupe: Annotated[
        bool,
        o.option(
            "--dedupe", _KEPT, "Refuse rows whose query stood earlier, but for case and spacing."
        ),
    ] = False,
    drop_other_languages: Annotated[
        bool,
        o.option(
            "--drop-other-languages", _KEPT, "Refuse tasks that are not in the pool's language."
        ),
    ] = False,
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
    from selfinstruct.api.settings import PoolSettings
    from selfinstruct.cli import importing

    del config
    importing.run(
        inputs,
        into,
        importing.Options(
            format=format_,
            columns=map_,
            all_turns=turns == "all",
            split_input=split_input,
            stop_on_error=on_error == "stop",
            filtered=filtered,
            dedupe=dedupe,
            drop_other_languages=drop_other_languages,
        ),
        PoolSettings(
            recipe=recipe,
            language=language,
            seeds=seeds,
            threshold=threshold,
            tokenizer=tokenizer,
            code=frozenset(),
        ),
        as_json=json,
        quiet=quiet,
    )
