"""From the flags of ``judge`` and the settings file to how a judging is done."""

from __future__ import annotations

import typer

from selfinstruct.api.settings import JudgeSettings
from selfinstruct.cli import item_settings
from selfinstruct.cli.judge_flags import JudgeFlags


def settings(context: typer.Context, flags: JudgeFlags, api: str | None) -> JudgeSettings:
    """How a judging is done."""
    own = item_settings.given(context, flags, api)
    return JudgeSettings(**own | {"group": flags.group or ""})
