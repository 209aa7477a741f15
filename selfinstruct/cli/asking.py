"""What a person gives for each request: further fields, headers, a system line."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from selfinstruct.errors import SettingsError

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


def parsed_body(text: str | None) -> dict[str, Any]:
    """The fields of ``--body``.

    Raises:
        SettingsError: It is no JSON object.
    """
    if text is None:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"--body is no JSON: {error}.") from error
    if not isinstance(found, dict):
        raise SettingsError('--body must be a JSON object, such as {"top_k": 20}.')
    return found


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


def parsed_headers(given: Sequence[str], environment: Mapping[str, str]) -> dict[str, str]:
    """The headers of ``--header NAME=VALUE``; messages never quote a value.

    Raises:
        SettingsError: One is written otherwise, or names a variable that is not set.
    """
    headers: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not _NAME.fullmatch(name):
            raise SettingsError("--header is written NAME=VALUE, such as X-Title=mine.")
        missing = [a or b for a, b in _VARIABLE.findall(value) if (a or b) not in environment]
        if missing:
            raise SettingsError(f"--header {name}: the variable {missing[0]} is not set.")
        whole = _VARIABLE.sub(lambda found: environment[found[1] or found[2]], value).strip()
        if not whole or not (whole.isascii() and whole.isprintable()):
            raise SettingsError(f"--header {name}: its value is empty or no header can have it.")
        headers[name] = whole
    return headers


def read_system(given: str | None) -> str:
    """The system line: as given, or the content of ``@FILE``.

    Raises:
        SettingsError: The file cannot be read.
    """
    if given is None or not given.startswith("@"):
        return given or ""
    path = Path(given[1:])
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"--system: {path} cannot be read as UTF-8 text.") from error
