"""``selfinstruct judge``: have a model check a pool, and see whether it can be believed."""

from __future__ import annotations

from typing import Annotated

import typer

from selfinstruct.cli import groups
from selfinstruct.cli import options as o
from selfinstruct.cli.grouping import grouped
from selfinstruct.cli.judge_flags import JudgeFlags
from selfinstruct.counts import counted


@grouped
def judge(
    context: typer.Context,
    source: o.JudgeSource,
    judging: JudgeFlags,
    server: groups.ServerFlags,
    traffic: groups.TrafficFlags,
    limits: groups.SpendFlags,
    batches: groups.BatchFlags,
    output: groups.OutputFlags,
    worst: o.Worst = 0,
    yes: Annotated[bool, o.option("--yes", o.OUTPUT, "Do not ask before the first call.")] = False,
    config: o.Config = None,
) -> None:
    """Have a model say of each item what a rubric asks: is it valid, how good is it.

    A sample of 200 by default, as the authors of Self-Instruct judged theirs. Items whose answer is
    known are judged with it, so that you see what the judge's word is worth. The pool is not
    changed, and may be growing. What was judged is not asked again; a larger sample buys the rest.

    Examples:
    selfinstruct judge mypool --teacher openai --model NAME --price 0.4/1.6 --budget 1

    selfinstruct judge mypool --rubric rating --teacher mock --sample 400 --worst 10

    selfinstruct judge data.jsonl --into judged --rubric correctness --teacher vllm --model NAME
    """
    from selfinstruct import console
    from selfinstruct.api.judge import judge as have_judged
    from selfinstruct.cli import asking, judge_settings
    from selfinstruct.cli.signals import Signals

    del config
    signals = Signals()
    result = have_judged(
        source,
        settings=judge_settings.settings(context, judging, server.api),
        confirm=asking.confirmed(console.show_judge_estimate, output, yes=yes),
        **asking.means(context, server, traffic, limits, batches, output, signals),
    )

    if worst and not output.json:
        if not output.quiet:
            console.show_judging(result)
        console.show_worst(result, worst)
    show = (lambda _: None) if worst else console.show_judging
    asking.end(
        result,
        show,
        f"{counted(result.judged, 'judgement is', 'judgements are')} kept",
        output,
        signals,
    )
