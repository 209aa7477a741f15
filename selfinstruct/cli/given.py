"""From flags and the settings file to what a run is made of."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from selfinstruct.bootstrap import Limits
from selfinstruct.cli import asking, files, limiting, teaching, wiring
from selfinstruct.cli.groups import EvolveFlags, LimitFlags, ServerFlags, TrafficFlags
from selfinstruct.teachers.budget import Caps, Price
from selfinstruct.teachers.pacing import Rates

_SWITCHES = ("token_limit_field", "stop", "sampling")
_DECODING = ("temperature", "top_p", "presence_penalty", "max_tokens")


@dataclass(frozen=True, slots=True)
class Run:
    """What a run is made of, as far as it was given.

    Attributes:
        data: What decides the data.
        decoding: How steps are decoded, by step.
        accept_change: Whether a pool made with other settings is gone on with.
        teacher: Who is asked.
        rates: How the teacher is paced.
        limits: How the run goes.
        caps: The most it may use.
        price: What tokens cost, if that is known.
    """

    data: wiring.Data
    decoding: dict[str, Any]
    accept_change: bool
    teacher: teaching.TeacherOptions
    rates: Rates
    limits: Limits
    caps: Caps
    price: Price | None


def run(
    context: typer.Context,
    server: ServerFlags,
    traffic: TrafficFlags,
    data: EvolveFlags,
    limits: LimitFlags,
    retry: dict[str, Any] | None = None,
) -> Run:
    """What a run is made of; ``retry`` goes before the settings file.

    Raises:
        SettingsError: Something given makes no sense.
    """
    wanted, decoding, _ = data_(context, data, server.api)
    asked = teacher(context, server, traffic, retry)
    return Run(
        data=dataclasses.replace(wanted, can_be_structured=teaching.can_be_structured(asked)),
        decoding=decoding,
        accept_change=data.accept_change,
        teacher=asked,
        rates=limiting.make_rates(traffic.rpm, traffic.tpm, traffic.give_up_after),
        limits=Limits(
            concurrency=traffic.concurrency,
            min_yield=limits.min_yield,
            drain_most=traffic.timeout or traffic.give_up_after,
        ),
        caps=limiting.make_caps(limits.budget, limits.max_calls, limits.max_tokens_total),
        price=limiting.parse_price(limits.price),
    )


def data_(
    context: typer.Context, flags: EvolveFlags, api: str | None
) -> tuple[wiring.Data, dict[str, Any], str]:
    """What decides the data, how steps are decoded, and the settings file's name."""
    where, tables = files.tables(context)
    names = {field.name for field in dataclasses.fields(wiring.Data)}
    names &= {field.name for field in dataclasses.fields(flags)}
    wanted = wiring.Data(
        api=api,
        leading=_given(flags, _DECODING),
        **{name: getattr(flags, name) for name in names},
    )
    return wanted, dict(tables["decoding"]), where


def teacher(
    context: typer.Context,
    server: ServerFlags,
    traffic: TrafficFlags,
    retry: dict[str, Any] | None = None,
) -> teaching.TeacherOptions:
    """Who is asked; ``retry`` goes before the settings file."""
    where, tables = files.tables(context)
    found = files.found_options(context)
    return teaching.TeacherOptions(
        teacher=server.teacher,
        model=server.model,
        base_url=server.base_url,
        timeout=traffic.timeout,
        hedge=traffic.hedge,
        switches=tables["switches"] | _given(server, _SWITCHES),
        retry=retry or tables["retry"],
        where=where,
        body={**tables["teacher"].get("body", {}), **asking.parsed_body(server.body)},
        headers=asking.parsed_headers(server.header or [], os.environ),
        variables=asking.variables_in(server.header or []),
        found=found,
        system=asking.read_system(server.system, Path(where).parent if "system" in found else None),
        tiers=tuple(filter(None, (server.tier or "").replace(" ", "").split(","))),
        effort=server.reasoning_effort or "",
        reasoning_tokens=server.reasoning_tokens,
    )


def _given(flags: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(flags, name)) is not None}
