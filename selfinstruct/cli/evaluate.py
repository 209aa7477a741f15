"""``selfinstruct evaluate``: what answers are right, what is liked, and how they sound."""

from __future__ import annotations

from typing import Annotated

import typer

from selfinstruct.cli import completing
from selfinstruct.cli import options as o
from selfinstruct.cli.evaluate_options import RIGHT, EvaluateFlags
from selfinstruct.cli.grouping import grouped


@grouped
def evaluate(
    *,
    predictions: Annotated[
        list[str],
        typer.Argument(
            metavar="PREDICTIONS",
            help="What models answered: a folder of answer, Tk-Instruct's rows, rows with id and "
            "prediction, or a set that import reads. The first is the base of the others.",
            show_default=False,
            autocompletion=completing.sources,
        ),
    ],
    references: Annotated[
        str,
        o.own(
            "--references",
            RIGHT,
            "What is right: task files of Super-NaturalInstructions, a pool, or what import reads.",
            metavar="FILE",
        ),
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "-o", "--output", metavar="PAGE", help="A page, or - for a pipe; .json goes beside."
        ),
    ] = None,
    config: o.Config = None,
    flags: EvaluateFlags,
    force: o.Force = False,
    json: o.Json = False,
    quiet: o.Quiet = False,
) -> None:
    """Say what of some answers is right, what is liked, and how they sound: never in one number.

    Nobody is asked. Exact match and ROUGE-L are those of Tk-Instruct's script, with intervals over
    tasks; a missing answer scores 0 and is named. Likings are those that compare and review found;
    how answers sound is measured against a teacher's, with a second answer of it as the ceiling.

    Examples:
    selfinstruct evaluate base tuned --references test.jsonl -o evaluation.html

    selfinstruct evaluate tuned.jsonl --references natural-instructions/tasks --by category

    selfinstruct evaluate base tuned --references test.jsonl --teacher-answers one --ceiling two
    """
    import dataclasses

    from selfinstruct import console
    from selfinstruct.api.evaluate import evaluate as measure
    from selfinstruct.cli import streams

    del config
    if json:
        streams.refuse_json(output, "--json and -o - both want standard output: name a file.")
    given = {one.name: getattr(flags, one.name) for one in dataclasses.fields(flags)}
    result = measure(
        predictions,
        references,
        output,
        **given | {name: given[name] or () for name in ("by", "comparisons", "reviews")},
        force=force,
        observer=console.Watching(quiet=quiet),
    )
    if json:
        console.print_json(result.row())
    elif not quiet:
        console.show_evaluation(result)
