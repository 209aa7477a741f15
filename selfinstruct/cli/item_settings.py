"""The settings of verbs that ask about items, from their flags and the settings file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import typer

from selfinstruct.cli import config_file, from_flags


class ItemFlags(Protocol):
    """The flags of such a verb: which items, and how a model is asked about them."""

    @property
    def where(self) -> Sequence[str] | None:
        """Conditions that items meet."""
        ...

    @property
    def all_(self) -> bool:
        """Whether all are taken, and no sample."""
        ...


def given(context: typer.Context, flags: ItemFlags, api: str | None) -> dict[str, Any]:
    """A flag is the setting of its name, or one of decoding."""
    own = plain(context, flags, api)
    own |= {"where": flags.where or ()} | ({"sample": None} if flags.all_ else {})
    return {name: value for name, value in own.items() if name != "all_"}


def plain(context: typer.Context, flags: object, api: str | None) -> dict[str, Any]:
    """The same of a verb that knows neither conditions nor all of them."""
    where, tables = config_file.tables(context)
    said = from_flags.named(flags)
    own = {name: value for name, value in said.items() if name not in from_flags.DECODING}
    return own | {
        "api": api,
        "leading": from_flags.given(flags, from_flags.DECODING),
        "decoding": dict(tables["decoding"]),
        "where_from": where,
    }
