"""``check``: the calls that a run will make, once each, and what they show."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from selfinstruct import recipes, teachers
from selfinstruct.api.estimate import from_prompts, source_of
from selfinstruct.api.findings import (
    Asked,
    field_rows,
    settings_of,
    step_rows,
    thinking,
    thought,
    warnings_of,
)
from selfinstruct.api.limits import NO_LIMITS, Limits
from selfinstruct.api.observer import SILENT, Observer
from selfinstruct.api.plan import Plan, plan
from selfinstruct.api.results import Result
from selfinstruct.api.settings import PoolSettings
from selfinstruct.api.teachers import Teacher, make_whole, price_of, with_teacher
from selfinstruct.bootstrap import Asker, Rehearsed, Tally, rehearse
from selfinstruct.errors import TeacherError
from selfinstruct.formats.sources import tasks_of
from selfinstruct.languages import LanguagePack, load
from selfinstruct.pool import ReplyStore
from selfinstruct.recipes import SeedsAre
from selfinstruct.teachers import Api, Prompt, Reply
from selfinstruct.teachers.base import Usage
from selfinstruct.teachers.budget import Caps, Price
from selfinstruct.teachers.pacing import Pace, Rates
from selfinstruct.teachers.slots import Slots
from selfinstruct.teachers.thinking import Thinking

_AS_IT_IS = PoolSettings()
_LONGEST = 30.0  # seconds to wait for a server that is busy or starting, beside a late call
_SAID = (10.0, 30.0, 60.0, 120.0)  # seconds after which it is said what is waited for
_ENDING = (
    "and more, so this teacher cannot be checked now; nothing was kept. Try again, or look whether "
    "the server is up to its work."
)
_SOURCES = 5  # seed tasks that stand for what would be evolved
_THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class CheckResult(Result):
    """What the calls of a run came to, made once each.

    Attributes:
        teacher: The preset.
        model: The model's name.
        address: Where requests went, without a password; None for the mock.
        api: The kind of endpoint.
        recipe: The recipe whose calls were made.
        readable: Whether every step could be read.
        reports_usage: Whether the server says how many tokens it used.
        calls: How many were made.
        seconds: How long they took.
        steps: Each step: its reply, tokens and time.
        fields: Each field of the requests, and whether it was taken.
        learned: What was learned of the teacher, in sentences.
        thinks: How it thinks; None where it does not.
        without_thinking: What not thinking would save; None where that is of no use.
        warnings: What works now and may not later.
        for_1000_tasks: Calls, tokens and dollars for 1,000 tasks.
        settings: What belongs into the settings file.
    """

    teacher: str
    model: str
    address: str | None
    api: str
    recipe: str
    readable: bool
    reports_usage: bool
    calls: int
    seconds: float
    steps: Sequence[Mapping[str, Any]]
    fields: Sequence[Mapping[str, str]]
    learned: Sequence[str]
    thinks: Mapping[str, Any] | None
    without_thinking: Mapping[str, Any] | None
    warnings: Sequence[str]
    for_1000_tasks: Mapping[str, Any]
    settings: Mapping[str, Any]


def check(
    *,
    teacher: Teacher,
    settings: PoolSettings = _AS_IT_IS,
    limits: Limits = NO_LIMITS,
    observer: Observer = SILENT,
) -> CheckResult:
    """Make the calls that a run would make, once each, and report on them.

    Args:
        teacher: Who is asked.
        settings: What decides the data of the run.
        limits: How much the check may use.
        observer: Who hears what is waited for.

    Raises:
        UsageError: Something given is wrong, or something that the teacher needs is missing.
        TeacherError: The teacher refused or cannot be reached.
    """
    settings = with_teacher(settings, teacher)
    if settings.recipe is not None and recipes.find(settings.recipe).seeds is SeedsAre.SOURCES:
        pack = load(settings.language or "en")
        sources = tasks_of(str(settings.seeds or pack.seeds))[:_SOURCES]
        settings = replace(settings, sources=sources)
    with tempfile.TemporaryDirectory() as folder:
        planned = plan(Path(folder) / "pool", settings)
        call = _Call(teacher, Api(planned.manifest.api), planned.pack, limits.caps())
        learned: list[str] = []
        started = time.monotonic()
        asked = asyncio.run(_asked(call, planned, learned, Path(folder), observer))
        seconds = time.monotonic() - started
        models = asyncio.run(_models(teacher, call.api))
        plain = _without_thinking(call, asked)
    first = next((one.reply for one in asked.steps if one.reply), None)
    return CheckResult(
        teacher=teacher.name or "",
        model=teacher.model or "mock",
        address=teacher.address,
        api=call.api.value,
        recipe=planned.manifest.recipe,
        readable=all(one.readable for one in asked.steps),
        reports_usage=(first.usage if first else None) is not None,
        calls=asked.calls,
        seconds=round(seconds, 3),
        steps=step_rows(asked),
        fields=field_rows(asked),
        learned=learned,
        thinks=thinking(asked),
        without_thinking=plain,
        warnings=warnings_of(teacher, asked, models),
        for_1000_tasks=_for_thousand(planned, asked.steps, price_of(teacher)),
        settings=settings_of(teacher, asked.dialect, asked.bodies),
    )


@dataclass(frozen=True, slots=True)
class _Call:
    """How a call is made: by whom, of what kind, within which caps."""

    teacher: Teacher
    api: Api
    pack: LanguagePack
    caps: Caps

    def ready(self, pace: Pace, **more: Any) -> teachers.Teacher:
        return make_whole(self.teacher, self.api, self.pack, pace, self.caps, **more).teacher


async def _asked(
    call: _Call, planned: Plan, learned: list[str], folder: Path, observer: Observer
) -> Asked:
    pace = _pace(call)
    sent: list[Mapping[str, Any]] = []
    teacher = call.ready(pace, tell=learned.append, sent=sent)
    tally = Tally()
    store = ReplyStore(folder / "replies.jsonl", 0, 0)
    asker = Asker(teacher, store, Slots(1), tally, price_of(call.teacher))
    watching = asyncio.create_task(_say_waiting(pace, call.teacher, observer))
    try:
        steps = await rehearse(planned.recipe, source_of(planned), asker.ask, time.monotonic)
    finally:
        watching.cancel()
        store.close()
        await teacher.close()
    dialect = teacher.learner.dialect if isinstance(teacher, Thinking) else None
    return Asked(steps, tally.total.calls, dialect, sent)


def _pace(call: _Call) -> Pace:
    """One call at a time, and not for long; one that its server forgets may be made again."""
    longest = _LONGEST + (call.teacher.timeout or 0.0)
    return Pace(1, Rates(give_up_after=longest), ending=_ENDING)


async def _say_waiting(pace: Pace, asked: Teacher, observer: Observer) -> None:
    """Say now and then what is waited for."""
    limit = f" of {asked.timeout:g} s (--timeout)" if asked.timeout else ""
    said, oldest = 0, 0.0
    while True:
        await asyncio.sleep(1)
        said = said if pace.pulse.oldest >= oldest else 0
        oldest = pace.pulse.oldest
        if said < len(_SAID) and oldest >= _SAID[said]:
            observer.said(f"Waiting for an answer: {oldest:.0f} s{limit}.")
            said += 1


async def _models(asked: Teacher, api: Api) -> dict[str, int | None]:
    """The models that the server lists, with their contexts; {} where it lists none."""
    if asked.name is None or asked.name == "mock":
        return {}
    from selfinstruct.api.clients import make_client

    client = make_client(asked.name, asked, api).teacher
    try:
        return await client.models()
    except TeacherError:
        return {}  # not every server has such a list, and a run does not need it
    finally:
        await client.close()


def _without_thinking(call: _Call, asked: Asked) -> dict[str, Any] | None:
    """What not thinking would save, where the teacher thinks and nobody has said how much."""
    thoughtful = [one for one in asked.steps if one.reply and thought(one.reply)]
    if not thoughtful or call.teacher.effort:
        return None
    shortest = min(thoughtful, key=lambda one: len(one.prompt.text))
    plainly = replace(call, teacher=replace(call.teacher, effort="none", reasoning_tokens=0))
    try:
        teacher = plainly.ready(_pace(call))
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


async def _once(teacher: teachers.Teacher, prompt: Prompt) -> Reply:
    try:
        return await teacher.complete(prompt)
    finally:
        await teacher.close()


def _for_thousand(planned: Plan, steps: Sequence[Rehearsed], price: Price | None) -> dict[str, Any]:
    """Calls, tokens and dollars for 1,000 tasks, going by what each step has just used."""
    likely = from_prompts(planned, _THOUSAND, None).steps
    # A recipe with an end makes its requests whatever is wanted: here, of a few sources.
    share = 1.0 if planned.recipe.end is None else _THOUSAND / planned.recipe.end
    calls, whole = 0, Usage(0, 0)
    for one in steps:
        usage = one.reply.usage if one.reply else None
        step = likely.get(one.prompt.step)
        count = round(step.calls["likely"] * share) if step else 0
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
