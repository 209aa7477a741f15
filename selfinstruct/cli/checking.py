"""What ``check`` does: the calls that a run will make, once each, and what they show."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from selfinstruct.bootstrap import Asker, Rehearsed, Tally, rehearse
from selfinstruct.cli import estimating, teaching, wiring
from selfinstruct.cli.given import Run
from selfinstruct.errors import TeacherError
from selfinstruct.formats.sources import tasks_of
from selfinstruct.languages import load
from selfinstruct.parsing import excerpt
from selfinstruct.pool import ReplyStore
from selfinstruct.recipes import evolve
from selfinstruct.teachers import Api, Prompt, Reply, Teacher
from selfinstruct.teachers.base import Usage
from selfinstruct.teachers.budget import Price
from selfinstruct.teachers.dialect import LIMITS, Dialect
from selfinstruct.teachers.pacing import Pace, Rates
from selfinstruct.teachers.replies import tokens_of_thoughts
from selfinstruct.teachers.slots import Slots
from selfinstruct.teachers.thinking import Thinking

_LONGEST = 30.0  # seconds to wait for a server that is busy or starting
_SOURCES = 5  # seed tasks that stand for what would be evolved
_THOUSAND = 1000
_QUOTED = 80


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the calls of a rehearsal came to."""

    steps: Sequence[Rehearsed]
    calls: int
    dialect: Dialect | None
    bodies: Sequence[Mapping[str, Any]]


def check(run: Run) -> dict[str, Any]:
    """Make the calls that a run would make, once each, and report on them.

    Raises:
        UsageError: Something given is wrong, or something that the teacher needs is missing.
        TeacherError: The teacher refused or cannot be reached.
    """
    data = run.data
    if data.recipe == evolve.NAME:
        pack = load(data.language or "en")
        data = replace(data, sources=tasks_of(str(data.seeds or pack.seeds))[:_SOURCES])
    with tempfile.TemporaryDirectory() as folder:
        nowhere = Path(folder) / "pool"
        plan = wiring.plan(nowhere, data, run.decoding, run.teacher.where, accept_change=False)
        api = Api(plan.manifest.api)
        learned: list[str] = []
        started = time.monotonic()
        asked = asyncio.run(_asked(run, plan, api, learned, Path(folder)))
        seconds = time.monotonic() - started
        models = asyncio.run(_models(run.teacher, api))
        plain = _without_thinking(run, plan, api, asked)
    teacher = _steps_of(asked)
    first = next((one.reply for one in asked.steps if one.reply), None)
    usage = first.usage if first else None
    found = {
        "teacher": run.teacher.teacher or "openai",
        "model": run.teacher.model or "mock",
        "api": api.value,
        "recipe": plan.manifest.recipe,
        "readable": all(one.readable for one in asked.steps),
        "reports_usage": usage is not None,
        "calls": asked.calls,
        "seconds": round(seconds, 3),
        "steps": teacher,
        "fields": _fields(asked),
        "learned": learned,
        "thinks": _thinks(asked),
        "without_thinking": plain,
        "warnings": _warnings(run, asked, models),
    }
    found |= {"for_1000_tasks": _for_thousand(plan, asked.steps, run.price)}
    return found | {"settings": settings(run, asked.dialect, asked.bodies)}


async def _asked(run: Run, plan: wiring.Plan, api: Api, learned: list[str], folder: Path) -> _Asked:
    pace = Pace(1, Rates(give_up_after=_LONGEST))
    sent: list[Mapping[str, Any]] = []
    teacher = teaching.make_teacher(
        run.teacher, api, plan.pack, pace, run.caps, run.price, tell=learned.append, sent=sent
    )
    tally = Tally()
    store = ReplyStore(folder / "replies.jsonl", 0, 0)
    asker = Asker(teacher, store, Slots(1), tally, run.price)
    try:
        steps = await rehearse(plan.recipe, estimating.source_of(plan), asker.ask, time.monotonic)
    finally:
        store.close()
        await teacher.close()
    dialect = teacher.learner.dialect if isinstance(teacher, Thinking) else None
    return _Asked(steps, tally.total.calls, dialect, sent)


async def _models(options: teaching.TeacherOptions, api: Api) -> dict[str, int | None]:
    """The models that the server lists, with their contexts; {} where it lists none."""
    name = options.teacher or "openai"
    if name == "mock":
        return {}
    client, _, _ = teaching.make_client(name, options, api)
    try:
        return await client.models()
    except TeacherError:
        return {}  # not every server has such a list, and a run does not need it
    finally:
        await client.close()


def _without_thinking(
    run: Run, plan: wiring.Plan, api: Api, asked: _Asked
) -> dict[str, Any] | None:
    """What not thinking would save, where the teacher thinks and nobody has said how much."""
    thoughtful = [one for one in asked.steps if one.reply and _thought(one.reply)]
    if not thoughtful or run.teacher.effort:
        return None
    shortest = min(thoughtful, key=lambda one: len(one.prompt.text))
    options = replace(run.teacher, effort="none", reasoning_tokens=0)
    try:
        teacher = teaching.make_teacher(
            options, api, plan.pack, Pace(1, Rates(give_up_after=_LONGEST)), run.caps, run.price
        )
        reply = asyncio.run(_once(teacher, shortest.prompt))
    except TeacherError as error:
        return {"taken": False, "why": str(error)}
    before, after = shortest.reply, reply
    used = [one.usage.completion_tokens if one and one.usage else None for one in (before, after)]
    return {
        "taken": not _thought(reply) and not reply.starved,
        "step": shortest.prompt.step,
        "completion_tokens": used[0],
        "completion_tokens_without": used[1],
    }


async def _once(teacher: Teacher, prompt: Prompt) -> Reply:
    try:
        return await teacher.complete(prompt)
    finally:
        await teacher.close()


def _thought(reply: Reply) -> bool:
    return bool(reply.thoughts) or bool(reply.usage and reply.usage.reasoning_tokens)


def _steps_of(asked: _Asked) -> list[dict[str, Any]]:
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


def _thinks(asked: _Asked) -> dict[str, Any] | None:
    """How the teacher thinks; None where it does not."""
    replies = [one.reply for one in asked.steps if one.reply and _thought(one.reply)]
    if not replies:
        return None
    return {
        "tokens": max(tokens_of_thoughts(reply) for reply in replies),
        "in": next((reply.thought_in for reply in replies if reply.thought_in), ""),
        "room": asked.dialect.room if asked.dialect else 0,
    }


def _fields(asked: _Asked) -> list[dict[str, str]]:
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
        return f"{len(value)} texts"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _warnings(run: Run, asked: _Asked, models: Mapping[str, int | None]) -> list[str]:
    """What works now and may not work later."""
    warnings = []
    model = run.teacher.model or ""
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
                f"A call of the step {one.prompt.step} may need {needed:,} tokens, and the context "
                f"of the model is {context:,}."
            )
    return warnings


def _for_thousand(
    plan: wiring.Plan, steps: Sequence[Rehearsed], price: Price | None
) -> dict[str, Any]:
    """Calls, tokens and dollars for 1,000 tasks, going by what each step has just used."""
    likely = estimating.from_prompts(plan, _THOUSAND, None)["steps"]
    calls, whole = 0, Usage(0, 0)
    for one in steps:
        usage = one.reply.usage if one.reply else None
        count = likely.get(one.prompt.step, {"calls": {"likely": 0}})["calls"]["likely"]
        calls += count
        if usage is not None:
            whole = Usage(
                whole.prompt_tokens + count * usage.prompt_tokens,
                whole.completion_tokens + count * usage.completion_tokens,
            )
    return {
        "calls": calls,
        "prompt_tokens": whole.prompt_tokens,
        "completion_tokens": whole.completion_tokens,
        "cost_usd": round(price.cost(whole), 4) if price else None,
    }


def settings(
    run: Run, dialect: Dialect | None, bodies: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What belongs into ``selfinstruct.toml``, so that nobody has to find it out again."""
    options = run.teacher
    found: dict[str, Any] = {"teacher": options.teacher or "openai"}
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
