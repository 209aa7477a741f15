"""Prompt templates: versioned files of a language pack, any of which a user may replace.

A template is named ``<step>.<api>.jinja``; the fixed demonstrations of a step stand beside it in
``<step>.jsonl``. Rendering is pure: the same values always give the same text.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from selfinstruct import jsonl
from selfinstruct.errors import PromptError
from selfinstruct.languages import LanguagePack
from selfinstruct.languages.pack import PACKS
from selfinstruct.templates.bounded import Bounded
from selfinstruct.templates.engine import Engine, Renderer


class Step(StrEnum):
    """What a request asks for. The values name template files and rows of the ledger."""

    INSTRUCTIONS = "instructions"
    CLASSIFICATION_INSTRUCTIONS = "classification_instructions"
    CLASSIFY = "classify"
    INPUT_FIRST = "input_first"
    OUTPUT_FIRST = "output_first"
    ALPACA = "alpaca"
    TARGETED = "targeted"
    ANSWER = "answer"
    EVOLVE = "evolve"
    EVOLVE_INPUT = "evolve_input"
    EVOLVE_BREADTH = "evolve_breadth"
    EQUAL = "equal"
    DIFFICULTY = "difficulty"
    SKILL = "skill"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class OwnStep:
    """A step that no language knows: its templates stand with the recipe that asks it.

    A language's folder, or one of replacements, may hold ``<name>.<api>.jinja`` all the same.

    Attributes:
        name: As in the ledger; no shipped step has it.
        needed: The variables that each of its templates uses.
        known: Those that it may use besides ``labels`` and ``demonstrations``.
        texts: The templates, by kind of endpoint: ``chat``, ``completions``.
        demonstrations: What its template is given where the recipe draws none.
    """

    name: str
    needed: frozenset[str]
    known: frozenset[str]
    texts: Mapping[str, str]
    demonstrations: tuple[Mapping[str, Any], ...] = ()


_MAKE_INSTRUCTIONS = frozenset({"demonstrations", "first"})
_NEEDED: dict[Step, frozenset[str]] = {
    Step.INSTRUCTIONS: _MAKE_INSTRUCTIONS,
    Step.CLASSIFICATION_INSTRUCTIONS: _MAKE_INSTRUCTIONS,
    Step.CLASSIFY: frozenset({"instruction"}),
    Step.INPUT_FIRST: frozenset({"instruction"}),
    Step.OUTPUT_FIRST: frozenset({"instruction"}),
    Step.ALPACA: _MAKE_INSTRUCTIONS,
    Step.TARGETED: frozenset({"demonstrations"}),
    Step.ANSWER: frozenset({"instruction", "input"}),
    Step.EVOLVE: frozenset({"instruction", "method"}),
    Step.EVOLVE_INPUT: frozenset({"instruction", "demonstrations"}),
    Step.EVOLVE_BREADTH: frozenset({"instruction"}),
    Step.EQUAL: frozenset({"instruction", "evolved"}),
    Step.DIFFICULTY: frozenset({"instruction"}),
    Step.SKILL: frozenset({"instruction"}),
    Step.JUDGE: frozenset({"questions", "parts", "mark"}),
}
_KNOWN: dict[Step, frozenset[str]] = {
    Step.INSTRUCTIONS: _MAKE_INSTRUCTIONS | {"last", "count", "labels"},
    Step.CLASSIFICATION_INSTRUCTIONS: _MAKE_INSTRUCTIONS | {"last", "count", "labels"},
    Step.CLASSIFY: frozenset({"demonstrations", "instruction", "labels"}),
    Step.INPUT_FIRST: frozenset({"demonstrations", "instruction", "labels", "most"}),
    Step.OUTPUT_FIRST: frozenset({"demonstrations", "instruction", "labels", "most"}),
    Step.ALPACA: _MAKE_INSTRUCTIONS | {"last", "count", "labels", "structured"},
    Step.TARGETED: frozenset(
        {"demonstrations", "instruction", "passage", "count", "labels", "structured"}
    ),
    Step.ANSWER: frozenset({"instruction", "input", "labels", "demonstrations"}),
    Step.EVOLVE: frozenset({"instruction", "method", "labels", "demonstrations"}),
    Step.EVOLVE_INPUT: frozenset({"instruction", "labels", "demonstrations"}),
    Step.EVOLVE_BREADTH: frozenset({"instruction", "labels", "demonstrations"}),
    Step.EQUAL: frozenset({"instruction", "evolved", "labels", "demonstrations"}),
    Step.DIFFICULTY: frozenset({"instruction", "labels", "demonstrations"}),
    Step.SKILL: frozenset({"instruction", "labels", "demonstrations"}),
    Step.JUDGE: frozenset(
        {"role", "questions", "parts", "mark", "reason", "form", "opening", "labels"}
    ),
}


SELF_INSTRUCT_STEPS = (
    Step.INSTRUCTIONS,
    Step.CLASSIFICATION_INSTRUCTIONS,
    Step.CLASSIFY,
    Step.INPUT_FIRST,
    Step.OUTPUT_FIRST,
)


def names(more: Sequence[str] = ()) -> list[str]:
    """The names that a folder of replacements may hold, those of ``more`` steps too."""
    steps = [*Step, *more]
    templates = [f"{step}.{api}.jinja" for step in steps for api in ("chat", "completions")]
    return templates + [f"{step}.jsonl" for step in steps]


class Prompts:
    """The templates of one language for one kind of endpoint, in ``pack``.

    Args:
        pack: The language pack whose templates are used.
        api: ``chat`` or ``completions``, the second part of a template's file name.
        replacements: A folder whose files replace those of the pack, by name.
        steps: Which templates are needed; only these are read, and make up the fingerprint.
        edition: As which edition wrote them; 0 for the newest. What a later edition changed stands
            as it was in a folder named by the number of the last edition that had it so.

    Raises:
        PromptError: A template cannot be read, uses a variable that does not exist, or never
            uses one that its step needs; the message names file and variable.
    """

    def __init__(
        self,
        pack: LanguagePack,
        api: str,
        replacements: Path | None = None,
        steps: Sequence[Step | OwnStep] = SELF_INSTRUCT_STEPS,
        edition: int = 0,
    ) -> None:
        if replacements is not None and not replacements.is_dir():
            raise PromptError(f"{replacements}: no such folder of prompt templates.")
        known = names([step.name for step in steps if isinstance(step, OwnStep)])
        if replacements is not None and not any((replacements / name).is_file() for name in known):
            raise PromptError(
                f"{replacements}: replaces no prompt template; files there are called "
                f"{Step.INSTRUCTIONS}.{api}.jinja, {Step.CLASSIFY}.jsonl and so on."
            )
        if replacements is not None:
            _refuse_misnamed(replacements, known)
        own = [replacements] if replacements else []
        self._folders = [*own, *_earlier(pack.templates, edition), pack.templates]
        self.pack = pack
        self._labels = pack.labels.model_dump()
        self._shipped, self._strange = Engine(), Bounded()
        self._frames: dict[str, tuple[str, ...]] = {}
        self._demonstrations = {_name(step): self._examples(step) for step in steps}
        digest = hashlib.sha256()
        self._renderers = {_name(step): self._load(step, api, digest) for step in steps}
        for rows in filter(None, self._demonstrations.values()):
            digest.update(jsonl.lines(rows).encode())
        self.fingerprint = digest.hexdigest()[:16]

    def render(self, step: str, **values: object) -> str:
        """The text of a prompt.

        Raises:
            PromptError: The template fails on these values; the message names it.
        """
        return self._renderers[step].render(step, values)

    def demonstrations(self, step: str) -> list[dict[str, Any]]:
        """The fixed demonstrations of ``step``; empty for steps that draw theirs."""
        return self._demonstrations[step]

    def frame(self, step: str) -> tuple[str, ...]:
        """What the prompts of ``step`` say of their own: the template without what it is given.

        Returns:
            Its text in pieces, one for each stretch between two values; the language's markers are
            part of it, and 0 stands for every number.
        """
        return self._frames[step]

    def _find(self, name: str) -> Path | None:
        paths = (folder / name for folder in self._folders)
        return next((path for path in paths if path.is_file()), None)

    def _load(self, step: Step | OwnStep, api: str, digest: hashlib._Hash) -> Renderer:
        name = f"{_name(step)}.{api}.jinja"
        needed, allowed = _variables(step)
        path = self._find(name)
        if path is not None:
            where = str(path)
            try:
                source = path.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                raise PromptError(f"{path}: not UTF-8 text.") from error
            trusted = path.resolve().is_relative_to(PACKS.resolve())
        elif isinstance(step, OwnStep) and api in step.texts:
            where, source, trusted = name, step.texts[api], True  # it is part of a recipe's code
        else:
            raise PromptError(f"The prompt template {name} is missing from {self._folders[-1]}.")
        renderer: Renderer = self._shipped if trusted else self._strange
        values = {"labels": self._labels, "demonstrations": self._demonstrations[_name(step)]}
        read = renderer.read(_name(step), where, source, values)
        if unknown := sorted(read.used - allowed):
            known = ", ".join(sorted(allowed))
            raise PromptError(f"{where}: there is no variable {unknown[0]!r} here (only {known}).")
        if missing := sorted(needed - read.used):
            raise PromptError(f"{where}: the variable {missing[0]!r} is missing.")
        digest.update(source.encode())
        self._frames[_name(step)] = read.frame
        return renderer

    def _examples(self, step: Step | OwnStep) -> list[dict[str, Any]]:
        path = self._find(f"{_name(step)}.jsonl")
        if path is not None:
            return [row for _, row in jsonl.read(path)]
        return [dict(row) for row in step.demonstrations] if isinstance(step, OwnStep) else []


def _name(step: Step | OwnStep) -> str:
    return step.name if isinstance(step, OwnStep) else step.value


def _variables(step: Step | OwnStep) -> tuple[frozenset[str], frozenset[str]]:
    """Those that a template of ``step`` must use, and those that it may."""
    if isinstance(step, OwnStep):
        return step.needed, step.needed | step.known | {"labels", "demonstrations"}
    return _NEEDED[step], _KNOWN[step]


def _refuse_misnamed(folder: Path, known: Sequence[str]) -> None:
    """Refuse a file that was meant to replace one of ``known``, and is called otherwise."""
    for path in sorted(folder.iterdir()):
        if path.name in known or path.suffix not in {".jinja", ".jsonl"} or path.is_dir():
            continue
        near = difflib.get_close_matches(path.name, known, n=1)
        if near or path.suffix == ".jinja":
            meant = f" Did you mean {near[0]!r}?" if near else ""
            raise PromptError(f"{path}: no template is called so, so it would not be used.{meant}")


def _earlier(templates: Path, edition: int) -> list[Path]:
    """The folders of templates as ``edition`` had them, the earliest first."""
    if not edition:
        return []
    numbered = [path for path in templates.glob("[0-9]*") if path.name.isdigit() and path.is_dir()]
    return sorted(
        (path for path in numbered if int(path.name) >= edition), key=lambda path: int(path.name)
    )
