"""``selfinstruct.toml``: keys named like options, tables for a verb or what has no flag."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from selfinstruct.cli import sources
from selfinstruct.errors import SettingsError
from selfinstruct.settings import FILE_NAME, read_file, refuse_unknown

# Tables that no flag stands for; each verb that uses one validates it itself.
TABLES = ("decoding", "switches", "retry", "teacher")
_TEACHER = {"name", "body"}
_TABLE = "[teacher]"  # under which the table of the teacher is kept, apart from the option


def apply_defaults(context: typer.Context, path: Path | None) -> Path | None:
    """Make the file's values the defaults of the verb being called.

    Flat keys go to every verb that has such an option, a table named like a verb to that verb.

    Raises:
        SettingsError: The file cannot be used, or a key is unknown.
    """
    if path is None and not Path(FILE_NAME).is_file():
        return None
    found = path or Path(FILE_NAME)
    content = _with_teacher(found, read_file(found))
    program = context.parent.command if context.parent else context.command
    verbs: dict[str, Any] = getattr(program, "commands", {})
    options = {name: _names(verb) for name, verb in verbs.items()}
    every = {name for names in options.values() for name in names}
    refuse_unknown(found, content.keys(), [*every, *TABLES, *options, _TABLE])
    defaults = {_name(key): value for key, value in content.items() if key in every}
    for verb in options.keys() & content.keys():
        own = content[verb] if isinstance(content[verb], dict) else {verb: content[verb]}
        refuse_unknown(found, own.keys(), [*options[verb], *TABLES])
        if verb == context.command.name:
            defaults |= {_name(key): value for key, value in own.items()}
    for parameter in context.command.params:
        value = defaults.get(_key(parameter))
        if value is not None and isinstance(value, bool) != bool(getattr(parameter, "is_flag", 0)):
            kind = "true or false" if getattr(parameter, "is_flag", False) else "a value"
            raise SettingsError(f"{found}: {_key(parameter)!r} takes {kind}, not {value!r}.")
    context.default_map = {
        parameter.name: defaults[key]
        for parameter in context.command.params
        if parameter.name and (key := _key(parameter)) in defaults
    }
    tables = {name: content.get(name, {}) for name in TABLES if name != "teacher"}
    tables["teacher"] = content.get(_TABLE, {})
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise SettingsError(f"{found}: {name!r} must be a table: [{name}].")
    context.obj = (found, tables)
    return found


def _with_teacher(path: Path, content: dict[str, Any]) -> dict[str, Any]:
    """``content`` with the option ``teacher`` and the table of that name told apart.

    The table holds the option as ``name``, and what has no flag of its own.
    """
    table = content.get("teacher")
    if not isinstance(table, dict):
        return content
    refuse_unknown(path, table.keys(), _TEACHER)
    if not isinstance(table.get("body", {}), dict):
        raise SettingsError(f"{path}: 'teacher.body' must be a table: [teacher.body].")
    return {**content, "teacher": table.get("name"), _TABLE: table}


def tables(context: typer.Context) -> tuple[str, dict[str, dict[str, Any]]]:
    """The settings file's name and its tables; empty ones where there is no file."""
    if context.obj is None:
        return FILE_NAME, {name: {} for name in TABLES}
    path, found = context.obj
    return str(path), found


def found_options(context: typer.Context) -> frozenset[str]:
    """The options whose values stand in a settings file that nobody named: that was just there."""
    if sources.is_typed(context, "config") or sources.is_variable(context, "config"):
        return frozenset()
    return frozenset(name for name in context.params if sources.is_in_file(context, name))


def _name(key: str) -> str:
    return key.replace("-", "_")


def _key(parameter: Any) -> str:
    flags = [flag for flag in parameter.opts if flag.startswith("--")]
    return _name(flags[0].removeprefix("--")) if flags else str(parameter.name)


def _names(verb: Any) -> list[str]:
    """The keys a verb knows: its options, spelt with dashes or with underscores."""
    keys = [key for parameter in verb.params if (key := _key(parameter)) != "config"]
    return [*keys, *(key.replace("_", "-") for key in keys if "_" in key)]
