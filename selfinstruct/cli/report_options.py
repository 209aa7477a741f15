"""The options of ``report``: what is shown.

Each is called like the parameter of :func:`selfinstruct.report` that it is given to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from selfinstruct.cli.options import own

SHOWN = "What is shown"
READ = "How a file is read"


@dataclass(frozen=True, slots=True)
class ReportFlags:
    """What is shown, and in which language a file is."""

    against: Annotated[
        str | None,
        own("--against", SHOWN, "A second set, beside the first.", metavar="POOL|FILE"),
    ] = None
    judgements: Annotated[
        list[str] | None,
        own(
            "--judgements",
            SHOWN,
            "A judging of the pool that is shown; more may follow.",
            metavar="NAME",
            show_default="all",
        ),
    ] = None
    verbs: Annotated[
        str,
        own(
            "--verbs",
            SHOWN,
            "What finds verbs and their objects: auto or rules (the language's), spacy:MODEL if "
            "you have one, or none.",
            metavar="WHAT",
        ),
    ] = "auto"
    sample: Annotated[
        int,
        own("--sample", SHOWN, "Of more than 5,000 tasks, compare so many with all others.", min=1),
    ] = 2000
    tasks: Annotated[
        int, own("--tasks", SHOWN, "The most tasks that are shown in full.", min=0)
    ] = 40
    language: Annotated[
        str | None,
        own(
            "--language",
            READ,
            "The language of a file; a pool knows its own.",
            metavar="NAME",
            show_default="en",
        ),
    ] = None
