"""``selfinstruct check``: one real call to the teacher, before a run is started."""

from __future__ import annotations

import typer

from selfinstruct.cli import options as o


def check(
    context: typer.Context,
    config: o.Config = None,
    teacher: o.Teacher = None,
    model: o.Model = None,
    base_url: o.BaseUrl = None,
    api: o.ApiOption = "chat",
    language: o.Language = None,
    token_limit_field: o.TokenLimitField = None,
    stop: o.SendStop = None,
    sampling: o.SendSampling = None,
    timeout: o.Timeout = 60.0,
    json: o.Json = False,
) -> None:
    """Make one real call to the teacher and say whether key, model and settings work.

    The call is a classification question, as a run would ask it; it costs a few hundred tokens.
    """
    from selfinstruct import console
    from selfinstruct.cli import checking, files, wiring

    del config
    where, tables = files.tables(context)
    switches = {"token_limit_field": token_limit_field, "stop": stop, "sampling": sampling}
    found = checking.check(
        wiring.TeacherOptions(
            teacher=teacher,
            model=model,
            base_url=base_url,
            timeout=timeout,
            switches=tables["switches"]
            | {name: value for name, value in switches.items() if value is not None},
            retry={"attempts": 2, "first_attempts": 2},
            where=where,
        ),
        api or "chat",
        language or "en",
    )
    if json:
        console.print_json(found)
    else:
        console.show_rows({name.replace("_", " "): str(value) for name, value in found.items()})
    if not found["readable"]:
        raise typer.Exit(4)
