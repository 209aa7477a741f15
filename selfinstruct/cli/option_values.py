"""Values of options that are more than a word: settings, pairs, columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from selfinstruct.errors import SettingsError


def parsed_settings(given: Sequence[str]) -> dict[str, Any]:
    """The settings of ``--set NAME=VALUE``; a value that is JSON is what JSON says.

    Raises:
        SettingsError: One is written otherwise.
    """
    found: dict[str, Any] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise SettingsError(f"--set {text!r}: write NAME=VALUE, such as --set human=4.")
        try:
            found[name.strip().replace("-", "_")] = json.loads(value)
        except (ValueError, RecursionError):
            found[name.strip().replace("-", "_")] = value
    return found


def parsed_pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """What an option that is written NAME=VALUE says, each time it is given.

    Raises:
        SettingsError: One is written otherwise.
    """
    pairs = [text.partition("=") for text in given]
    if not all(name.strip() and value.strip() for name, _, value in pairs):
        raise SettingsError(f"{option} is written N=ID, such as 0007=batch_abc.")
    return {name.strip(): value.strip() for name, _, value in pairs}


def parsed_columns(text: str | None) -> dict[str, str] | None:
    """What ``--map`` says.

    Raises:
        SettingsError: It is no list of pairs, or names no instruction.
    """
    if text is None:
        return None
    pairs = [part.partition("=") for part in text.split(",")]
    columns = {name.strip(): column.strip() for name, _, column in pairs}
    if "instruction" not in columns or not all(columns.values()) or not all(columns):
        raise SettingsError(
            f"--map {text!r}: write instruction=COLUMN,input=COLUMN,output=COLUMN; at least "
            "instruction must be named."
        )
    return columns
