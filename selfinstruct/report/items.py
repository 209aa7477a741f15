"""What a report is made of: tasks as lean rows, and what a pool knows besides, as plain values."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from selfinstruct.languages import LanguagePack, Tokenizer
from selfinstruct.languages.rules import LengthUnit
from selfinstruct.lineage import Lineage
from selfinstruct.pool import Spent, StepCount
from selfinstruct.tasks import Task

LONGEST_TEXT = 600
"""Characters of a text that a report quotes."""
_LONGEST_DETAIL = 300  # of a refused one


class Case(NamedTuple):
    """One instance of a task: what it is about, and the answer."""

    input: str
    output: str


@dataclass(frozen=True, slots=True)
class Item:
    """A task as the report needs it; a pool of 52,000 of them takes some 100 MB.

    Attributes:
        id: The task's id.
        instruction: What is to be done.
        text: What novelty is judged on: the instruction, or the input where the recipe says so.
        is_classification: Whether it is a classification task.
        cases: Its instances.
        request: The request that brought it; None where no teacher made it.
        demonstrations: Ids of the tasks that were shown in that request.
        round: Of an evolution, its round.
        operation: Of an evolution, what was done to its source.
        difficulty: From 1 to 10, where a judge said.
        skill: What it needs, where a judge said.
        recipe: The recipe that made it; "" where none did.
        model: The model that wrote it; "" where none did.
    """

    id: str
    instruction: str
    text: str
    is_classification: bool
    cases: tuple[Case, ...]
    request: int | None = None
    demonstrations: tuple[str, ...] = ()
    round: int | None = None
    operation: str | None = None
    difficulty: int | None = None
    skill: str | None = None
    recipe: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row of ``rejects.jsonl``, as far as it is counted.

    Attributes:
        reason: Why it was refused.
        request: The request that brought it.
        round: Of an evolution, its round.
        operation: Of an evolution, what was done to its source.
    """

    reason: str
    request: int
    round: int | None = None
    operation: str | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A row of ``rejects.jsonl``, as it is shown.

    Attributes:
        text: The instruction, or the reply; cut.
        request: The request that brought it.
        detail: What of the detail a person may read, as texts.
    """

    text: str
    request: int
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grown:
    """What only a pool knows.

    Attributes:
        recipe: Its recipe.
        models: The models that answered.
        evolves: Whether the recipe makes other tasks of its seeds.
        seeds: The tasks that it grew from.
        refused: What was refused.
        examples: Of each reason some of what was.
        yields: Of each commit, tasks, and tasks and rejects together.
        spent: Of each line of the ledger, what was made and used.
        steps: What calls came to, by step.
    """

    recipe: str
    models: Sequence[str]
    evolves: bool
    seeds: Sequence[Item]
    refused: Sequence[Refusal]
    examples: Mapping[str, Sequence[Example]]
    yields: Sequence[tuple[int, int]]
    spent: Sequence[Spent]
    steps: Mapping[str, StepCount]


@dataclass(frozen=True, slots=True)
class Source:
    """A pool, or a data set, as a report sees it.

    Attributes:
        name: What the page calls it: the last part of its path.
        items: Its tasks.
        language: The pack of its language.
        tokenizer: What texts are compared with.
        tokenizer_name: What that is called.
        threshold: The ROUGE-L F1 from which a text is not novel.
        grown: What only a pool knows; None for other sets.
        format: Of other sets, the format of their rows.
        skipped: Of other sets, the rows that could not be read.
        judgements: Of each judging a summary, as its verb prints it for machines.
        reviews: Likewise of each reviewer.
    """

    name: str
    items: Sequence[Item]
    language: LanguagePack
    tokenizer: Tokenizer
    tokenizer_name: str
    threshold: float
    grown: Grown | None = None
    format: str = ""
    skipped: int = 0
    judgements: Sequence[Mapping[str, Any]] = ()
    reviews: Sequence[Mapping[str, Any]] = ()

    @property
    def unit(self) -> str:
        """What lengths are counted in: ``words`` or ``characters``."""
        return self.language.length.unit.value

    def length(self, text: str) -> int:
        """How long ``text`` is, as the language's rule on lengths counts."""
        if self.language.length.unit is LengthUnit.WORDS:
            return len(text.split())
        if text.isascii():
            return len("".join(text.split()))
        return len("".join(unicodedata.normalize("NFC", text).split()))


def item_of(
    task: Task,
    shared: dict[tuple[str, ...], tuple[str, ...]] | None = None,
    *,
    by_input: bool = False,
) -> Item:
    """What a report needs of ``task``.

    Args:
        task: It.
        shared: Tuples of ids met so far: tasks of one request share theirs.
        by_input: Whether novelty is judged on inputs, whatever the task itself says.
    """
    came, more = task.provenance, task.model_extra or {}
    lineage = Lineage((came.model_extra or {}) if came else {})
    shown = came.demonstrations if came else ()
    cases = tuple(Case(case.input, case.output) for case in task.instances)
    on_input = (by_input or lineage.judges_input) and cases
    return Item(
        id=task.id,
        instruction=task.instruction,
        text=cases[0].input if on_input else task.instruction,
        is_classification=task.is_classification,
        cases=cases,
        request=came.request if came else None,
        demonstrations=shown if shared is None else shared.setdefault(shown, shown),
        round=lineage.round,
        operation=lineage.operation,
        difficulty=_whole(more.get("difficulty")),
        skill=_text(more.get("skill")),
        recipe=came.recipe if came else "",
        model=came.model if came else "",
    )


def refusal_of(row: Mapping[str, Any]) -> Refusal:
    """What of a row of ``rejects.jsonl`` is counted."""
    lineage = Lineage(_detail(row))
    return Refusal(
        reason=str(row.get("reason", "")),
        request=_whole(row.get("request")) or 0,
        round=lineage.round,
        operation=lineage.operation,
    )


def example_of(row: Mapping[str, Any]) -> Example:
    """What of a row of ``rejects.jsonl`` is shown."""
    return Example(
        text=cut(str(row.get("text", "")), _LONGEST_DETAIL),
        request=_whole(row.get("request")) or 0,
        detail={
            str(key): cut(value if isinstance(value, str) else f"{value:g}", _LONGEST_DETAIL)
            for key, value in sorted(_detail(row).items())
            if key not in {"round", "operation"}
            and isinstance(value, str | int | float)
            and not isinstance(value, bool)
        },
    )


def _detail(row: Mapping[str, Any]) -> Mapping[str, Any]:
    found = row.get("detail")
    return found if isinstance(found, dict) else {}


def cut(text: str, most: int = LONGEST_TEXT) -> str:
    """``text``, or its beginning and how much more there is."""
    if len(text) <= most:
        return text
    return f"{text[:most]}… ({len(text) - most:,} more characters)"


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
