"""What ``check`` does: the calls that a run will make, once each, and what they show."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from selfinstruct import console
from selfinstruct.bootstrap import Asker, Rehearsed, Tally, rehearse
from selfinstruct.cli import estimating, teaching, wiring
from selfinstruct.cli.findings import (
    Asked,
    field_rows,
    settings,
    step_rows,
    thinking,
    thought,
    warnings_of,
)
from selfinstruct.cli.given import Run
from selfinstruct.errors import TeacherError
from selfinstruct.formats.sources import tasks_of
from selfinstruct.languages import load
from selfinstruct.pool import ReplyStore
from selfinstruct.recipes import evolve
from selfinstruct.teachers import Api, Prompt, Reply, Teacher
from selfinstruct.teachers.base import Usage
from selfinstruct.teachers.budget import Price
from selfinstruct.teachers.pacing import Pace, Rates
from selfinstruct.teachers.slots import Slots
from selfinstruct.teachers.thinking import Thinking

_LONGEST = 30.0  # seconds to wait for a server that is busy or starting, beside a late call
_SAID = (10.0, 30.0, 60.0, 120.0)  # seconds after which it is said what is waited for
_ENDING = (
    "and more, so this teacher cannot be checked now; nothing was kept. Try again, or look whether "
    "the server is up to its work."
)
_SOURCES = 5  # seed tasks that stand for what would be evolved
_THOUSAND = 1000


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
    teacher = step_rows(asked)
    first = next((one.reply for one in asked.steps if one.reply), None)
    usage = first.usage if first else None
    found = {
        "teacher": run.teacher.teacher or "openai",
        "model": run.teacher.model or "mock",
        "address": teaching.address_of(run.teacher),
        "api": api.value,
        "recipe": plan.manifest.recipe,
        "readable": all(one.readable for one in asked.steps),
        "reports_usage": usage is not None,
        "calls": asked.calls,
        "seconds": round(seconds, 3),
        "steps": teacher,
        "fields": field_rows(asked),
        "learned": learned,
        "thinks": thinking(asked),
        "without_thinking": plain,
        "warnings": warnings_of(run.teacher, asked, models),
    }
    found |= {"for_1000_tasks": _for_thousand(plan, asked.steps, run.price)}
    return found | {"settings": settings(run.teacher, asked.dialect, asked.bodies)}


async def _asked(run: Run, plan: wiring.Plan, api: Api, learned: list[str], folder: Path) -> Asked:
    pace = _pace(run)
    sent: list[Mapping[str, Any]] = []
    teacher = teaching.make_teacher(
        run.teacher, api, plan.pack, pace, run.caps, run.price, tell=learned.append, sent=sent
    )
    tally = Tally()
    store = ReplyStore(folder / "replies.jsonl", 0, 0)
    asker = Asker(teacher, store, Slots(1), tally, run.price)
    watching = asyncio.create_task(_say_waiting(pace, run.teacher))
    try:
        steps = await rehearse(plan.recipe, estimating.source_of(plan), asker.ask, time.monotonic)
    finally:
        watching.cancel()
        store.close()
        await teacher.close()
    dialect = teacher.learner.dialect if isinstance(teacher, Thinking) else None
    return Asked(steps, tally.total.calls, dialect, sent)


def _pace(run: Run) -> Pace:
    """One call at a time, and not for long; one that its server forgets may be made again."""
    longest = _LONGEST + (run.teacher.timeout or 0.0)
    return Pace(1, Rates(give_up_after=longest), ending=_ENDING)


async def _say_waiting(pace: Pace, options: teaching.TeacherOptions) -> None:
    """Say now and then what is waited for."""
    limit = f" of {options.timeout:g} s (--timeout)" if options.timeout else ""
    said, oldest = 0, 0.0
    while True:
        await asyncio.sleep(1)
        said = said if pace.pulse.oldest >= oldest else 0
        oldest = pace.pulse.oldest
        if said < len(_SAID) and oldest >= _SAID[said]:
            console.say(f"Waiting for an answer: {oldest:.0f} s{limit}.")
            said += 1


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


def _without_thinking(run: Run, plan: wiring.Plan, api: Api, asked: Asked) -> dict[str, Any] | None:
    """What not thinking would save, where the teacher thinks and nobody has said how much."""
    thoughtful = [one for one in asked.steps if one.reply and thought(one.reply)]
    if not thoughtful or run.teacher.effort:
        return None
    shortest = min(thoughtful, key=lambda one: len(one.prompt.text))
    options = replace(run.teacher, effort="none", reasoning_tokens=0)
    try:
        teacher = teaching.make_teacher(options, api, plan.pack, _pace(run), run.caps, run.price)
        reply = asyncio.run(_once(teacher, shortest.prompt))
    except TeacherError as error:
        return {"taken": False, "why": str(error)}
    before, after = shortest.reply, reply
    used = [one.usage.completion_tokens if one and one.usage else None for one in (before, after)]
    return {
        "taken": not thought(reply) and not reply.starved,
        "step": shortest.prompt.step,
        "completion_tokens": used[0],
        "completion_tokens_without": used[1],
    }


async def _once(teacher: Teacher, prompt: Prompt) -> Reply:
    try:
        return await teacher.complete(prompt)
    finally:
        await teacher.close()


def _for_thousand(
    plan: wiring.Plan, steps: Sequence[Rehearsed], price: Price | None
) -> dict[str, Any]:
    """Calls, tokens and dollars for 1,000 tasks, going by what each step has just used."""
    likely = estimating.from_prompts(plan, _THOUSAND, None)["steps"]
    # A recipe with an end makes its requests whatever is wanted: here, of a few sources.
    share = 1.0 if plan.recipe.end is None else _THOUSAND / plan.recipe.end
    calls, whole = 0, Usage(0, 0)
    for one in steps:
        usage = one.reply.usage if one.reply else None
        count = likely.get(one.prompt.step, {"calls": {"likely": 0}})["calls"]["likely"]
        count = round(count * share)
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
