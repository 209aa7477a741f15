"""From the flags of ``judge`` and the settings file to how a judging is done."""

from __future__ import annotations

import typer

from selfinstruct.api.settings import JudgeSettings
from selfinstruct.cli import config_file, from_flags
from selfinstruct.cli.judge_flags import JudgeFlags


def settings(context: typer.Context, flags: JudgeFlags, api: str | None) -> JudgeSettings:
    """How a judging is done."""
    where, tables = config_file.tables(context)
    said = from_flags.named(flags)
    own = {
        name: value for name, value in said.items() if name not in {*from_flags.DECODING, "all_"}
    }
    own |= {"where": flags.where or (), "group": flags.group or ""}
    own |= {"sample": None} if flags.all_ else {}
    return JudgeSettings(
        **own,
        api=api,
        leading=from_flags.given(flags, from_flags.DECODING),
        decoding=dict(tables["decoding"]),
        where_from=where,
    )
