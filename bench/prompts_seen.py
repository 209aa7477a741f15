"""Which step a recorded prompt belongs to, and what it was given: read back out of its text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from selfinstruct.languages import LanguagePack, available, load
from selfinstruct.prompts import Prompts, Step

_MARK = "\x1f"  # stands for the instruction where a template is rendered to be compared
_ITEM = re.compile(r"^(?:\d+\.|-) (.*)$", re.MULTILINE)
_WORKED = (Step.CLASSIFY, Step.INPUT_FIRST, Step.OUTPUT_FIRST, Step.DIFFICULTY, Step.SKILL)
_EVOLVING = (Step.EVOLVE, Step.EVOLVE_INPUT, Step.EVOLVE_BREADTH)


@dataclass(frozen=True, slots=True)
class Seen:
    """A recorded prompt.

    Attributes:
        step: What was asked for.
        pack: The language, not yet of an edition.
        given: The instruction worked on, or "".
        shown: The tasks shown, each with what the prompt says of it.
        method: How an instruction was to be evolved.
    """

    step: Step
    pack: LanguagePack
    given: str = ""
    shown: list[dict[str, str]] = field(default_factory=list)
    method: str = ""


def seen(text: str, api: str) -> Seen:
    """What the prompt ``text`` asks for; a plain answer where it is no template's."""
    bare = _bare(text)
    for pack, prompts in _all_prompts(api):
        for step in Step:
            first = _bare(next(iter(prompts.frame(step)), ""))
            if step is Step.ANSWER or not bare.startswith(first):
                continue
            if step in (*_WORKED, *_EVOLVING):
                for method in _methods(prompts, step):
                    if given := _given(text, prompts, step, method):
                        return Seen(step, pack, given, method=method)
            elif step is not Step.EQUAL:
                return Seen(step, pack, _task_of(text), _shown(text, pack))
            else:
                return Seen(step, pack)
    return Seen(Step.ANSWER, load("en"), text)


def _bare(text: str) -> str:
    return re.sub(r"\d+", "0", " ".join(text.split()))


_PROMPTS: dict[str, list[tuple[LanguagePack, Prompts]]] = {}


def _all_prompts(api: str) -> list[tuple[LanguagePack, Prompts]]:
    if api not in _PROMPTS:
        packs = [load(code) for code in available()]
        _PROMPTS[api] = [
            (pack, Prompts(pack, api, None, tuple(Step), edition))
            for pack in packs
            for edition in (1, 0)
        ]
    return _PROMPTS[api]


def _methods(prompts: Prompts, step: Step) -> list[str]:
    rows = prompts.demonstrations(Step.EVOLVE) if step is Step.EVOLVE else [{"method": ""}]
    return [str(row["method"]) for row in rows]


def _given(text: str, prompts: Prompts, step: Step, method: str) -> str:
    values = {"method": method} if method else {}
    if step in (Step.INPUT_FIRST, Step.OUTPUT_FIRST):
        values["most"] = "5"
    head, _, tail = prompts.render(step, instruction=_MARK, **values).partition(_MARK)
    if not (text.startswith(head) and text.endswith(tail) and len(text) > len(head) + len(tail)):
        return ""
    return text[len(head) : len(text) - len(tail)].strip()


def _task_of(text: str) -> str:
    """The one task of a targeted prompt that names it."""
    found = re.search(r"^The task: (.*)$", text, re.MULTILINE)
    return found.group(1) if found else ""


def _shown(text: str, pack: LanguagePack) -> list[dict[str, str]]:
    rows: list[dict[str, Any]] = [
        json.loads(line) for line in text.splitlines() if line.startswith('{"') and line[-1] == "}"
    ]
    labels = pack.labels
    for item in _ITEM.findall(text):
        key, found, rest = item.partition(": ")
        names = {labels.instruction: "instruction", labels.input: "input", labels.output: "output"}
        if not found or key not in names:
            rows.append({"instruction": item})
        elif rows and names[key] not in rows[-1]:
            rows[-1][names[key]] = rest
        else:
            rows.append({names[key]: rest})
    return rows
