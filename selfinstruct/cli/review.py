"""``selfinstruct review``: people answer a rubric, by keyboard, and see how far they agree."""

from __future__ import annotations

import typer

from selfinstruct.cli import groups, review_flags
from selfinstruct.cli import options as o
from selfinstruct.cli.grouping import grouped
from selfinstruct.cli.options import reviewing


@grouped
def review(
    context: typer.Context,
    matter: review_flags.MatterFlags,
    ask: review_flags.AskFlags,
    told: review_flags.ToldFlags,
    output: groups.OutputFlags,
    source: reviewing.ReviewSource = "",
    config: o.Config = None,
) -> None:
    """Answer a rubric about a sample yourself: a page in your browser, by keyboard.

    The same 200 items that judge looks at, one after the other. Every answer is on disk before the
    next question appears; end whenever you like, and go on tomorrow with the same command. Nobody
    sees which model wrote what before the vote. A pool is neither locked nor changed.

    Examples:
    selfinstruct review mypool

    selfinstruct review mypool --only validity-NAME:all=no --reveal validity-NAME

    selfinstruct review --pairs before.jsonl after.jsonl --into votes --reviewer ann

    selfinstruct review mypool --agreement
    """
    from selfinstruct.cli import review_asking, review_settings, review_telling

    del context, config
    settings = review_settings.settings(matter)
    mode = review_settings.mode(ask, told)
    if mode == "summary":
        review_telling.show_summary(source, settings, output)
    elif mode == "agreement":
        review_telling.show_agreement(source, settings, output)
    elif mode == "out":
        review_telling.write(source, settings, told, output)
    elif mode == "in":
        review_telling.take(source, settings, told, output)
    elif mode == "plain":
        review_asking.ask_here(source, settings, output)
    else:
        review_asking.serve(source, settings, ask, output)
