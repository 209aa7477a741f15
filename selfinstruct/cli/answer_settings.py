"""From the flags of ``answer`` and the settings file to how prompts are answered."""

from __future__ import annotations

import typer

from selfinstruct.api.settings import AnswerSettings
from selfinstruct.cli import item_settings
from selfinstruct.cli.answer_flags import AnswerFlags


def settings(context: typer.Context, flags: AnswerFlags, api: str | None) -> AnswerSettings:
    """How prompts are answered."""
    return AnswerSettings(**item_settings.given(context, flags, api))
