"""The body of a completion, read: answer, thoughts, why it ended, what it used. Pure, and total."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from selfinstruct.jsonl import clean
from selfinstruct.teachers import thoughts
from selfinstruct.teachers.base import Reply, Usage
from selfinstruct.teachers.likelihoods import places_of

_LONGEST_REPLY = 400_000  # characters; what is longer is no answer to any prompt of ours
_MOST_TOKENS = 1 << 53  # no server counts further, and no sum overflows
_CACHED = (
    ("prompt_tokens_details", "cached_tokens"),
    ("", "cache_read_input_tokens"),
    ("", "prompt_cache_hit_tokens"),
    ("", "cached_tokens"),
)
_WRITTEN = (
    ("prompt_tokens_details", "cache_write_tokens"),
    ("prompt_tokens_details", "cache_creation_tokens"),
    ("prompt_tokens_details", "cache_creation_input_tokens"),
    ("", "cache_creation_input_tokens"),
    ("", "cache_write_tokens"),
)
_REASONING = (("completion_tokens_details", "reasoning_tokens"), ("", "reasoning_tokens"))


def read_body(body: object, *, thinks: bool = False) -> Reply | None:
    """The reply in the JSON body of a completion; None when it holds no choice.

    Servers differ, and what was paid for is not thrown away for a detail: content may come in
    parts, thoughts in any of the places where servers put them, the finish reason may be anything,
    and usage that makes no sense counts as missing.

    Args:
        body: The parsed body.
        thinks: Whether its teacher is known to end thoughts with a closing tag alone.
    """
    choices = body.get("choices") if isinstance(body, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(body, dict) or not isinstance(choice, dict):
        return None
    message = choice.get("message")
    message = message if isinstance(message, dict) else {"content": choice.get("text")}
    refusal = message.get("refusal")
    refused = isinstance(refusal, str) and bool(refusal)
    finish = "refusal" if refused else str(choice.get("finish_reason") or "stop")
    beside, field = thoughts.of_message(message)
    if not beside:
        beside, field = thoughts.of_message(choice)
    before, text = ("", str(refusal)) if refused else _content(message.get("content"))
    if len(text) > _LONGEST_REPLY:
        text, finish = text[:_LONGEST_REPLY], "length"
    usage = _usage(body.get("usage"))
    signs = thinks or bool(usage and usage.reasoning_tokens)
    said = thoughts.taken_apart(text, thinks=signs)
    whole = "\n\n".join(filter(None, (beside, before, said.thoughts)))[:_LONGEST_REPLY]
    if thinks and not whole and finish == "length":
        return decided(Reply(clean(text), finish, usage), unopened=True)
    return Reply(
        clean(said.answer),
        clean(finish)[:40],
        usage,
        thoughts=clean(whole),
        thought_in=_place(field, before, said.thoughts, usage),
        starved=not said.ended or _is_spent(finish, said.answer, usage),
        undecided=not whole and not signs and thoughts.may_be_unopened(text),
        places=places_of(choice.get("logprobs")),
    )


def decided(reply: Reply, *, unopened: bool) -> Reply:
    """``reply``, whose text may have begun with thoughts, once it is known whether it did."""
    if not unopened:
        return dataclasses.replace(reply, undecided=False)
    said = thoughts.taken_apart(reply.text, thinks=True)
    # Without a closing tag, all that was written before the limit was thought.
    cut = not said.unopened and reply.finish == "length"
    return dataclasses.replace(
        reply,
        text="" if cut else said.answer,
        thoughts=reply.text if cut else said.thoughts,
        undecided=False,
        starved=cut or _is_spent(reply.finish, said.answer, reply.usage),
    )


def tokens_of_thoughts(reply: Reply) -> int:
    """How many of the reply's tokens were thoughts: as the server says, or by their length."""
    if reply.usage is None:
        return 0
    if reply.usage.reasoning_tokens:
        return reply.usage.reasoning_tokens
    whole = len(reply.thoughts) + len(reply.text)
    return reply.usage.completion_tokens * len(reply.thoughts) // whole if whole else 0


def within(reply: Reply, limit: int) -> Reply:
    """``reply`` with its answer cut off at ``limit`` tokens, as it would be without thoughts.

    What thoughts left of their room is no part of the answer's limit: else a teacher that thinks
    little would write longer answers, and other ones, than one that does not think at all.
    """
    if reply.usage is None or reply.starved or not (reply.thoughts or reply.usage.reasoning_tokens):
        return reply
    tokens = reply.usage.completion_tokens - tokens_of_thoughts(reply)
    if tokens <= limit:
        return reply
    text = reply.text[: len(reply.text) * limit // tokens]
    return dataclasses.replace(reply, text=text, finish="length")


def _is_spent(finish: str, answer: str, usage: Usage | None) -> bool:
    """Whether all tokens went into something that is no answer.

    A reply that was lost on its way says so too, and has used none: it is an empty one.
    """
    used = usage is None or usage.completion_tokens > 0
    return finish == "length" and not answer.strip() and used


def _place(field: str, parts: str, inside: str, usage: Usage | None) -> str:
    if field:
        return f"the field {field}"
    if parts:
        return "parts of the content"
    if inside:
        return "the text, before the answer"
    return "hidden, only counted" if usage and usage.reasoning_tokens else ""


def _content(content: object) -> tuple[str, str]:
    if isinstance(content, list):
        return thoughts.of_parts(content)
    return "", content if isinstance(content, str) else ""


def _usage(usage: object) -> Usage | None:
    if not isinstance(usage, dict):
        return None
    prompt, completion = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    if prompt is None or completion is None:
        return None
    kinds = (_first(usage, places) for places in (_CACHED, _WRITTEN, _REASONING))
    cached, written, reasoning = kinds
    cached = min(cached, prompt)
    return Usage(
        prompt, completion, cached, min(written, prompt - cached), min(reasoning, completion)
    )


def _first(usage: Mapping[str, Any], places: tuple[tuple[str, str], ...]) -> int:
    """The first count in ``places``, which say an object within ("" for none) and a name."""
    for within, name in places:
        where = usage.get(within) if within else usage
        if isinstance(where, dict) and (found := _count(where, name)):
            return found
    return 0


def _count(values: Mapping[str, Any], name: str) -> int | None:
    found = values.get(name)
    return found if type(found) is int and 0 <= found < _MOST_TOKENS else None
