"""``selfinstruct answer``: have a model answer a set of prompts."""

from __future__ import annotations

from typing import Annotated

import typer

from selfinstruct.cli import groups
from selfinstruct.cli import options as o
from selfinstruct.cli.answer_flags import AnswerFlags


@groups.grouped
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
    from selfinstruct.api.answer import AnswerEstimate
    from selfinstruct.api.answer import answer as have_answered
    from selfinstruct.cli import answer_settings, ending, from_flags
    from selfinstruct.cli.consent import is_wanted
    from selfinstruct.cli.signals import Signals

    del config

    def confirm(found: AnswerEstimate) -> bool:
        console.show_answer_estimate(found)
        return yes or is_wanted()

    signals = Signals()
    result = have_answered(
        source,
        into,
        teacher=from_flags.teacher(context, server, traffic, limits),
        settings=answer_settings.settings(context, answering, server.api),
        limits=from_flags.limits_of(traffic, limits, batches),
        observer=console.Watching(quiet=output.quiet),
        stop=signals,
        confirm=None if output.quiet else confirm,
    )
    if output.json:
        console.print_json(result.row())
    elif not output.quiet:
        console.show_answers(result)
    kept = result.answers - result.finishes["failed"]
    console.show_stopped(result.stopped, result.error, f"{kept:,} answers are kept")
    ending.leave(result.stopped, signals)
