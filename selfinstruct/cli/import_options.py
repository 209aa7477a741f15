"""The options of ``import``: how rows are read, and what is taken in.

Each is called like the parameter of :func:`selfinstruct.import_` that it is given to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from selfinstruct.cli import options as o

READ = "How it is read"
KEPT = "What is taken in"


@dataclass(frozen=True, slots=True)
class ImportFlags:
    """How rows are read, and what is taken in."""

    license: Annotated[
        str | None,
        o.option(
            "--license",
            KEPT,
            "The licence of the inputs, for the card of an export.",
            metavar="NAME",
        ),
    ] = None

    turns: Annotated[
        Literal["first", "all"],
        o.option("--turns", READ, "Dialogues: the first exchange, or each as a task."),
    ] = "first"
    split_input: Annotated[
        bool,
        o.option("--split-input", READ, "What follows a prompt's first blank line is its input."),
    ] = False
    on_error: Annotated[
        Literal["skip", "stop"],
        o.option("--on-error", READ, "What a row that cannot be used does."),
    ] = "stop"
    filtered: Annotated[
        bool,
        o.option("--filter/--no-filter", KEPT, "Judge by the pool's rules and its novelty."),
    ] = True
    dedupe: Annotated[
        bool,
        o.option(
            "--dedupe", KEPT, "Refuse rows whose query stood earlier, but for case and spacing."
        ),
    ] = False
    drop_other_languages: Annotated[
        bool,
        o.option(
            "--drop-other-languages", KEPT, "Refuse tasks that are not in the pool's language."
        ),
    ] = False
