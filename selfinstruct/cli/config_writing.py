"""Putting settings into ``selfinstruct.toml``: what stands there stays, comments included."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from selfinstruct import jsonl
from selfinstruct.errors import SettingsError


def lines(settings: Mapping[str, Any]) -> str:
    """The settings as lines of TOML."""
    return tomlkit.dumps(settings).strip()


def write(path: Path, settings: Mapping[str, Any]) -> None:
    """Put ``settings`` into the file; it is made where it is not there.

    Raises:
        SettingsError: The file cannot be read.
        DiskError: It cannot be written.
    """
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        document = tomlkit.parse(text)
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise SettingsError(f"{path}: cannot be used: {error}.") from error
    for key, value in settings.items():
        place = document.get(key)
        if isinstance(place, dict):
            place.update(value if isinstance(value, Mapping) else {"name": value})
        else:
            document[key] = value
    jsonl.write_whole(path, tomlkit.dumps(document))
