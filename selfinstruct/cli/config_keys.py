"""What may stand in a settings file: keys named like options, and never a secret."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from selfinstruct.errors import SettingsError
from selfinstruct.settings import refuse_unknown

# Tables that no flag stands for; each verb that uses one validates it itself.
TABLES = ("decoding", "switches", "retry", "teacher")
TEACHER = "[teacher]"
"""Under which the table of the teacher is kept, apart from the option of that name."""

_TEACHER = {"name", "body"}
# Names of what no file should hold.
_SECRET = re.compile(
    r"(.*[_-])?(api_?key|key|token|secret|password|passwd|credentials?|authorization)"
)


def with_teacher(path: Path, content: dict[str, Any]) -> dict[str, Any]:
    """``content`` with the option ``teacher`` and the table of that name told apart.

    The table holds the option as ``name``, and what has no flag of its own.

    Raises:
        SettingsError: The table holds something else.
    """
    table = content.get("teacher")
    if not isinstance(table, dict):
        return content
    refuse_keys(path, table, _TEACHER, _TEACHER)
    if not isinstance(table.get("body", {}), dict):
        raise SettingsError(f"{path}: 'teacher.body' must be a table: [teacher.body].")
    return {**content, "teacher": table.get("name"), TEACHER: table}


def refuse_own(
    path: Path, content: Mapping[str, Any], options: Mapping[str, list[str]], shared: set[str]
) -> None:
    """Refuse flat keys that mean one verb alone, and what another verb calls so means otherwise.

    Raises:
        SettingsError: There is one.
    """
    for key in content:
        homes = [verb for verb, names in options.items() if key in names]
        if key in shared or not homes or _SECRET.fullmatch(key.lower()):
            continue
        tables = " or ".join(f"[{verb}]" for verb in homes)
        raise SettingsError(f"{path}: {key!r} stands in the table of its verb: {tables}.")


def refuse_keys(
    path: Path, table: Mapping[str, Any], options: Iterable[str], known: Collection[str]
) -> None:
    """Refuse keys that would hold a secret and are no ``options``, and those not ``known``.

    Raises:
        SettingsError: There is one.
    """
    named = set(options)
    for key in table:
        if key not in named and _SECRET.fullmatch(key.lower()):
            raise SettingsError(
                f"{path}: {key!r} would hold a secret, and a settings file is no place for one. "
                "Put it into the environment variable of the teacher, such as OPENAI_API_KEY."
            )
    refuse_unknown(path, table.keys(), known)


def refuse_kind(path: Path, parameter: Any, key: str, value: object) -> None:
    """Refuse a truth value where a parameter takes none, and anything else where it does.

    Raises:
        SettingsError: It is one.
    """
    is_flag = bool(getattr(parameter, "is_flag", False))
    if isinstance(value, bool) != is_flag:
        kind = "true or false" if is_flag else "a value"
        raise SettingsError(f"{path}: {key!r} takes {kind}, not {value!r}.")


def spelt(key: str) -> str:
    """``key`` with underscores."""
    return key.replace("-", "_")


def key_of(parameter: Any) -> str:
    """What a parameter is called in a file."""
    flags = [flag for flag in parameter.opts if flag.startswith("--")]
    return spelt(flags[0].removeprefix("--")) if flags else str(parameter.name)


def is_shared(parameter: Any) -> bool:
    """Whether its name means the same for every verb: then it has a variable; or an argument."""
    return bool(parameter.envvar) or not parameter.opts[0].startswith("-")


def keys_of(parameters: Iterable[Any]) -> list[str]:
    """The keys of parameters, spelt with dashes or with underscores."""
    keys = [key for parameter in parameters if (key := key_of(parameter)) != "config"]
    return [*keys, *(key.replace("_", "-") for key in keys if "_" in key)]
