"""Every problem of a language pack: its rules, templates, words and seed tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from selfinstruct import prompts, seeds
from selfinstruct.errors import SelfInstructError
from selfinstruct.filters import InstructionRules
from selfinstruct.formats import wording
from selfinstruct.languages import LanguagePack, load, tokenizer
from selfinstruct.languages.edits import load_edits
from selfinstruct.parsing import collapse
from selfinstruct.teachers import Api
from selfinstruct.teachers.mock.grammar import Grammar, grammar

Flaw = tuple[str, str, str]  # place, rule, sentence


def pack_problems(folder: Path) -> Iterator[Flaw]:
    """The problems of the pack in ``folder``."""
    try:
        pack = load(str(folder))
    except SelfInstructError as error:
        yield str(folder / "pack.toml"), "pack", _bare(error)
        return
    yield from _words(pack)
    checks: list[tuple[str, str, Callable[[], object]]] = [
        ("pack.toml", "tokenizer", lambda: tokenizer(pack.tokenizer)),
        ("edits.toml", "edits", lambda: load_edits(folder)),
    ]
    steps = tuple(prompts.Step)
    checks += [("templates", "template", partial(_prompts, pack, api, steps)) for api in Api]
    if (folder / wording.FILE).is_file():
        checks.append((wording.FILE, "training", lambda: wording.load(folder / wording.FILE)))
    if (folder / "grammar.json").is_file():
        checks.append(("grammar.json", "grammar", lambda: _spoken(folder)))
    for name, rule, check in checks:
        try:
            check()
        except SelfInstructError as error:
            yield str(folder / name), rule, _bare(error)
    yield from _seeds(pack)


def _prompts(pack: LanguagePack, api: Api, steps: tuple[prompts.Step, ...]) -> prompts.Prompts:
    return prompts.Prompts(pack, api.value, None, steps)


def _spoken(folder: Path) -> Grammar:
    return grammar(str(folder))


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
