"""The verbs of the program."""

from __future__ import annotations

from typing import Annotated

import typer

from selfinstruct.cli import system_errors
from selfinstruct.cli.answer import answer
from selfinstruct.cli.batches import batches
from selfinstruct.cli.calibrate import calibrate
from selfinstruct.cli.check import check
from selfinstruct.cli.compare import compare
from selfinstruct.cli.decontaminate import decontaminate
from selfinstruct.cli.describe import describe
from selfinstruct.cli.estimate import estimate
from selfinstruct.cli.evaluate import evaluate
from selfinstruct.cli.evolve import evolve
from selfinstruct.cli.export import export
from selfinstruct.cli.filter import filter_
from selfinstruct.cli.generate import generate
from selfinstruct.cli.help_page import EPILOG
from selfinstruct.cli.import_ import import_
from selfinstruct.cli.judge import judge
from selfinstruct.cli.languages import languages
from selfinstruct.cli.replay import replay
from selfinstruct.cli.report import report
from selfinstruct.cli.review import review
from selfinstruct.cli.select import select
from selfinstruct.cli.serve_mock import serve_mock
from selfinstruct.cli.status import status
from selfinstruct.cli.validate import validate
from selfinstruct.cli.verbs import Verb

app = typer.Typer(
    name="selfinstruct",
    cls=system_errors.Program,
    help="Grow instruction-tuning data from a teacher model.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
for _verb in (
    generate,
    evolve,
    status,
    batches,
    report,
    check,
    estimate,
    replay,
    judge,
    review,
    answer,
    compare,
    evaluate,
    select,
    export,
    validate,
    decontaminate,
    calibrate,
    languages,
    describe,
):
    app.command(epilog=EPILOG, cls=Verb)(_verb)
app.command(name="filter", cls=Verb)(filter_)
app.command(name="import", cls=Verb)(import_)
app.command(name="serve-mock", cls=Verb)(serve_mock)


def _print_version(value: bool) -> None:
    if value:
        from selfinstruct import __version__

        typer.echo(f"selfinstruct {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Grow instruction-tuning data from a teacher model."""
    del version
