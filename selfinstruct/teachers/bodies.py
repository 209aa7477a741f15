"""The body of a request, as it is meant. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from selfinstruct.teachers.base import Api, Prompt
from selfinstruct.teachers.extras import Extras
from selfinstruct.teachers.presets import Schema, Switches

_MOST_TOP = 5  # likelihoods at each place that a completions endpoint gives


@dataclass(frozen=True, slots=True)
class Asks:
    """How a teacher is asked, whatever the prompt.

    Attributes:
        model: The model's name.
        api: The kind of endpoint.
        switches: What the server accepts.
        extras: What is sent with every request.
        stops: Whether stop sequences are sent.
    """

    model: str
    api: Api
    switches: Switches
    extras: Extras
    stops: bool


def request_body(prompt: Prompt, asks: Asks, tier: str) -> dict[str, Any]:
    """The body of a completion request.

    Args:
        prompt: What is asked.
        asks: How.
        tier: The service tier, or "" for the server's own choice.
    """
    decoding, switches, extras = prompt.decoding, asks.switches, asks.extras
    chat = asks.api is Api.CHAT
    # The old name is the only one that the completions endpoint knows.
    limit = switches.token_limit_field.value if chat else "max_tokens"
    body: dict[str, Any] = {"model": asks.model, limit: prompt.most_tokens}
    if chat:
        before = [{"role": "system", "content": extras.system}] if extras.system else []
        body["messages"] = [*before, {"role": "user", "content": prompt.text}]
    else:
        body["prompt"] = prompt.text
    if switches.sampling:
        body["temperature"] = decoding.temperature
        if decoding.temperature > 0:
            body["top_p"] = decoding.top_p
        for penalty in ("presence_penalty", "frequency_penalty"):
            if value := getattr(decoding, penalty):
                body[penalty] = value
    if chat and prompt.schema and switches.json_schema is not Schema.NONE:
        schema = json.loads(prompt.schema.text)
        named = {"name": prompt.schema.name, "schema": schema, "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": named}
    body |= _likelihoods(prompt.top, asks.api) if prompt.top else {}
    if asks.stops and decoding.stop:
        body["stop"] = list(decoding.stop)
    if extras.cache_keys:
        body["prompt_cache_key"] = f"selfinstruct-{prompt.step}"
    if tier:
        body["service_tier"] = tier
    return body | dict(extras.body)


def _likelihoods(top: int, api: Api) -> dict[str, Any]:
    """The fields that ask for the likelihoods of ``top`` tokens at each place."""
    if api is Api.CHAT:
        return {"logprobs": True, "top_logprobs": top}
    return {"logprobs": min(top, _MOST_TOP)}
