"""From flags and the settings file to what a verb is called with."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from selfinstruct.api.limits import NO_LIMITS, Limits
from selfinstruct.api.settings import PoolSettings
from selfinstruct.api.teachers import Teacher
from selfinstruct.batching.settings import Batch
from selfinstruct.cli import config_file, option_values, price_option, trusting
from selfinstruct.cli.groups import BatchFlags, LimitFlags, ServerFlags, SpendFlags, TrafficFlags
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
        body={**tables["teacher"].get("body", {}), **option_values.parsed_body(server.body)},
        headers=option_values.parsed_headers(server.header or [], os.environ),
        system=option_values.read_system(
            server.system, Path(where).parent if "system" in found else None
        ),
        tiers=tuple(filter(None, (server.tier or "").replace(" ", "").split(","))),
        effort=server.reasoning_effort or "",
        reasoning_tokens=server.reasoning_tokens,
    ).from_environment()
    variables = option_values.variables_in(server.header or [])
    return dataclasses.replace(asked, before=trusting.consent(asked, found, variables, where))


def limits_of(
    traffic: TrafficFlags, limits: SpendFlags, batches: BatchFlags | None = None
) -> Limits:
    """How much the run may use, and how it buys.

    Raises:
        SettingsError: Something given makes no sense.
    """
    usual = NO_LIMITS.min_yield
    return Limits(
        min_yield=limits.min_yield if isinstance(limits, LimitFlags) else usual,
        budget_usd=limits.budget,
        max_calls=limits.max_calls,
        max_tokens=limits.max_tokens_total,
        concurrency=traffic.concurrency,
        rpm=traffic.rpm,
        tpm=traffic.tpm,
        give_up_after=traffic.give_up_after,
        budget_pool=limits.budget_pool,
        batch=_batch(batches) if batches is not None and batches.batch else None,
    )


def _batch(flags: BatchFlags) -> Batch:
    return Batch(
        transport=flags.batch_transport,
        least=flags.batch_min,
        size=flags.batch_size,
        tokens=flags.batch_tokens,
        price=price_option.parse_price(flags.batch_price, "--batch-price"),
        wait=flags.wait,
    )


def named(flags: Any) -> dict[str, Any]:
    """All of ``flags``, a group of them, by name."""
    return {one.name: getattr(flags, one.name) for one in dataclasses.fields(flags)}


def given(flags: object, names: Sequence[str]) -> dict[str, Any]:
    """Those of ``names`` that ``flags`` has a value for."""
    found = {name: getattr(flags, name, None) for name in names}
    return {name: value for name, value in found.items() if value is not None}
