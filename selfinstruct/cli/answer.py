"""``selfinstruct answer``: have a model answer a set of prompts."""

from __future__ import annotations

from typing import Annotated

import typer

from selfinstruct.cli import groups
from selfinstruct.cli import options as o
from selfinstruct.cli.answer_flags import AnswerFlags
from selfinstruct.cli.grouping import grouped
from selfinstruct.counts import counted


@grouped
def answer(
    context: typer.Context,
    source: o.AnswerSource,
    into: o.AnswersInto,
    answering: AnswerFlags,
    server: groups.ServerFlags,
    traffic: groups.TrafficFlags,
    limits: groups.SpendFlags,
    batches: groups.BatchFlags,
    output: groups.OutputFlags,
    yes: Annotated[bool, o.option("--yes", o.OUTPUT, "Do not ask before the first call.")] = False,
    config: o.Config = None,
) -> None:
    """Have a model answer a set of prompts, once or several times each.

    200 tasks by default, one instance of each; --all for everything. What was answered is not
    asked again; a larger sample or more samples buy the rest. An answer that was cut off, declined
    or left empty is a row that says so.

    Examples:
    selfinstruct answer mypool --into teacher4 --samples 4 --teacher openai --model NAME

    selfinstruct answer prompts.jsonl --into tuned --all --as tuned --teacher vllm --model NAME

    selfinstruct answer natural-instructions/splits/default/test_tasks.txt --into ni --all \
--encoding definition --teacher vllm --model NAME
    """
    from selfinstruct import console
    from selfinstruct.api.answer import answer as have_answered
    from selfinstruct.cli import answer_settings, asking
    from selfinstruct.cli.signals import Signals

    del config
    signals = Signals()
    result = have_answered(
        source,
        into,
        settings=answer_settings.settings(context, answering, server.api),
        confirm=asking.confirmed(console.show_answer_estimate, output, yes=yes),
        **asking.means(context, server, traffic, limits, batches, output, signals),
    )
    kept = result.answers - result.finishes["failed"]
    asking.end(
        result,
        console.show_answers,
        f"{counted(kept, 'answer is', 'answers are')} kept",
        output,
        signals,
    )
