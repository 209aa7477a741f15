"""The command line that was called, in full: what a card says makes an export again."""

from __future__ import annotations

import shlex
from typing import Any

import typer


def command(context: typer.Context) -> str:
    """The command that does the same again, options from variables and files spelt out."""
    words = ["selfinstruct", context.command.name or ""]
    # The pool first, as people write it.
    for parameter in sorted(context.command.params, key=lambda one: one.opts[0].startswith("-")):
        value = context.params.get(parameter.name or "")
        flags = [flag for flag in parameter.opts if flag.startswith("--")]
        if not flags and value is not None:
            words.append(str(value))
        elif flags and _is_given(value, parameter.default) and flags[0] != "--json":
            values: tuple[Any, ...] = tuple(value) if isinstance(value, list | tuple) else (value,)
            for one in values:
                words += [flags[0]] if one is True else [flags[0], str(one)]
    return shlex.join(word for word in words if word not in {"--force", "--quiet"})


def _is_given(value: object, default: object) -> bool:
    # 0 is no False here: --shuffle 0 is an order.
    return value is not None and value is not False and value != default
