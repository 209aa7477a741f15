"""What is sent with each request, as options say it: fields, headers, a line of the system."""

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


def variables_in(given: Sequence[str]) -> tuple[str, ...]:
    """The variables of the environment that headers name."""
    return tuple(a or b for text in given for a, b in _VARIABLE.findall(text))


def read_system(given: str | None, within: Path | None = None) -> str:
    """The system line: as given, or the content of ``@FILE``.

    Args:
        given: What was given.
        within: The folder that the file must lie in; None for any.

    Raises:
        SettingsError: The file cannot be read, or lies elsewhere.
    """
    if given is None or not given.startswith("@"):
        return given or ""
    path = Path(given[1:])
    if within is not None and not path.resolve().is_relative_to(within.resolve()):
        raise SettingsError(
            f"--system: {path} lies outside of the folder of the settings file that names it, and "
            "would be sent to the teacher. Name it yourself with --system, or the settings file "
            "with --config."
        )
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"--system: {path} cannot be read as UTF-8 text.") from error
