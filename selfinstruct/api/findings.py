"""What a rehearsal shows: rows for steps and fields, how the teacher thinks, settings. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selfinstruct.api.teachers import Teacher
from selfinstruct.bootstrap import Rehearsed
from selfinstruct.counts import counted
from selfinstruct.parsing import excerpt
from selfinstruct.teachers import Reply
from selfinstruct.teachers.dialect import LIMITS, Dialect
from selfinstruct.teachers.replies import tokens_of_thoughts

_THOUSAND = 1000
_QUOTED = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """What the calls of a rehearsal came to."""

    steps: Sequence[Rehearsed]
    calls: int
    dialect: Dialect | None
    bodies: Sequence[Mapping[str, Any]]


def step_rows(asked: Asked) -> list[dict[str, Any]]:
    """Each step: whether it was read, what it used, where it thought."""
    rows = []
    for one in asked.steps:
        reply, usage = one.reply, one.reply.usage if one.reply else None
        rows.append(
            {
                "step": one.prompt.step,
                "readable": one.readable,
                "seconds": round(one.seconds, 3),
                "finish": reply.finish if reply else None,
                "prompt_tokens": usage.prompt_tokens if usage else None,
                "cached_tokens": usage.cached_tokens if usage else None,
                "completion_tokens": usage.completion_tokens if usage else None,
                "thought_tokens": tokens_of_thoughts(reply) if reply else None,
                "thought_in": reply.thought_in if reply else "",
                "reply": excerpt(" ".join(reply.text.split()), _QUOTED) if reply else "",
                "error": one.error,
            }
        )
    return rows


def thinking(asked: Asked) -> dict[str, Any] | None:
    """How the teacher thinks; None where it does not."""
    replies = [one.reply for one in asked.steps if one.reply and thought(one.reply)]
    if not replies:
        return None
    return {
        "tokens": max(tokens_of_thoughts(reply) for reply in replies),
        "in": next((reply.thought_in for reply in replies if reply.thought_in), ""),
        "room": asked.dialect.room if asked.dialect else 0,
    }


def field_rows(asked: Asked) -> list[dict[str, str]]:
    """Each field that was meant to be sent: with which values, and what became of it."""
    values: dict[str, list[str]] = {}
    for body in asked.bodies:
        for name, value in body.items():
            if name not in {"model", "messages", "prompt"}:
                shown = _shown(value)
                if shown not in values.setdefault(name, []):
                    values[name].append(shown)
    dialect = asked.dialect or Dialect()
    rows = []
    for name, given in values.items():
        taken = "yes"
        if name in dialect.left_out:
            taken = "no, left out"
        elif name in dialect.fixed:
            taken = f"only {dialect.fixed[name]:g}"
        elif name in dialect.renamed:
            taken = f"as {dialect.renamed[name]}"
        elif name in LIMITS and dialect.most_tokens is not None:
            taken = f"up to {dialect.most_tokens:,}"
        rows.append({"field": name, "sent": ", ".join(given), "taken": taken})
    return rows


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return str(value.get("type") or "an object")
    if isinstance(value, list):
        return counted(len(value), "text")
    return f"{value:g}" if isinstance(value, float) else str(value)


def warnings_of(options: Teacher, asked: Asked, models: Mapping[str, int | None]) -> list[str]:
    """What works now and may not work later."""
    warnings = []
    model = options.model or ""
    if models and model not in models and len(models) < _THOUSAND:
        names = ", ".join(sorted(models)[:5])
        warnings.append(f"The server does not list the model {model!r}; it lists {names}.")
    context = models.get(model, next(iter(models.values())) if len(models) == 1 else None)
    for one in asked.steps:
        used = one.reply.usage.prompt_tokens if one.reply and one.reply.usage else 0
        room = asked.dialect.room if asked.dialect else 0
        needed = used + one.prompt.decoding.max_tokens + room
        if context and needed > context:
            warnings.append(
                f"A call of the step {one.prompt.step} may need {counted(needed, 'token')}, "
                f"and the context of the model is {context:,}."
            )
    return warnings


def thought(reply: Reply) -> bool:
    """Whether the teacher thought before this reply."""
    return bool(reply.thoughts) or bool(reply.usage and reply.usage.reasoning_tokens)


def settings_of(
    options: Teacher, dialect: Dialect | None, bodies: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What belongs into ``selfinstruct.toml``, so that nobody has to find it out again."""
    found: dict[str, Any] = {"teacher": options.name or ""}
    if found["teacher"] == "mock":
        return found
    found |= {"model": options.model} if options.model else {}
    found |= {"base-url": options.base_url} if options.base_url else {}
    switches: dict[str, Any] = {}
    if dialect is not None:
        sampling = {"temperature", "top_p"} & {name for body in bodies for name in body}
        if sampling and sampling <= {*dialect.unapplied}:
            switches["sampling"] = False
        if renamed := next(iter(dialect.renamed.values()), None):
            switches["token_limit_field"] = renamed
        if "stop" in dialect.left_out:
            switches["stop"] = False
        if "response_format" in dialect.left_out:
            switches["json_schema"] = "none"
    return found | ({"switches": switches} if switches else {})
