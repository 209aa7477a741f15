"""The options of ``select``: by what tasks are ranked, and which may be taken.

Each is called like the parameter of :func:`selfinstruct.select` that it is given to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from selfinstruct.cli.options import own

CHOSEN = "What is chosen"


@dataclass(frozen=True, slots=True)
class SelectFlags:
    """How many, and which may be taken."""

    size: Annotated[
        int | None,
        own(
            "--size",
            CHOSEN,
            "How many at most.",
            min=1,
            metavar="N",
            show_default="all that may be taken",
        ),
    ] = None
    judgements: Annotated[
        list[str] | None,
        own(
            "--judgements",
            CHOSEN,
            "A judging whose answers count, by name or folder; may be repeated.",
            metavar="NAME",
            show_default="all of the pool",
        ),
    ] = None
    at_least: Annotated[
        list[str] | None,
        own(
            "--min",
            CHOSEN,
            "What a task must reach: a question's answer, such as accuracy=4.5 or rating=B, or "
            "score=12; may be repeated.",
            metavar="KEY=VALUE",
        ),
    ] = None
    apart: Annotated[
        float,
        own(
            "--apart",
            CHOSEN,
            "Pass over what is so near to a chosen task, by ROUGE-L: by words, not by meaning. 1 "
            "passes over nothing.",
            min=0,
            max=1,
        ),
    ] = 0.7
    tag_count: Annotated[
        int,
        own("--tag-count", CHOSEN, "Drop tags that stand at fewer tasks.", min=1),
    ] = 2
    seed: Annotated[int, own("--seed", CHOSEN, "Where the random order begins.")] = 0
    language: Annotated[
        str | None,
        own(
            "--language",
            CHOSEN,
            "The language of a file; a pool knows its own.",
            metavar="NAME",
            show_default="en",
        ),
    ] = None
