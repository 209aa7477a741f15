"""What verbs have in common that ask a model about things one by one: how called, how ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict, TypeVar

import typer

from selfinstruct import console
from selfinstruct.api.limits import Limits
from selfinstruct.api.observer import Observer
from selfinstruct.api.results import AskedResult
from selfinstruct.api.stop import Stop
from selfinstruct.api.teachers import Teacher
from selfinstruct.cli import ending, from_flags, limit_flags
from selfinstruct.cli.consent import is_wanted
from selfinstruct.cli.groups import BatchFlags, OutputFlags, ServerFlags, SpendFlags, TrafficFlags
from selfinstruct.cli.signals import Signals

Told = TypeVar("Told")
Asked = TypeVar("Asked", bound=AskedResult)


class Means(TypedDict):
    """With what the verb is called, whatever it asks."""

    teacher: Teacher
    limits: Limits
    observer: Observer
    stop: Stop


def means(
    context: typer.Context,
    server: ServerFlags,
    traffic: TrafficFlags,
    limits: SpendFlags,
    batches: BatchFlags,
    output: OutputFlags,
    signals: Signals,
) -> Means:
    """What the flags say of it.

    Raises:
        SettingsError: Something given makes no sense.
    """
    return Means(
        teacher=from_flags.teacher(context, server, traffic, limits),
        limits=limit_flags.limits_of(traffic, limits, batches),
        observer=console.Watching(quiet=output.quiet),
        stop=signals,
    )


def confirmed(
    show: Callable[[Told], None], output: OutputFlags, *, yes: bool
) -> Callable[[Told], bool] | None:
    """What shows an estimate and asks whether to go on; None where nothing is said."""

    def confirm(found: Told) -> bool:
        show(found)
        return yes or is_wanted()

    return None if output.quiet else confirm


def end(
    result: Asked,
    show: Callable[[Asked], None],
    kept: str,
    output: OutputFlags,
    signals: Signals,
) -> None:
    """Show what came of it, and leave.

    Args:
        result: What the verb returned.
        show: Draws it.
        kept: What is kept where the run ended early, in words.
        output: What is printed.
        signals: What was caught meanwhile.

    Raises:
        typer.Exit: With the contract's code, when it is not 0.
    """
    if output.json:
        console.print_json(result.row())
    elif not output.quiet:
        show(result)
    console.show_stopped(result.stopped, result.error, kept)
    ending.leave(result.stopped, signals)
