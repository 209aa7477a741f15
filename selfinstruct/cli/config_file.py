"""``selfinstruct.toml``: keys named like options, tables for a verb or what has no flag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from selfinstruct.cli import config_keys, value_sources
from selfinstruct.cli.config_keys import TABLES, TEACHER
from selfinstruct.errors import SettingsError
from selfinstruct.settings import FILE_NAME, merged, read_file


@dataclass(frozen=True, slots=True)
class Applied:
    """What a settings file gave to the verb that was called.

    Attributes:
        path: The file.
        tables: Its tables of :data:`selfinstruct.cli.config_keys.TABLES`.
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
    content = config_keys.with_teacher(found, read_file(found))
    own = _checked(found, content, context)
    defaults: dict[str, Any] = {}
    keys: dict[str, str] = {}
    for parameter, key, value in _given(content, own, context.command):
        config_keys.refuse_kind(found, parameter, key, value)
        if parameter.name:
            several = getattr(parameter, "multiple", False) and isinstance(value, str)
            defaults[parameter.name] = [value] if several else value
            keys[parameter.name] = key
    context.default_map = defaults
    context.obj = Applied(found, _tables(found, content, own), keys)
    return found


def _checked(path: Path, content: Mapping[str, Any], context: typer.Context) -> dict[str, Any]:
    """The table of the verb being called, once no key of the file is refused."""
    program = context.parent.command if context.parent else context.command
    verbs: dict[str, Any] = getattr(program, "commands", {})
    options = {name: config_keys.keys_of(verb.params) for name, verb in verbs.items()}
    shared = {
        key
        for verb in verbs.values()
        for key in config_keys.keys_of(filter(config_keys.is_shared, verb.params))
    }
    config_keys.refuse_own(path, content, options, shared)
    config_keys.refuse_keys(path, content, shared, [*shared, *TABLES, *options, TEACHER])
    own: dict[str, Any] = {}
    for verb in options.keys() & content.keys():
        table = content[verb] if isinstance(content[verb], dict) else {verb: content[verb]}
        table = config_keys.with_teacher(path, table)
        config_keys.refuse_keys(path, table, options[verb], [*options[verb], *TABLES, TEACHER])
        own = table if verb == context.command.name else own
    return own


def _given(
    content: Mapping[str, Any], own: Mapping[str, Any], verb: Any
) -> Iterator[tuple[Any, str, Any]]:
    """Each parameter of ``verb`` that the file has a value for, where it stands, and the value."""
    flat = {config_keys.spelt(key): key for key in content}
    apart = {config_keys.spelt(key): key for key in own}
    for parameter in verb.params:
        name = config_keys.key_of(parameter)
        if name in apart:
            yield parameter, f"{verb.name}.{apart[name]}", own[apart[name]]
        elif name in flat and config_keys.is_shared(parameter):
            yield parameter, flat[name], content[flat[name]]


def _tables(
    path: Path, content: Mapping[str, Any], own: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for title in TABLES:
        key = TEACHER if title == "teacher" else title
        table, inner = content.get(key, {}), own.get(key, {})
        if not isinstance(table, dict) or not isinstance(inner, dict):
            raise SettingsError(f"{path}: {title!r} must be a table: [{title}].")
        found[title] = merged(table, inner)
    return found


def tables(context: typer.Context) -> tuple[str, Mapping[str, dict[str, Any]]]:
    """The settings file's name and its tables; empty ones where there is no file."""
    if not isinstance(context.obj, Applied):
        return FILE_NAME, {name: {} for name in TABLES}
    return str(context.obj.path), context.obj.tables


def found_options(context: typer.Context) -> frozenset[str]:
    """The options whose values stand in a settings file that nobody named: that was just there."""
    if value_sources.is_typed(context, "config") or value_sources.is_variable(context, "config"):
        return frozenset()
    return frozenset(name for name in context.params if value_sources.is_in_file(context, name))
