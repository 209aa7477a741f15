"""From the flags of ``compare`` and the settings file to how answers are compared."""

from __future__ import annotations

import typer

from selfinstruct.api.settings import CompareSettings
from selfinstruct.cli import item_settings
from selfinstruct.cli.compare_flags import CompareFlags


def settings(context: typer.Context, flags: CompareFlags, api: str | None) -> CompareSettings:
    """How answers are compared."""
    return CompareSettings(**item_settings.plain(context, flags, api))
