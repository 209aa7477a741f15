"""Kinds of servers by what they refuse: fields, pairs of fields, unknown fields, long prompts."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from selfinstruct.errors import SettingsError
from selfinstruct.mock.http_errors import RefusedError, refused

# One field, or two that are refused together.
Refusal = tuple[str] | tuple[str, str]

_SHARED = frozenset({"temperature", "top_p", "max_tokens", "stop", "stream", "metadata", "n"})
_PENALTIES = frozenset({"presence_penalty", "frequency_penalty"})

# What Mistral's chat endpoint takes, and its endpoint for plain text.
_KNOWN_TO_THE_STRICT = (
    _SHARED
    | _PENALTIES
    | {"model", "messages", "prompt", "suffix", "min_tokens"}
    | {"random_seed", "response_format", "tools", "tool_choice", "parallel_tool_calls"}
    | {"prediction", "prompt_mode", "reasoning_effort", "safe_prompt", "guardrails"}
)

# What may be refused: fields of the OpenAI API, and those that other servers add to it.
FIELDS: frozenset[str] = (
    _SHARED
    | _PENALTIES
    | {"max_completion_tokens", "response_format", "seed", "user", "store", "service_tier"}
    | {"logprobs", "top_logprobs", "logit_bias", "best_of", "echo", "suffix", "modalities"}
    | {"tools", "tool_choice", "parallel_tool_calls", "prediction", "stream_options"}
    | {"reasoning_effort", "reasoning", "thinking", "enable_thinking", "think", "verbosity"}
    | {"chat_template_kwargs", "prompt_cache_key", "prompt_cache_retention", "safety_identifier"}
    | {"top_k", "min_p", "min_tokens", "repetition_penalty", "random_seed", "provider"}
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a server refuses.

    Attributes:
        refuse: Fields answered with 400, in the order in which they are named; of several that a
            request holds, the first is named.
        strict: Whether fields that Mistral does not know are answered with 422.
        context: The context's size in tokens, or None for no end.
    """

    refuse: tuple[Refusal, ...] = ()
    strict: bool = False
    context: int | None = None


def parse_refusals(text: str) -> tuple[Refusal, ...]:
    """What ``--refuse`` names: fields, or pairs as ``temperature+top_p``, between commas.

    Raises:
        SettingsError: No request has such a field.
    """
    return tuple(_refusal(part.strip()) for part in text.split(",") if part.strip())


def _refusal(part: str) -> Refusal:
    names = [name.strip() for name in part.split("+")]
    for name in names:
        if name not in FIELDS:
            near = difflib.get_close_matches(name, sorted(FIELDS), n=1)
            hint = f"did you mean {near[0]}?" if near else "see docs/teachers.md."
            raise SettingsError(f"--refuse: requests have no field {name!r}; {hint}")
    if len(names) == 1:
        return (names[0],)
    if len(names) == 2 and names[0] != names[1]:
        return (names[0], names[1])
    raise SettingsError(f"--refuse: {part!r} must be one field, or two different ones as A+B.")


def check_fields(body: Mapping[str, Any], kind: Kind) -> None:
    """Refuse ``body`` where this kind of server would.

    Raises:
        RefusedError: As that server words it.
    """
    if kind.strict and (unknown := [name for name in body if name not in _KNOWN_TO_THE_STRICT]):
        raise _unknown(body, unknown)
    for refusal in kind.refuse:
        if not all(_holds(body, name) for name in refusal):
            continue
        if len(refusal) == 2:
            raise _pair(*refusal)
        name, value = refusal[0], body[refusal[0]]
        if name != "temperature" or value != 1:
            raise _field(name, value)


def _holds(body: Mapping[str, Any], name: str) -> bool:
    return body.get(name) is not None


def _field(name: str, value: object) -> RefusedError:
    hint = " Use 'max_completion_tokens' instead." if name == "max_tokens" else ""
    message = f"Unsupported parameter: '{name}' is not supported with this model.{hint}"
    if name != "temperature":
        return refused(400, message, "unsupported_parameter", param=name)
    message = (
        f"Unsupported value: 'temperature' does not support {value} with this model. "
        "Only the default (1) value is supported."
    )
    return refused(400, message, "unsupported_value", param=name)


def _pair(first: str, second: str) -> RefusedError:
    message = (
        f"`{first}` and `{second}` cannot both be specified for this model. Please use only one."
    )
    return refused(400, message)


def _unknown(body: Mapping[str, Any], names: list[str]) -> RefusedError:
    detail = [
        {
            "type": "extra_forbidden",
            "loc": ["body", name],
            "msg": "Extra inputs are not permitted",
            "input": body[name],
        }
        for name in names
    ]
    return RefusedError(
        422,
        {
            "object": "error",
            "message": {"detail": detail},
            "type": "invalid_request_error",
            "param": None,
            "code": None,
        },
    )


def room(kind: Kind, prompt_tokens: int, limit: int) -> int:
    """How many tokens a reply to a prompt of this length may have.

    As llama.cpp does it: only a prompt that leaves no room is refused, and a reply ends where the
    context does.

    Raises:
        RefusedError: The prompt leaves no room.
    """
    size = kind.context
    if size is None:
        return limit
    if prompt_tokens >= size:
        message = (
            f"request ({prompt_tokens} tokens) exceeds the available context size "
            f"({size} tokens), try increasing it"
        )
        error = {
            "code": 400,
            "message": message,
            "type": "exceed_context_size_error",
            "n_prompt_tokens": prompt_tokens,
            "n_ctx": size,
        }
        raise RefusedError(400, {"error": error})
    return min(limit, size - prompt_tokens)
