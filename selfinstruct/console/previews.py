"""The first prompt of a run, and its price, before anything is bought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from selfinstruct.console.talk import print_json, say, tell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from selfinstruct.api.preview import PreviewResult


def show_preview(found: PreviewResult, *, json: bool) -> None:
    """The prompt on stdout, what it takes on stderr; or all of it as one JSON object."""
    if json:
        print_json(found.row())
        return
    if found.prompt is None or found.prompt_tokens is None or found.completion_tokens is None:
        say(f"Nothing is left to be asked for {found.pool}.")
        return
    tell(found.prompt)
    say(f"\nThis is the prompt of request {found.request} ({found.step}), as it will be sent.")
    if system := _system(found.body):
        say(f"Before it goes the system line: {system}")
    if found.stored:
        say("Its reply was bought before: only what follows from it is asked.")
    counts = (_range(found.prompt_tokens), _range(found.completion_tokens))
    say(f"About {counts[0]} tokens in and {counts[1]} out: {_cost(found.cost_usd)}.")
    say("Nothing was asked or written. selfinstruct estimate reckons the whole run.")


def _system(body: Mapping[str, Any] | None) -> str:
    """The system line of a chat; "" where there is none."""
    messages = (body or {}).get("messages", ())
    return next((one["content"] for one in messages if one["role"] == "system"), "")


def _range(figures: Mapping[str, int]) -> str:
    return f"{figures['likely']:,} ({figures['low']:,} to {figures['high']:,})"


def _cost(figures: Mapping[str, float] | None) -> str:
    if figures is None:
        return "cost unknown (no --price)"
    shown = {name: f"${value:.4f}" for name, value in figures.items()}
    return f"{shown['likely']} ({shown['low']} to {shown['high']})"
