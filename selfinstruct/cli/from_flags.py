"""From flags and the settings file to what a verb is called with."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from selfinstruct.api.settings import PoolSettings
from selfinstruct.api.teachers import Teacher
from selfinstruct.cli import config_file, option_values, price_option, server_values, trusting
from selfinstruct.cli.groups import ServerFlags, SpendFlags, TrafficFlags
from selfinstruct.cli.pool_flags import PoolFlags
from selfinstruct.teachers import Decoding

_SWITCHES = ("token_limit_field", "stop", "sampling")
DECODING = tuple(Decoding.model_fields)
_OF_POOLS = {one.name for one in dataclasses.fields(PoolSettings)}
_BESIDE = {*_OF_POOLS, *DECODING, "set_"}  # no settings of a recipe


def settings(context: typer.Context, flags: PoolFlags, api: str | None) -> PoolSettings:
    """What decides the data.

    A flag called like a field of :class:`PoolSettings` is that; one of decoding is the leading
    step's; each other is a setting of the recipe, which refuses what it does not know. So no flag
    is passed over.

    Raises:
        SettingsError: Something given makes no sense.
    """
    where, tables = config_file.tables(context)
    said = named(flags)
    options = {name: value for name, value in said.items() if name not in _BESIDE}
    return PoolSettings(
        api=api,
        options={**options, **option_values.parsed_settings(flags.set_ or [])},
        leading=given(flags, DECODING),
        decoding=dict(tables["decoding"]),
        where=where,
        code=frozenset(),  # a file may name it: what the person named is known to the verb
        **{name: value for name, value in said.items() if name in _OF_POOLS},
    )


def teacher(
    context: typer.Context,
    server: ServerFlags,
    traffic: TrafficFlags,
    limits: SpendFlags,
    retry: dict[str, Any] | None = None,
) -> Teacher:
    """Who is asked; ``retry`` goes before the settings file.

    Raises:
        SettingsError: Something given makes no sense.
    """
    where, tables = config_file.tables(context)
    found = config_file.found_options(context)
    asked = Teacher(
        name=server.teacher,
        model=server.model,
        base_url=server.base_url,
        price=price_option.parse_price(limits.price),
        timeout=traffic.timeout,
        hedge=traffic.hedge,
        switches=tables["switches"] | given(server, _SWITCHES),
        retry=retry or tables["retry"],
        where=where,
        body={**tables["teacher"].get("body", {}), **server_values.parsed_body(server.body)},
        headers=server_values.parsed_headers(server.header or [], os.environ),
        system=server_values.read_system(
            server.system, Path(where).parent if "system" in found else None
        ),
        tiers=tuple(filter(None, (server.tier or "").replace(" ", "").split(","))),
        effort=server.reasoning_effort or "",
        reasoning_tokens=server.reasoning_tokens,
    ).from_environment()
    variables = server_values.variables_in(server.header or [])
    return dataclasses.replace(asked, before=trusting.consent(asked, found, variables, where))


def named(flags: Any) -> dict[str, Any]:
    """All of ``flags``, a group of them, by name."""
    return {one.name: getattr(flags, one.name) for one in dataclasses.fields(flags)}


def given(flags: object, names: Sequence[str]) -> dict[str, Any]:
    """Those of ``names`` that ``flags`` has a value for."""
    found = {name: getattr(flags, name, None) for name in names}
    return {name: value for name, value in found.items() if value is not None}
