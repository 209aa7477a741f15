"""Where the value of an option came from: the command line, a variable, or a settings file."""

from __future__ import annotations

from typing import Any


def is_typed(context: Any, name: str) -> bool:
    """Whether the parameter called ``name`` was given on the command line."""
    return _source(context, name) == "COMMANDLINE"


def is_variable(context: Any, name: str) -> bool:
    """Whether it was given in the environment."""
    return _source(context, name) == "ENVIRONMENT"


def is_in_file(context: Any, name: str) -> bool:
    """Whether it stands in a settings file."""
    return _source(context, name) == "DEFAULT_MAP"


def _source(context: Any, name: str) -> str:
    source = context.get_parameter_source(name)
    return source.name if source is not None else ""
