"""``review`` that asks: on a page, or in the terminal."""

from __future__ import annotations

import dataclasses
import os
import sys
import threading
import webbrowser

import typer

from selfinstruct import console
from selfinstruct.api.review import ReviewResult, asking, review, review_summary
from selfinstruct.api.settings import ReviewSettings
from selfinstruct.cli import review_telling
from selfinstruct.cli.groups import OutputFlags
from selfinstruct.cli.review_flags import AskFlags
from selfinstruct.cli.signals import EXIT, Signals


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
    only = dataclasses.replace(given, reviewer=reviewer)
    found = review_summary(source, settings=only)
    _end(dataclasses.replace(found, left=state.of - state.done), output, caught)


def _end(result: ReviewResult, output: OutputFlags, caught: int) -> None:
    review_telling.show(result, output)
    if caught and result.left:
        raise typer.Exit(EXIT + caught)


def _has_screen() -> bool:
    """Whether a browser would open where the person sits, and not in this terminal or elsewhere."""
    if os.environ.get("SSH_CONNECTION"):
        return False
    is_elsewhere = sys.platform not in {"linux", "freebsd"}
    return is_elsewhere or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
