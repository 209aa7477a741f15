"""Groups of options, spelt out for typer as the single options that they hold."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, get_type_hints


def grouped(verb: Callable[..., None]) -> Callable[..., None]:
    """``verb`` with each group among its parameters spelt out as single options."""
    hints = get_type_hints(verb, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint)}
    spelt: list[inspect.Parameter] = []
    for parameter in inspect.signature(verb).parameters.values():
        group = groups.get(parameter.name)
        spelt += (
            _spelt(group)
            if group is not None
            else [parameter.replace(annotation=hints[parameter.name], kind=_KIND)]
        )

    @functools.wraps(verb)
    def call(**given: Any) -> None:
        for name, group in groups.items():
            given[name] = group(**{one.name: given.pop(one.name) for one in fields(group)})
        verb(**given)

    del call.__wrapped__  # else typer would look through to the unspelt one
    # typer reads the signature.
    call.__signature__ = inspect.Signature(spelt)  # type: ignore[attr-defined] # typeshed lacks it
    call.__annotations__ = {one.name: one.annotation for one in spelt}
    return call


_KIND = inspect.Parameter.KEYWORD_ONLY


def _spelt(group: Any) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            one.name,
            _KIND,
            default=inspect.Parameter.empty if one.default is MISSING else one.default,
            annotation=hints[one.name],
        )
        for one in fields(group)
    ]
