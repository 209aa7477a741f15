"""What the program can do, as plain values: from its verbs, and tables that tests hold true."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from selfinstruct.cli import exit_codes, help_page, known_names
from selfinstruct.pool.known_files import FILES
from selfinstruct.reasons import Reason

# Values are those of JSON, and typer exports no name for what its commands are: hence Any.
Row = dict[str, Any]

_TYPES = {bool: "flag", int: "integer", float: "number", Path: "path", str: "text"}
_EXAMPLES = "Examples:"


def described(program: Any, version: str) -> Row:
    """All of it.

    Args:
        program: What typer made of the verbs.
        version: The program's.
    """
    return {
        "program": "selfinstruct",
        "version": version,
        "verbs": [verb(name, one) for name, one in program.commands.items()],
        "names": known_names.all_names(),
        "exit_codes": exit_codes.rows(),
        "reasons": [{"name": one.value, "meaning": one.meaning} for one in Reason],
        "files": [one._asdict() for one in FILES],
    }


def verb(name: str, command: Any) -> Row:
    """A verb with its arguments and options, in the order of its signature."""
    function = inspect.unwrap(command.callback)
    hints = get_type_hints(function, include_extras=True)
    paragraphs = help_page.paragraphs(command.help or "")
    lines = [line.removeprefix(_EXAMPLES).strip() for lines in paragraphs for line in lines]
    examples = [line for line in lines if line.startswith("selfinstruct ")]
    parameters = [_parameter(one, hints[one.name]) for one in command.params if one.name in hints]
    return {
        "name": name,
        "about": lines[0],
        "help": "\n\n".join(line for line in lines if line and line not in examples),
        "examples": examples,
        "arguments": [row for is_option, row in parameters if not is_option],
        "options": [row for is_option, row in parameters if is_option],
    }


def _parameter(parameter: Any, hint: object) -> tuple[bool, Row]:
    """Whether it is an option, and what it is."""
    kind, declared = get_args(hint)[:2] if get_origin(hint) is Annotated else (hint, None)
    plain, several = _plain(kind)
    if get_origin(plain) is tuple:  # values of one type, side by side
        plain = get_args(plain)[0]
    is_literal = get_origin(plain) is Literal
    row: Row = {
        "name": parameter.metavar or parameter.name.upper(),
        "type": "choice" if is_literal else _TYPES[plain],
        "help": getattr(declared, "help", None) or "",
        "required": parameter.required,
        "repeated": several,
        "values": parameter.nargs,
        "default": _default(parameter),
    }
    if is_literal:
        row["choices"] = list(get_args(plain))
    bounds = {"least": getattr(declared, "min", None), "most": getattr(declared, "max", None)}
    row |= {name: value for name, value in bounds.items() if value is not None}
    if parameter.param_type_name == "argument":
        return False, row
    row["name"] = next(flag for flag in parameter.opts if flag.startswith("--"))
    row["flags"] = [*parameter.opts, *parameter.secondary_opts]
    row["value"] = None if plain is bool else parameter.metavar
    row["variable"] = parameter.envvar
    row["subject"] = getattr(parameter, "rich_help_panel", None)
    return True, row


def _plain(kind: Any) -> tuple[Any, bool]:
    """The type of one value, without None, and whether there may be several."""
    if get_origin(kind) in (Union, UnionType):
        (kind,) = (one for one in get_args(kind) if one is not NoneType)
    if get_origin(kind) is list:
        return get_args(kind)[0], True
    return kind, False


def _default(parameter: Any) -> object:
    """The value where none is given; where a word stands for it, as in the help, that word."""
    shown = getattr(parameter, "show_default", None)
    value = shown if isinstance(shown, str) else parameter.default
    if isinstance(value, Enum):
        value = value.value
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def in_short(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A line for each verb and exit code, or for each argument and option of one verb."""
    if "verbs" in found:
        verbs = [(one["name"], one["about"]) for one in found["verbs"]]
        return [*verbs, *((f"exit {one['code']}", one["meaning"]) for one in found["exit_codes"])]
    return [(one["name"], one["help"]) for one in (*found["arguments"], *found["options"])]
