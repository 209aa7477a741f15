"""``selfinstruct languages``: which language packs there are, and a copy of one to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from selfinstruct.cli import options as o


def languages(
    folder: Annotated[
        Path | None, typer.Argument(help="Where a copy goes.", metavar="[FOLDER]")
    ] = None,
    config: o.Config = None,
    copy: Annotated[
        str | None,
        o.option("--copy", o.OUTPUT, "Copy this pack to FOLDER, to make it yours.", metavar="CODE"),
    ] = None,
    json: o.Json = False,
) -> None:
    """List the language packs: tokenizer, threshold, seed tasks.

    A folder with a pack.toml is a pack of your own: --language ./mypack. docs/languages.md tells
    what it holds, and selfinstruct validate ./mypack checks it.

    Examples:
    selfinstruct languages --copy ko ./mypack
    """
    from selfinstruct import console
    from selfinstruct.api.languages import copy_language
    from selfinstruct.api.languages import languages as packs

    del config
    if copy is not None or folder is not None:
        code, made = copy or "", copy_language(copy or "", folder or "")
        console.say(f"{made} is a copy of {code}: use it with --language {made}")
        return
    row = packs().row()
    if json:
        console.print_json(row)
    else:
        console.show_languages(row["languages"])
