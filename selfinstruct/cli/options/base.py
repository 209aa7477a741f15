"""How options are declared: with their variables, or without.

Importing this must stay cheap: ``--help`` runs through here.
"""

from __future__ import annotations

from typing import Any

import typer

from selfinstruct.cli import completing

WHAT = "What to make"
PROMPTS = "Prompts"
DECODING = "Decoding"
KEPT = "What is kept"
TEACHER = "Teacher"
TRAFFIC = "Traffic"
LIMITS = "Limits"
BATCHES = "Batches"
OUTPUT = "Output"
PANELS = (WHAT, PROMPTS, DECODING, KEPT, TEACHER, TRAFFIC, LIMITS, BATCHES, OUTPUT)
"""The subjects of options, in the order of the help; what a verb has besides stands first."""


def option(flag: str, panel: str, text: str, **more: Any) -> Any:
    """An option that also reads ``SELFINSTRUCT_<OPTION>``."""
    name = flag.split("/", maxsplit=1)[0].removeprefix("--").replace("-", "_").upper()
    return typer.Option(
        flag,
        envvar=f"SELFINSTRUCT_{name}",
        show_envvar=False,
        help=text,
        rich_help_panel=panel,
        **_completed(flag, more),
    )


def own(flag: str, panel: str, text: str, **more: Any) -> Any:
    """An option whose name means something else for other verbs.

    It reads no variable, and of a settings file only the table of its verb.
    """
    return typer.Option(flag, help=text, rich_help_panel=panel, **_completed(flag, more))


def _completed(flag: str, more: dict[str, Any]) -> dict[str, Any]:
    return {"autocompletion": completing.BY_FLAG.get(flag), **more}
