"""``selfinstruct compare``: which of several answers is better, and how surely."""

from __future__ import annotations

from typing import Annotated

import typer

from selfinstruct.cli import groups
from selfinstruct.cli import options as o
from selfinstruct.cli.compare_flags import CompareFlags
from selfinstruct.cli.grouping import grouped


@grouped
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
    from selfinstruct.api.compare import compare as have_compared
    from selfinstruct.cli import asking, compare_settings
    from selfinstruct.cli.signals import Signals

    del config
    signals = Signals()
    result = have_compared(
        sources,
        into,
        settings=compare_settings.settings(context, comparing, server.api),
        confirm=asking.confirmed(console.show_compare_estimate, output, yes=yes),
        **asking.means(context, server, traffic, limits, batches, output, signals),
    )
    asking.end(
        result,
        console.show_comparison,
        f"{result.summary.prompts:,} comparisons are kept",
        output,
        signals,
    )
