"""``selfinstruct.toml``: keys named like options, tables for a verb or what has no flag."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from selfinstruct.cli import sources
from selfinstruct.errors import SettingsError
from selfinstruct.settings import FILE_NAME, merged, read_file, refuse_unknown

# Tables that no flag stands for; each verb that uses one validates it itself.
TABLES = ("decoding", "switches", "retry", "teacher")
_TEACHER = {"name", "body"}
_TABLE = "[teacher]"  # under which the table of the teacher is kept, apart from the option
_MOCK = "serve-mock"
# Names of what no file should hold.
_SECRET = re.compile(
    r"(.*[_-])?(api_?key|key|token|secret|password|passwd|credentials?|authorization)"
)


@dataclass(frozen=True, slots=True)
class Applied:
    """What a settings file gave to the verb that was called.

    Attributes:
        path: The file.
        tables: Its tables of :data:`TABLES`.
        keys: Where the value of a parameter stands in it, by the parameter's name.
    """

    path: Path
    tables: Mapping[str, dict[str, Any]]
    keys: Mapping[str, str]


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
    options = {name: _names(verb.params) for name, verb in verbs.items()}
    shared = {name for verb in verbs.values() for name in _names(verb.params, shared=True)}
    _refuse_own(found, content, options, shared)
    _refuse_secrets(found, content, shared)
    refuse_unknown(found, content.keys(), [*shared, *TABLES, *options, _TABLE])
    own: dict[str, Any] = {}
    for verb in options.keys() & content.keys():
        table = content[verb] if isinstance(content[verb], dict) else {verb: content[verb]}
        _refuse_secrets(found, table, options[verb])
        refuse_unknown(found, table.keys(), [*options[verb], *TABLES])
        own = _with_teacher(found, table) if verb == context.command.name else own
    name = context.command.name
    flat = {key: key for key in content if key in shared}
    keys = {_name(key): key for key in flat} | {_name(key): f"{name}.{key}" for key in own}
    values = {_name(key): content[key] for key in flat} | {_name(k): v for k, v in own.items()}
    apart = {_key(one) for one in context.command.params if not _is_shared(one)}
    given = {
        one: _key(one)
        for one in context.command.params
        if _key(one) in values and not (_key(one) in apart and "." not in keys[_key(one)])
    }
    for one, key in given.items():
        _refuse_kind(found, one, keys[key], values[key])
    context.default_map = {one.name: values[key] for one, key in given.items() if one.name}
    tables = {table: content.get(table, {}) for table in TABLES if table != "teacher"}
    tables["teacher"] = content.get(_TABLE, {})
    for title, table in tables.items():
        inner = own.get(_TABLE if title == "teacher" else title, {})
        if not isinstance(table, dict) or not isinstance(inner, dict):
            raise SettingsError(f"{found}: {title!r} must be a table: [{title}].")
        tables[title] = merged(table, inner)
    context.obj = Applied(
        found, tables, {one.name: keys[key] for one, key in given.items() if one.name}
    )
    return found


def _with_teacher(path: Path, content: dict[str, Any]) -> dict[str, Any]:
    """``content`` with the option ``teacher`` and the table of that name told apart.

    The table holds the option as ``name``, and what has no flag of its own.
    """
    table = content.get("teacher")
    if not isinstance(table, dict):
        return content
    _refuse_secrets(path, table, _TEACHER)
    refuse_unknown(path, table.keys(), _TEACHER)
    if not isinstance(table.get("body", {}), dict):
        raise SettingsError(f"{path}: 'teacher.body' must be a table: [teacher.body].")
    return {**content, "teacher": table.get("name"), _TABLE: table}


def _refuse_own(
    path: Path, content: Mapping[str, Any], options: Mapping[str, list[str]], shared: set[str]
) -> None:
    """Refuse flat keys that mean one verb alone, and what another verb calls so means otherwise."""
    for key in content:
        homes = [verb for verb, names in options.items() if key in names]
        if key in shared or not homes or _SECRET.fullmatch(key.lower()):
            continue
        tables = " or ".join(f"[{verb}]" for verb in homes)
        raise SettingsError(f"{path}: {key!r} stands in the table of its verb: {tables}.")


def _refuse_secrets(path: Path, table: Mapping[str, Any], known: Any) -> None:
    for key in table:
        if key not in known and _SECRET.fullmatch(key.lower()):
            raise SettingsError(
                f"{path}: {key!r} would hold a secret, and a settings file is no place for one. "
                "Put it into the environment variable of the teacher, such as OPENAI_API_KEY."
            )


def _refuse_kind(path: Path, parameter: Any, key: str, value: object) -> None:
    is_flag = bool(getattr(parameter, "is_flag", False))
    if isinstance(value, bool) != is_flag:
        kind = "true or false" if is_flag else "a value"
        raise SettingsError(f"{path}: {key!r} takes {kind}, not {value!r}.")


def tables(context: typer.Context) -> tuple[str, Mapping[str, dict[str, Any]]]:
    """The settings file's name and its tables; empty ones where there is no file."""
    if not isinstance(context.obj, Applied):
        return FILE_NAME, {name: {} for name in TABLES}
    return str(context.obj.path), context.obj.tables


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


def _is_shared(parameter: Any) -> bool:
    """Whether its name means the same for every verb: then it has a variable; or an argument."""
    return bool(parameter.envvar) or not parameter.opts[0].startswith("-")


def _names(parameters: Any, *, shared: bool = False) -> list[str]:
    """The keys of parameters, spelt with dashes or with underscores."""
    kept = (one for one in parameters if not shared or _is_shared(one))
    keys = [key for parameter in kept if (key := _key(parameter)) != "config"]
    return [*keys, *(key.replace("_", "-") for key in keys if "_" in key)]
