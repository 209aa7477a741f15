"""What a request asks of the mock server, read from its body."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from selfinstruct.mock.http_errors import refused
from selfinstruct.teachers.base import Api

_MOST_CHOICES = 16
_MOST_PROMPTS = 2048
_DEFAULT_TOKENS = 4096


@dataclass(frozen=True, slots=True)
class Asked:
    """One request.

    Attributes:
        texts: The prompts: of a chat one, of all its messages.
        n: How many replies to each are wanted.
        limit: The most tokens of one reply, thoughts included.
        stop: Texts that end a reply.
        tier: The service tier by name, or None where the request names none.
    """

    texts: tuple[str, ...]
    n: int
    limit: int
    stop: list[str]
    tier: str | None

    @property
    def whole(self) -> str:
        """All that is asked, as one text."""
        return "\n\n".join(self.texts)


def checked(body: object, models: Collection[str] | None) -> Mapping[str, Any]:
    """``body``, if it is an object that asks one of ``models`` for a whole reply.

    Args:
        body: What was sent.
        models: The names of the models; None where any will do.

    Raises:
        RefusedError: It is not.
    """
    if not isinstance(body, dict):
        raise refused(400, "The body is no JSON object.")
    model = body.get("model")
    if not isinstance(model, str) or not model or (models is not None and model not in models):
        raise refused(404, f"The model {model!r} does not exist.", "model_not_found")
    if body.get("stream"):
        raise refused(400, "Streaming is not offered by this server.")
    return body


def asked(body: Mapping[str, Any], api: Api) -> Asked:
    """What ``body`` asks for.

    Raises:
        RefusedError: A field holds what it must not.
    """
    texts = (_chat_text(body),) if api is Api.CHAT else _prompts(body)
    named = body.get("service_tier")
    tier = named if isinstance(named, str) else None
    return Asked(texts, _n(body), _limit(body), _stop(body), tier)


def _chat_text(body: Mapping[str, Any]) -> str:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise refused(400, "'messages' must be a list with at least one message.")
    if not all(isinstance(m, dict) and isinstance(m.get("content"), str) for m in messages):
        raise refused(400, "Each message needs a 'role' and a text as 'content'.")
    return "\n\n".join(message["content"] for message in messages)


def _prompts(body: Mapping[str, Any]) -> tuple[str, ...]:
    prompt = body.get("prompt")
    texts = prompt if isinstance(prompt, list) else [prompt]
    if not all(isinstance(text, str) for text in texts):
        raise refused(400, "'prompt' must be a text or a list of texts; tokens are not read.")
    if not 1 <= len(texts) <= _MOST_PROMPTS:
        raise refused(400, f"'prompt' must hold between 1 and {_MOST_PROMPTS} texts.")
    return tuple(texts)


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
