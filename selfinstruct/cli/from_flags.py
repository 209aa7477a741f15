"""From flags and the settings file to what a verb is called with."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from selfinstruct.api.limits import Limits
from selfinstruct.api.settings import AnswerSettings, CompareSettings, JudgeSettings, PoolSettings
from selfinstruct.api.teachers import Teacher
from selfinstruct.cli import asking, config_file, price_option, trusting
from selfinstruct.cli.answer_flags import AnswerFlags
from selfinstruct.cli.compare_flags import CompareFlags
from selfinstruct.cli.groups import LimitFlags, ServerFlags, SpendFlags, TrafficFlags
from selfinstruct.cli.judge_flags import JudgeFlags
from selfinstruct.cli.pool_flags import PoolFlags

_SWITCHES = ("token_limit_field", "stop", "sampling")
_DECODING = ("temperature", "top_p", "presence_penalty", "max_tokens")
_OF_POOLS = {one.name for one in dataclasses.fields(PoolSettings)}
_BESIDE = {*_OF_POOLS, *_DECODING, "set_"}  # no settings of a recipe


def settings(context: typer.Context, flags: PoolFlags, api: str | None) -> PoolSettings:
    """What decides the data.

    A flag called like a field of :class:`PoolSettings` is that; one of decoding is the leading
    step's; each other is a setting of the recipe, which refuses what it does not know. So no flag
    is passed over.

    Raises:
        SettingsError: Something given makes no sense.
    """
    where, tables = config_file.tables(context)
    given = {one.name: getattr(flags, one.name) for one in dataclasses.fields(flags)}
    options = {name: value for name, value in given.items() if name not in _BESIDE}
    return PoolSettings(
        api=api,
        options={**options, **asking.parsed_settings(flags.set_ or [])},
        leading=_given(flags, _DECODING),
        decoding=dict(tables["decoding"]),
        where=where,
        code=frozenset(),  # a file may name it: what the person named is known to the verb
        **{name: value for name, value in given.items() if name in _OF_POOLS},
    )


def judge_settings(context: typer.Context, flags: JudgeFlags, api: str | None) -> JudgeSettings:
    """How a judging is done: a flag is the setting of its name, or one of decoding."""
    return JudgeSettings(**_of_items(context, flags, api), group=flags.group or "")


def answer_settings(context: typer.Context, flags: AnswerFlags, api: str | None) -> AnswerSettings:
    """How prompts are answered, likewise."""
    return AnswerSettings(**_of_items(context, flags, api))


def compare_settings(
    context: typer.Context, flags: CompareFlags, api: str | None
) -> CompareSettings:
    """How answers are compared, likewise."""
    return CompareSettings(**_derived(context, flags, api))


def _of_items(
    context: typer.Context, flags: JudgeFlags | AnswerFlags, api: str | None
) -> dict[str, Any]:
    """The settings of a verb that asks about items, by name; ``group`` is left out."""
    own = _derived(context, flags, api)
    own |= {"where": flags.where or ()} | ({"sample": None} if flags.all_ else {})
    return {key: value for key, value in own.items() if key not in {"all_", "group"}}


def _derived(
    context: typer.Context, flags: JudgeFlags | AnswerFlags | CompareFlags, api: str | None
) -> dict[str, Any]:
    """Flags by the names of settings, those of decoding put where these stand."""
    where, tables = config_file.tables(context)
    given = {one.name: getattr(flags, one.name) for one in dataclasses.fields(flags)}
    own = {key: value for key, value in given.items() if key not in _DECODING}
    return own | {
        "api": api,
        "leading": _given(flags, [name for name in _DECODING if name in given]),
        "decoding": dict(tables["decoding"]),
        "where_from": where,
    }


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
        switches=tables["switches"] | _given(server, _SWITCHES),
        retry=retry or tables["retry"],
        where=where,
        body={**tables["teacher"].get("body", {}), **asking.parsed_body(server.body)},
        headers=asking.parsed_headers(server.header or [], os.environ),
        system=asking.read_system(server.system, Path(where).parent if "system" in found else None),
        tiers=tuple(filter(None, (server.tier or "").replace(" ", "").split(","))),
        effort=server.reasoning_effort or "",
        reasoning_tokens=server.reasoning_tokens,
    ).from_environment()
    variables = asking.variables_in(server.header or [])
    return dataclasses.replace(asked, before=trusting.consent(asked, found, variables, where))


def limits_of(traffic: TrafficFlags, limits: SpendFlags) -> Limits:
    """How much the run may use."""
    worth = {"min_yield": limits.min_yield} if isinstance(limits, LimitFlags) else {}
    return Limits(
        **worth,
        budget_usd=limits.budget,
        max_calls=limits.max_calls,
        max_tokens=limits.max_tokens_total,
        concurrency=traffic.concurrency,
        rpm=traffic.rpm,
        tpm=traffic.tpm,
        give_up_after=traffic.give_up_after,
    )


def _given(flags: object, names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(flags, name)) is not None}
