"""``selfinstruct compare``: which of several answers is better, and how surely."""

from __future__ import annotations

from typing import Annotated

import typer

from selfinstruct.cli import groups
from selfinstruct.cli import options as o
from selfinstruct.cli.compare_flags import CompareFlags


@groups.grouped
def compare(
    context: typer.Context,
    sources: o.CompareSources,
    into: o.CompareInto,
    comparing: CompareFlags,
    server: groups.ServerFlags,
    traffic: groups.TrafficFlags,
    limits: groups.SpendFlags,
    batches: groups.BatchFlags,
    output: groups.OutputFlags,
    yes: Annotated[bool, o.option("--yes", o.OUTPUT, "Do not ask before the first call.")] = False,
    config: o.Config = None,
) -> None:
    """Have a model say which of several answers to the same prompts is better.

    Each prompt is asked in two orders, and an answer wins only where both say so. Answers that are
    the same cost no call. Pairs whose outcome is known are compared with them, so that you see what
    the judge is swayed by. What was compared is not asked again.

    Examples:
    selfinstruct compare base tuned --into base-tuned --teacher openai --model NAME --price 0.4/1.6

    selfinstruct compare mypool --within --into ranked --teacher openai --model NAME

    selfinstruct export base-tuned --format dpo -o pairs.jsonl
    """
    from selfinstruct import console
    from selfinstruct.api.compare import CompareEstimate
    from selfinstruct.api.compare import compare as have_compared
    from selfinstruct.cli import compare_settings, ending, from_flags
    from selfinstruct.cli.consent import is_wanted
    from selfinstruct.cli.signals import Signals

    del config

    def confirm(found: CompareEstimate) -> bool:
        console.show_compare_estimate(found)
        return yes or is_wanted()

    signals = Signals()
    result = have_compared(
        sources,
        into,
        teacher=from_flags.teacher(context, server, traffic, limits),
        settings=compare_settings.settings(context, comparing, server.api),
        limits=from_flags.limits_of(traffic, limits, batches),
        observer=console.Watching(quiet=output.quiet),
        stop=signals,
        confirm=None if output.quiet else confirm,
    )
    if output.json:
        console.print_json(result.row())
    elif not output.quiet:
        console.show_comparison(result)
    console.show_stopped(
        result.stopped, result.error, f"{result.summary.prompts:,} comparisons are kept"
    )
    ending.leave(result.stopped, signals)
