"""Settings from files: ``selfinstruct.toml``, and tables that become frozen models.

Precedence, highest first: flag, environment variable, file, default. The command line applies
it; here files are read and unknown keys are refused by name.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from selfinstruct.errors import SettingsError, first_flaw

FILE_NAME = "selfinstruct.toml"

Model = TypeVar("Model", bound=BaseModel)


def read_file(path: Path) -> dict[str, Any]:
    """The content of a settings file.

    Raises:
        SettingsError: It cannot be read or is not TOML; the message names file and place.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(f"{path}: no such settings file.") from error
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML: {error}.") from error
    except RecursionError as error:
        raise SettingsError(f"{path}: nested too deeply.") from error


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
        return model.model_validate(_merged(base.model_dump(), values))
    except ValidationError as error:
        raise SettingsError(f"{where}.{first_flaw(error)}.") from error


def _merged(base: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    whole = dict(base)
    for key, value in over.items():
        inner = whole.get(key)
        both = isinstance(inner, dict) and isinstance(value, Mapping)
        whole[key] = _merged(inner, value) if both and inner is not None else value
    return whole
