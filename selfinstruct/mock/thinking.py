"""Where a model's thoughts stand in its reply, and what a token limit leaves of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from selfinstruct.errors import SettingsError
from selfinstruct.mock.teacher import CHARACTERS_PER_TOKEN, tokens
from selfinstruct.teachers.base import Api, Reply


class Style(StrEnum):
    """Where thoughts stand."""

    HIDDEN = "hidden"
    FIELD = "field"
    REASONING = "reasoning"
    TAGS = "tags"
    UNOPENED = "unopened"
    CHANNELS = "channels"
    PARTS = "parts"


# Styles that say in the usage how long was thought.
REPORTED = frozenset({Style.HIDDEN, Style.FIELD, Style.REASONING})

_FIELDS = {Style.FIELD: "reasoning_content", Style.REASONING: "reasoning"}

# What stands before and behind thoughts that are part of the text.
_AROUND = {
    Style.TAGS: ("<think>\n", "\n</think>\n\n"),
    Style.UNOPENED: ("", "\n</think>\n\n"),
    Style.CHANNELS: (
        "<|channel|>analysis<|message|>",
        "<|end|><|start|>assistant<|channel|>final<|message|>",
    ),
}
# A plain completion has no parts; this is how the model itself writes them.
_RAW_PARTS = ("[THINK]", "[/THINK]")

_EFFORTS = {"minimal": (1, 8), "low": (1, 2), "high": (2, 1)}


def parse_style(name: str) -> Style:
    """The style called ``name``.

    Raises:
        SettingsError: There is none; the message lists those there are.
    """
    try:
        return Style(name)
    except ValueError as error:
        names = ", ".join(Style)
        raise SettingsError(f"There is no thinking style {name!r}: use {names}.") from error


def wanted(body: Mapping[str, Any], usual: int) -> int:
    """How many tokens of thought a request asks for.

    Args:
        body: The request.
        usual: How many where it says nothing about it.

    Returns:
        0 where the request switches thinking off in any of the ways that servers know; for an
        effort of minimal, low or high an eighth, half or twice of ``usual``, at least 1.
    """
    reasoning, template, thinking = (
        value if isinstance(value := body.get(name), dict) else {}
        for name in ("reasoning", "chat_template_kwargs", "thinking")
    )
    off = (
        reasoning.get("enabled") is False
        or template.get("enable_thinking") is False
        or template.get("thinking") is False
        or thinking.get("type") == "disabled"
    )
    effort = str(body.get("reasoning_effort") or reasoning.get("effort"))
    if off or not usual or effort == "none":
        return 0
    times, parts = _EFFORTS.get(effort, (1, 1))
    return max(1, usual * times // parts)


@dataclass(frozen=True, slots=True)
class Said:
    """One reply with its thoughts.

    Attributes:
        thoughts: As far as they came; "" for none.
        text: The answer; "" where none came. In styles that show thoughts in the text, these, the
            marks around them and the answer.
        finish: Why it ended.
        answered: Whether the answer began, if only with nothing.
        thinking: Tokens of thoughts. Marks around them cost nothing.
        answering: Tokens of the answer.
    """

    thoughts: str
    text: str
    finish: str
    answered: bool
    thinking: int
    answering: int


def said(
    thoughts: str,
    limit: int,
    stop: Sequence[str],
    around: tuple[str, str] | None,
    answer: Callable[[int], Reply],
) -> Said:
    """A reply that thinks first and answers with what the limit leaves.

    Args:
        thoughts: What is thought; "" for nothing.
        limit: The most tokens of thoughts and answer together.
        stop: Texts that end the reply, also within thoughts that stand in the text.
        around: What stands before and behind thoughts that are part of the text; None where they
            are not.
        answer: The answer within so many tokens, stops heeded.
    """
    length = tokens(thoughts)
    if not length:
        whole = answer(limit)
        return Said("", whole.text, whole.finish, answered=True, thinking=0, answering=_used(whole))
    reply = answer(limit - length) if limit > length else None
    shown = thoughts[: limit * CHARACTERS_PER_TOKEN]
    finish, text = (reply.finish, reply.text) if reply else ("length", "")
    if around is None:
        return Said(shown, text, finish, reply is not None, tokens(shown), _used(reply))
    opening, closing = around
    head = opening + shown + (closing if reply else "")
    ends = [place for mark in stop if 0 <= (place := (head + text).find(mark)) < len(head)]
    if not ends:
        return Said(shown, head + text, finish, reply is not None, tokens(shown), _used(reply))
    end = min(ends)
    shown = shown[: max(0, end - len(opening))]
    return Said(shown, head[:end], "stop", answered=False, thinking=tokens(shown), answering=0)


def _used(reply: Reply | None) -> int:
    return reply.usage.completion_tokens if reply and reply.usage else 0


def around(style: Style, api: Api) -> tuple[str, str] | None:
    """What stands around thoughts that are part of the text, or None where they are not."""
    if style is Style.PARTS and api is Api.COMPLETIONS:
        return _RAW_PARTS
    return _AROUND.get(style)


def choice(one: Said, style: Style, api: Api) -> dict[str, Any]:
    """``one`` as a choice of the reply's body shows it, without index and finish reason."""
    beside = {_FIELDS[style]: one.thoughts} if one.thoughts and style in _FIELDS else {}
    if api is Api.COMPLETIONS:
        return {"text": one.text, **beside}
    content: str | list[dict[str, Any]] = one.text
    if style is Style.PARTS and one.thoughts:
        content = [{"type": "thinking", "thinking": [{"type": "text", "text": one.thoughts}]}]
        if one.answered:
            content.append({"type": "text", "text": one.text})
    return {"message": {"role": "assistant", "content": content, "refusal": None, **beside}}
