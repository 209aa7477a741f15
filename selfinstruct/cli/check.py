"""``selfinstruct check``: one real call to the teacher, before a run is started."""

from __future__ import annotations

import typer

from selfinstruct.cli import groups
from selfinstruct.cli import options as o


@groups.grouped
def check(
    context: typer.Context,
    server: groups.ServerFlags,
    timeout: o.Timeout = 60.0,
    language: o.Language = None,
    config: o.Config = None,
    json: o.Json = False,
) -> None:
    """Make one real call to the teacher and say whether key, model and settings work.

    The call is a classification question, as a run would ask it; it costs a few hundred tokens.
    """
    from selfinstruct import console
    from selfinstruct.cli import checking, given

    del config
    options = given.teacher(context, server, timeout, {"attempts": 2, "first_attempts": 2})
    found = checking.check(options, server.api or "chat", language or "en")
    if json:
        console.print_json(found)
    else:
        console.show_rows({name.replace("_", " "): str(value) for name, value in found.items()})
    if not found["readable"]:
        raise typer.Exit(4)
