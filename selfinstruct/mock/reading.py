"""What a request asks of the mock server, read from its body."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from selfinstruct.mock.http_errors import refused
from selfinstruct.teachers.base import Api

_MOST_CHOICES = 16
_DEFAULT_TOKENS = 4096


@dataclass(frozen=True, slots=True)
class Asked:
    """One request.

    Attributes:
        text: The whole prompt: of a chat, all messages.
        n: How many replies are wanted.
        limit: The most tokens of one reply, thoughts included.
        stop: Texts that end a reply.
        tier: The service tier by name, or None where the request names none.
    """

    text: str
    n: int
    limit: int
    stop: list[str]
    tier: str | None


def checked(body: object, models: Collection[str]) -> Mapping[str, Any]:
    """``body``, if it is an object that asks one of ``models`` for a whole reply.

    Raises:
        RefusedError: It is not.
    """
    if not isinstance(body, dict):
        raise refused(400, "The body is no JSON object.")
    if body.get("model") not in models:
        raise refused(404, f"The model {body.get('model')!r} does not exist.", "model_not_found")
    if body.get("stream"):
        raise refused(400, "Streaming is not offered by this server.")
    return body


def asked(body: Mapping[str, Any], api: Api) -> Asked:
    """What ``body`` asks for.

    Raises:
        RefusedError: A field holds what it must not.
    """
    text = _chat_text(body) if api is Api.CHAT else _prompt_text(body)
    tier = body.get("service_tier")
    return Asked(text, _n(body), _limit(body), _stop(body), tier if isinstance(tier, str) else None)


def _chat_text(body: Mapping[str, Any]) -> str:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise refused(400, "'messages' must be a list with at least one message.")
    if not all(isinstance(m, dict) and isinstance(m.get("content"), str) for m in messages):
        raise refused(400, "Each message needs a 'role' and a text as 'content'.")
    return "\n\n".join(message["content"] for message in messages)


def _prompt_text(body: Mapping[str, Any]) -> str:
    prompt = body.get("prompt")
    if not isinstance(prompt, str):
        raise refused(400, "'prompt' must be a text.")
    return prompt


def _n(body: Mapping[str, Any]) -> int:
    n = body.get("n") or 1
    if not isinstance(n, int) or not 1 <= n <= _MOST_CHOICES:
        raise refused(400, f"'n' must be between 1 and {_MOST_CHOICES}.")
    return n


def _limit(body: Mapping[str, Any]) -> int:
    limit = body.get("max_completion_tokens") or body.get("max_tokens") or _DEFAULT_TOKENS
    if not isinstance(limit, int) or limit < 1:
        raise refused(400, "The token limit must be a positive number.")
    return limit


def _stop(body: Mapping[str, Any]) -> list[str]:
    stop = body.get("stop") or []
    stop = [stop] if isinstance(stop, str) else stop
    if not isinstance(stop, list) or len(stop) > 4 or not all(isinstance(s, str) for s in stop):
        raise refused(400, "'stop' takes up to 4 texts.")
    return stop
