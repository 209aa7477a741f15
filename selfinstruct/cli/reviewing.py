"""What ``review`` does in each of its ways: one call, one rendering, the exit code."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from typing import Literal, cast

import typer

from selfinstruct import console
from selfinstruct.api.review import (
    ReviewResult,
    asking,
    review,
    review_agreement,
    review_summary,
)
from selfinstruct.api.review_files import For, read_review, write_review
from selfinstruct.api.settings import ReviewSettings
from selfinstruct.cli.groups import OutputFlags
from selfinstruct.cli.review_flags import AskFlags, MatterFlags, ToldFlags
from selfinstruct.cli.signals import EXIT, Signals
from selfinstruct.cli.streams import refuse_json
from selfinstruct.errors import SettingsError

Mode = Literal["page", "plain", "summary", "agreement", "out", "in"]


def settings(flags: MatterFlags) -> ReviewSettings:
    """What people are asked: a flag is the setting of its name."""
    return ReviewSettings(
        rubric=flags.rubric,
        into=flags.into,
        sample=None if flags.all_ else flags.sample,
        where=flags.where or (),
        rejects=flags.rejects,
        only=flags.only,
        pairs=flags.pairs,
        reviewer=flags.reviewer,
        reveal=flags.reveal,
        seed=flags.seed,
        language=flags.language,
    )


def mode(ask: AskFlags, told: ToldFlags) -> Mode:
    """Which of its ways was asked for.

    Raises:
        SettingsError: More than one was.
    """
    wanted: dict[Mode, bool] = {
        "plain": ask.plain,
        "summary": told.summary,
        "agreement": told.agreement,
        "out": told.out is not None,
        "in": told.in_ is not None,
    }
    given = [name for name, is_given in wanted.items() if is_given]
    if len(given) > 1:
        raise SettingsError(f"--{given[0]} and --{given[1]} do not go together.")
    if told.for_ is not None and not {"out", "in"} & set(given):
        raise SettingsError("--for says what --out and --in are for; name a file.")
    return given[0] if given else "page"


def serve(source: str, given: ReviewSettings, ask: AskFlags, output: OutputFlags) -> None:
    """Serve the page until it is finished or interrupted, and show what was said."""
    signals = Signals()

    def ready(address: str) -> None:
        console.say(f"Listening on {address}")
        if not output.quiet:
            console.say("The address works once. Ctrl-C ends the review; every answer is kept.")
        if not ask.no_browser and _has_screen():
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    result = review(
        source,
        settings=given,
        port=ask.port,
        ready=ready,
        observer=console.Watching(quiet=output.quiet),
        stop=signals,
    )
    _end(result, output, signals.caught)


def ask_here(source: str, given: ReviewSettings, output: OutputFlags) -> None:
    """Ask in the terminal, and show what was said."""
    with asking(source, settings=given) as asked:
        caught = 0
        try:
            console.ask(asked.session, asked.rubric, asked.pack)
        except KeyboardInterrupt as interruption:  # every answer is kept
            caught = int(interruption.args[0]) if interruption.args else 2
        state, reviewer = asked.session.now(), asked.reviewer
    import dataclasses

    only = dataclasses.replace(given, reviewer=reviewer)
    found = review_summary(source, settings=only)
    _end(dataclasses.replace(found, left=state.of - state.done), output, caught)


def show_summary(source: str, given: ReviewSettings, output: OutputFlags) -> None:
    """Show what people said."""
    _show(review_summary(source, settings=given), output)


def show_agreement(source: str, given: ReviewSettings, output: OutputFlags) -> None:
    """Show how far people agree."""
    found = review_agreement(source, settings=given)
    if output.json:
        console.print_json(found.row())
    elif not output.quiet:
        console.show_agreement(found)


def write(source: str, given: ReviewSettings, told: ToldFlags, output: OutputFlags) -> None:
    """Write the questions to a file."""
    if output.json:
        refuse_json(told.out, "--out - and --json both want standard output.")
    form = cast("For", told.for_ or "sheet")
    found = write_review(source, told.out or "", settings=given, form=form, force=told.force)
    if output.json:
        console.print_json(found.row())
    elif not output.quiet:
        files = " and ".join(map(str, found.files))
        console.say(f"{found.items:,} items, as {found.reviewer} sees them, are in {files}")


def take(source: str, given: ReviewSettings, told: ToldFlags, output: OutputFlags) -> None:
    """Take the answers of a file."""
    form = cast("For", told.for_ or "sheet")
    found = read_review(source, told.in_ or "", settings=given, form=form)
    if output.json:
        console.print_json(found.row())
    elif not output.quiet:
        console.say(
            f"{found.votes:,} answers by {found.reviewer} are new; they are in {found.file}"
        )


def _end(result: ReviewResult, output: OutputFlags, caught: int) -> None:
    _show(result, output)
    if caught and result.left:
        raise typer.Exit(EXIT + caught)


def _show(result: ReviewResult, output: OutputFlags) -> None:
    if output.json:
        console.print_json(result.row())
    elif not output.quiet:
        console.show_reviews(result)


def _has_screen() -> bool:
    """Whether a browser would open where the person sits, and not in this terminal or elsewhere."""
    if os.environ.get("SSH_CONNECTION"):
        return False
    is_elsewhere = sys.platform not in {"linux", "freebsd"}
    return is_elsewhere or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
