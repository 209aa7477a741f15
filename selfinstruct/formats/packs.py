"""Every problem of a language pack: its rules, templates, rubrics, words and seed tasks."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from selfinstruct import prompts, rubrics, seeds
from selfinstruct.errors import PromptError, SelfInstructError
from selfinstruct.filters import InstructionRules
from selfinstruct.formats import wording
from selfinstruct.languages import LanguagePack, load, tokenizer
from selfinstruct.languages.closings import load_closings
from selfinstruct.languages.edits import load_edits
from selfinstruct.languages.verbs import load_verbs
from selfinstruct.mock.grammar import grammar
from selfinstruct.parsing import collapse
from selfinstruct.teachers import Api

Flaw = tuple[str, str, str]  # place, rule, sentence


def pack_problems(folder: Path) -> Iterator[Flaw]:
    """The problems of the pack in ``folder``."""
    try:
        pack = load(str(folder))
    except SelfInstructError as error:
        place = str(folder / "pack.toml")
        yield place, "pack", _bare(error).removeprefix(f"{place}: ")
        return
    yield from _words(pack)
    checks: list[tuple[str, str, Callable[[], object]]] = [
        ("pack.toml", "tokenizer", lambda: tokenizer(pack.tokenizer)),
        ("edits.toml", "edits", lambda: load_edits(folder)),
        ("verbs.toml", "verbs", lambda: load_verbs(folder)),
        ("closings.toml", "closings", lambda: load_closings(folder)),
    ]
    for step in prompts.Step:
        checks += [("templates", "template", partial(_render, pack, api, step)) for api in Api]
    if (folder / wording.FILE).is_file():
        checks.append((wording.FILE, "training", lambda: wording.load(folder / wording.FILE)))
    for name in rubrics.known(pack):
        checks.append((f"rubrics/{name}.toml", "rubric", partial(rubrics.find, name, pack)))
    if (folder / "grammar.json").is_file():
        checks.append(("grammar.json", "grammar", lambda: _spoken(folder)))
    for name, rule, check in checks:
        try:
            check()
        except SelfInstructError as error:
            text = _bare(error)
            place, colon, rest = text.partition(": ")
            if colon and place.startswith(str(folder)):  # the message names the place itself
                yield place, rule, rest
            else:
                yield str(folder / name), rule, text
    yield from _seeds(pack)


def _render(pack: LanguagePack, api: Api, step: prompts.Step) -> None:
    """Render a template with values of the kind that a run has."""
    made = prompts.Prompts(pack, api.value, None, (step,))
    english = prompts.Prompts(load("en"), api.value, None, (step,))
    if english.demonstrations(step) and not made.demonstrations(step):
        raise PromptError(f"{pack.templates / step.value}.jsonl: is missing or empty.")
    shown = {"instruction": "a", "input": "b", "output": "c"}
    listed = [shown["instruction"]] if step in _LISTED else [shown]
    values = {
        "instruction": "a",
        "evolved": "b",
        "input": "c",
        "method": "d",
        "passage": "e",
        "first": 2,
        "last": 3,
        "count": 2,
        "most": 5,
        "structured": False,
    }
    if step in _DRAWN:
        values["demonstrations"] = listed
    if step is prompts.Step.JUDGE:
        values |= _JUDGED
    made.render(step, **values)


_JUDGED = {
    "role": "f",
    "questions": [
        {
            "key": "g",
            "ask": "h",
            "answers": "(i)",
            "levels": [{"value": "j", "text": "k"}],
            "na": True,
        }
    ],
    "parts": [{"kind": "reference", "name": "l", "number": 1, "text": "m"}],
    "mark": "n",
    "reason": True,
    "form": "o",
    "opening": "p",
}
_LISTED = {prompts.Step.INSTRUCTIONS, prompts.Step.CLASSIFICATION_INSTRUCTIONS}
_DRAWN = _LISTED | {prompts.Step.ALPACA, prompts.Step.TARGETED}


def _spoken(folder: Path) -> None:
    """Read the grammar, and fill one of everything."""
    found = grammar(str(folder))
    try:
        for pattern in (found.cues.wanted, found.whole.tasks_wanted, found.whole.examples_wanted):
            re.compile(pattern)
        for texts in (
            found.open,
            found.open_with_input,
            found.input_sentences,
            *found.slots.values(),
        ):
            for text in texts:
                found.fill(text, random.Random(0))
    except re.error as error:
        raise PromptError(f"{folder}: {error.pattern!r} is no pattern: {error}.") from error
    except KeyError as error:
        raise PromptError(f"{folder}: there is no slot {error.args[0]!r}.") from error
    except RecursionError as error:
        raise PromptError(f"{folder}: slots hold each other without end.") from error


def _words(pack: LanguagePack) -> Iterator[Flaw]:
    """Words that parsers could not tell apart."""
    place, labels = str(pack.folder / "pack.toml"), pack.labels
    if both := {word.casefold() for word in labels.yes} & {word.casefold() for word in labels.no}:
        yield place, "labels", f"{min(both)!r} says both yes and no"
    markers = (labels.input, labels.output, labels.label)
    if len(set(markers)) < len(markers):
        yield place, "labels", "input, output and label must be three different words"
    if not labels.yes or not labels.no:
        yield place, "labels", "yes and no must each hold a word"


def _seeds(pack: LanguagePack) -> Iterator[Flaw]:
    """Seed tasks that cannot be used, or that the pack's own rules would refuse."""
    if not pack.seeds.is_file():
        yield str(pack.folder), "seeds", "there is no seeds.jsonl: every run then needs --seeds"
        return
    try:
        tasks = seeds.load_seeds(pack.seeds)
    except SelfInstructError as error:
        yield str(pack.seeds), "seeds", _bare(error)
        return
    rules = InstructionRules(pack)
    for place, task in enumerate(tasks, 1):
        if refusal := rules.refuse(collapse(task.instruction)):
            reason, detail = refusal
            said = ", ".join(f"{key} {value}" for key, value in detail.items())
            text = f"the pack's own rules refuse {task.id!r}: {reason.value}"
            yield f"{pack.seeds}: task {place}", "refused-seed", f"{text} ({said})"


def _bare(error: SelfInstructError) -> str:
    return str(error).rstrip(".")
