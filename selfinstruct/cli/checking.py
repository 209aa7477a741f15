"""What ``check`` does: one call as a run would make it, and what it shows."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from selfinstruct.cli import teaching
from selfinstruct.languages import load
from selfinstruct.parsing import excerpt, yes_or_no
from selfinstruct.prompts import Prompts, Step
from selfinstruct.recipes.self_instruct import Decodings
from selfinstruct.teachers import Api, Prompt, Reply, Teacher
from selfinstruct.teachers.pacing import Pace, Rates
from selfinstruct.teachers.presets import PRESETS

_LONGEST = 30.0  # seconds to wait for a server that is busy or starting


def check(options: teaching.TeacherOptions, api: str, language: str) -> dict[str, Any]:
    """Ask the teacher one classification question and report on it.

    Raises:
        SettingsError: Something that the teacher needs is missing.
        TeacherError: The teacher refused or cannot be reached.
    """
    pack = load(language)
    teacher = teaching.make_teacher(options, Api(api), pack, Pace(1, Rates(give_up_after=_LONGEST)))
    prompts = Prompts(pack, api)
    known = prompts.demonstrations(Step.CLASSIFY)[0]
    text = prompts.render(Step.CLASSIFY, instruction=known["instruction"])
    prompt = Prompt(text, Decodings().classify, Step.CLASSIFY, 0)
    started = time.monotonic()
    reply = asyncio.run(_once(teacher, prompt))
    answer = yes_or_no(reply.text, pack.labels.yes, pack.labels.no, pack.labels.either_or)
    usage = reply.usage
    found: dict[str, Any] = {
        "teacher": teacher.name,
        "model": teacher.model,
        "api": teacher.api.value,
        "seconds": round(time.monotonic() - started, 3),
        "reply": excerpt(reply.text.strip(), 80),
        "readable": answer is not None,
        "finish": reply.finish,
        "reports_usage": usage is not None,
        "prompt_tokens": usage.prompt_tokens if usage else None,
        "completion_tokens": usage.completion_tokens if usage else None,
    }
    if teacher.name in PRESETS:
        switches = teaching.switches(options, PRESETS[teacher.name])
        found |= {
            f"expects_{name}": value for name, value in switches.model_dump(mode="json").items()
        }
    return found


async def _once(teacher: Teacher, prompt: Prompt) -> Reply:
    try:
        return await teacher.complete(prompt)
    finally:
        await teacher.close()
