"""The options of ``evaluate``: what is right, what is liked, how it sounds.

Each is called like the parameter of :func:`selfinstruct.evaluate` that it is given to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from selfinstruct.cli.options import own

RIGHT = "What is right"
LIKED = "What is liked"
SOUND = "How it sounds"


@dataclass(frozen=True, slots=True)
class EvaluateFlags:
    """How answers are measured, and what is shown beside."""

    metric: Annotated[
        Literal["superni", "qa"],
        own("--metric", RIGHT, "Exact match as Tk-Instruct, or as SQuAD: without articles."),
    ] = "superni"
    by: Annotated[
        list[str] | None,
        own(
            "--by",
            RIGHT,
            "category, task, skill or difficulty: a figure for each; may be repeated.",
            metavar="WHAT",
            show_default="all but task",
        ),
    ] = None
    tokenizer: Annotated[
        str | None,
        own(
            "--tokenizer",
            RIGHT,
            "For ROUGE-L: unicode (any script), rouge, or module:function of your own. Figures are "
            "then not comparable with published ones.",
            metavar="NAME",
            show_default="English stems, as published",
        ),
    ] = None
    comparisons: Annotated[
        list[str] | None,
        own(
            "--comparison",
            LIKED,
            "A folder of compare, or its name in the references' pool; may be repeated.",
            metavar="NAME",
        ),
    ] = None
    reviews: Annotated[
        list[str] | None,
        own(
            "--reviews",
            LIKED,
            "Votes of people on pairs, a file or a folder of review; may be repeated.",
            metavar="FILE",
        ),
    ] = None
    teacher_answers: Annotated[
        str | None,
        own(
            "--teacher-answers",
            SOUND,
            "The teacher's answers, read as predictions are.",
            metavar="FILE",
        ),
    ] = None
    ceiling: Annotated[
        str | None,
        own(
            "--ceiling",
            SOUND,
            "A second set of the teacher's: as near as anything can be expected to come.",
            metavar="FILE",
        ),
    ] = None
    language: Annotated[
        str | None,
        own(
            "--language",
            SOUND,
            "The language of the answers; a pool knows its own.",
            metavar="NAME",
            show_default="en",
        ),
    ] = None
