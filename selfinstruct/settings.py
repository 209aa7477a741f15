"""Settings from files: ``selfinstruct.toml``, and tables that become frozen models.

Precedence, highest first: flag, environment variable, file, default. The command line applies
it; here files are read and unknown keys are refused by name.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from selfinstruct.errors import SettingsError

FILE_NAME = "selfinstruct.toml"

Model = TypeVar("Model", bound=BaseModel)


def read_file(path: Path) -> dict[str, Any]:
    """The content of a settings file.

    Raises:
        SettingsError: It cannot be read or is not TOML; the message names file and place.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))  # Notepad writes a mark first
    except FileNotFoundError as error:
        raise SettingsError(f"{path}: no such settings file.") from error
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML: {error}.") from error
    except RecursionError as error:
        raise SettingsError(f"{path}: not valid TOML: nested too deeply.") from error


def refuse_unknown(path: Path, keys: Collection[str], known: Collection[str]) -> None:
    """Refuse the first of ``keys`` that is not ``known``.

    Raises:
        SettingsError: There is one; the message names it and what may have been meant.
    """
    for key in keys:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            meant = f" Did you mean {near[0]!r}?" if near else ""
            raise SettingsError(f"{path}: unknown key {key!r}.{meant}")


def table(model: type[Model], values: Mapping[str, Any], where: str, base: Model) -> Model:
    """``base`` with ``values`` from the table ``where`` of a settings file put over it.

    Raises:
        SettingsError: A key is unknown or a value not allowed; the message names it.
    """
    try:
        return model.model_validate(merged(base.model_dump(), values))
    except ValidationError as error:
        flaw = error.errors()[0]
        key = ".".join([where, *(str(part) for part in flaw["loc"])])
        said = _said(flaw, model)
        raise SettingsError(f"{key}: {said}{'' if said.endswith('?') else '.'}") from error


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with ``over`` put over it, tables within tables too."""
    whole = dict(base)
    for key, value in over.items():
        inner = whole.get(key)
        both = isinstance(inner, dict) and isinstance(value, Mapping)
        whole[key] = merged(inner, value) if both and inner is not None else value
    return whole


# What is wrong with a value, by pydantic's name of the flaw; its own words speak of Python.
_WORDS = {
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be below {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "finite_number": "must be a number that is not infinite",
    "too_long": "must hold at most {max_length} values",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
    "missing": "is missing",
}
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": "a text",
    "tuple": "a list",
    "list": "a list",
    "dict": "a table",
    "model": "a table",
}


def _said(flaw: Mapping[str, Any], model: type[BaseModel]) -> str:
    """What is wrong, in words of a settings file."""
    kind: str = flaw["type"]
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(str(flaw["loc"][-1]), _keys(model, flaw["loc"][:-1]), n=1)
        return "there is no such key" + (f". Did you mean {near[0]!r}?" if near else "")
    if kind in _WORDS:
        said = _WORDS[kind].format(**flaw.get("ctx", {}))
    else:
        wanted = _KINDS.get(kind.partition("_")[0])
        said = f"must be {wanted}" if wanted else str(flaw["msg"])
    return said if kind == "missing" else f"{said}, not {flaw['input']!r}"


def _keys(model: type[BaseModel], place: Sequence[str | int]) -> list[str]:
    """The keys of the table at ``place`` within ``model``."""
    for part in place:
        field = model.model_fields.get(str(part))
        inner = field.annotation if field else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return list(model.model_fields)
