"""Tasks put into words for training: prompt and completion, and FLAN's inputs and targets.

Templates are drawn at random but reproducibly: by the seed and the task, never by the order of
rows. FLAN (Wei et al., arXiv 2109.01652) has ten templates for each kind of task, some of them
inverted, and shows the labels of classification tasks as options.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from selfinstruct.errors import PromptError, UsageError
from selfinstruct.formats.spacing import spaced
from selfinstruct.languages.files import read_toml
from selfinstruct.tasks import Task

FILE = "training.toml"
_SLOT = re.compile(r"\{(\w+)\}")
_SLOTS = frozenset({"instruction", "input", "output", "options"})


class Pair(BaseModel):
    """A template of FLAN: what is given and what is wanted.

    Attributes:
        inputs: What is given.
        targets: What is wanted.
        inverted: Whether the answer is given and something else wanted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    inputs: str
    targets: str
    inverted: bool = False


class Completion(BaseModel):
    """Prompts that an output completes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    with_input: tuple[str, ...] = Field(min_length=1)
    without_input: tuple[str, ...] = Field(min_length=1)


class Flan(BaseModel):
    """Templates by kind of task, and how options are written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    open: tuple[Pair, ...] = Field(min_length=1)
    with_input: tuple[Pair, ...] = Field(min_length=1)
    classification: tuple[Pair, ...] = Field(min_length=1)
    options: str
    option: str


class Wording(BaseModel):
    """The content of ``training.toml``; a file of one's own may leave out what is not used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    completion: Completion | None = None
    flan: Flan | None = None


def load(path: Path) -> Wording:
    """The templates in ``path``.

    Raises:
        PromptError: The file is missing or not valid; the key is named.
    """
    wording = read_toml(path, Wording)
    for text in _texts(wording):
        if unknown := sorted(set(_SLOT.findall(text)) - _SLOTS):
            known = ", ".join(sorted(_SLOTS))
            raise PromptError(f"{path}: there is no {{{unknown[0]}}} (only {known}).")
    for text in wording.completion.with_input if wording.completion else ():
        if "{input}" not in text or "{instruction}" not in text:
            raise PromptError(
                f"{path}: completion.with_input: needs {{instruction}} and {{input}}."
            )
    return wording


def _texts(wording: Wording) -> Sequence[str]:
    texts: list[str] = []
    if wording.completion:
        texts += [*wording.completion.with_input, *wording.completion.without_input]
    if wording.flan:
        for pairs in (wording.flan.open, wording.flan.with_input, wording.flan.classification):
            texts += [text for pair in pairs for text in (pair.inputs, pair.targets)]
    return texts


@dataclass(frozen=True, slots=True)
class CompletionWriter:
    """Rows of prompt and completion.

    Attributes:
        templates: What is drawn from.
        seed: Where the random numbers start.
    """

    templates: Completion
    seed: int

    def row(self, task: Task, number: int) -> dict[str, Any]:
        """The row of one instance."""
        case = task.instances[number]
        kinds = self.templates
        template = _drawn(
            kinds.with_input if case.input.strip() else kinds.without_input,
            self.seed,
            task,
            number,
        )
        prompt = _filled(template, instruction=task.instruction, input=case.input)
        return {"prompt": prompt, "completion": spaced(prompt, case.output)}


@dataclass(frozen=True, slots=True)
class FlanWriter:
    """Rows of inputs and targets.

    Attributes:
        templates: What is drawn from.
        seed: Where the random numbers start.
    """

    templates: Flan
    seed: int

    def row(self, task: Task, number: int) -> dict[str, Any]:
        """The row of one instance; ``template`` says by which template it was made."""
        case, kinds = task.instances[number], self.templates
        labels = list(dict.fromkeys(one.output for one in task.instances))
        given = case.input.strip()  # blanks are no input
        if task.is_classification and given:
            kind, pairs = "classification", kinds.classification
        elif given:
            kind, pairs = "with_input", kinds.with_input
        else:
            kind, pairs = "open", kinds.open
        pair = _drawn(pairs, self.seed, task, number)
        lines = "\n".join(_filled(kinds.option, label=label) for label in sorted(labels))
        texts = {
            "instruction": task.instruction,
            "input": case.input,
            "output": case.output,
            "options": _filled(kinds.options, labels=lines),
        }
        inputs, targets = _filled(pair.inputs, **texts), _filled(pair.targets, **texts)
        if not targets.strip():
            raise UsageError(f"the task {task.id} has an empty output")
        name = f"{kind}_{pairs.index(pair)}" + ("_inverted" if pair.inverted else "")
        return {"inputs": inputs, "targets": targets, "template": name}


def _filled(template: str, **texts: str) -> str:
    """``template`` with its slots filled; braces in the texts stay what they are."""
    return _SLOT.sub(lambda found: texts.get(found.group(1), found.group()), template)


def _drawn(templates: Sequence[Any], seed: int, task: Task, number: int) -> Any:
    digest = hashlib.sha256(f"{seed}:{task.id}:{number}".encode()).digest()
    return templates[int.from_bytes(digest[:8]) % len(templates)]
