"""What is asked of a task before the pool's own rules judge it, and how it is taken in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from selfinstruct import jsonl
from selfinstruct.bootstrap import Intake
from selfinstruct.filters import LanguageRule
from selfinstruct.filters.grounding import normalised
from selfinstruct.formats import batch
from selfinstruct.formats.base import Found
from selfinstruct.formats.importing import FLAT
from selfinstruct.languages import LanguagePack
from selfinstruct.parsing import excerpt
from selfinstruct.parsing.instances import no_input
from selfinstruct.tasks import Reason, Task


class Gate:
    """What is asked before the pool's own rules: whether a query is new, and in the language.

    Args:
        pack: The pool's language.
        dedupe: Whether a query that stood earlier is refused.
        drop_other_languages: Whether tasks in other languages are.
        told: What each task's provenance says of this import.
    """

    def __init__(
        self,
        pack: LanguagePack,
        *,
        dedupe: bool,
        drop_other_languages: bool,
        told: Mapping[str, Any] | None = None,
    ) -> None:
        self.told = dict(told or {})
        self._language = LanguageRule(pack) if drop_other_languages else None
        self._queries: set[str] | None = set() if dedupe else None
        self._labels = pack.labels

    def refuse(self, task: Task) -> tuple[Reason, dict[str, Any]] | None:
        """Why the task as a whole is not taken."""
        if self._language and (figures := self._language.refuse(task.instruction)):
            return Reason.OTHER_LANGUAGE, figures
        return None

    def without_marks(self, task: Task, format_: str) -> Task:
        """The task with "N/A" and the like read as no input, in formats that write it so."""
        if format_ not in FLAT and format_ != batch.NAME:
            return task
        cases = [
            case.model_copy(update={"input": ""}) if no_input(case.input, self._labels) else case
            for case in task.instances
        ]
        return task.model_copy(update={"instances": tuple(cases)})

    def without_repeats(self, task: Task) -> Task:
        """The task without instances whose query stood earlier."""
        if self._queries is None:
            return task
        kept = []
        for case in task.instances:
            query = normalised(f"{task.instruction}\n{case.input}", ())
            if query not in self._queries:
                self._queries.add(query)
                kept.append(case)
        return task.model_copy(update={"instances": tuple(kept)})


def take(one: Found, intake: Intake, gate: Gate) -> None:
    """Take in what was found, or refuse it with its reason."""
    source = {"source": one.where, "format": one.format}
    if one.task is None:
        row = {"row": excerpt(jsonl.dumps(one.row))} if one.row else {}
        intake.refuse("", Reason.MALFORMED, {"error": one.flaw} | row | source)
        return
    given = gate.without_marks(one.task, one.format)
    if refusal := gate.refuse(given):
        intake.refuse(given.instruction, refusal[0], refusal[1] | source)
        return
    task = gate.without_repeats(given)
    kept = set(map(id, task.instances))
    for case in given.instances:
        if id(case) not in kept:
            detail = {"input": case.input, "output": case.output} | source
            intake.refuse(given.instruction, Reason.DUPLICATE, detail)
    if task.instances:
        intake.take(task, **source, **gate.told)
