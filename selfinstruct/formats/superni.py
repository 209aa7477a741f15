"""Super-NaturalInstructions (Wang et al., arXiv 2204.07705): a JSON file for each task.

``Definition`` is the instruction. Of a task with several instances the first ones are its positive
examples, at most two, and the others its instances, as Tk-Instruct shows the former in the prompt
and trains on the latter. Negative examples are refused instances of the same task, with the rule
that refused them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from selfinstruct.errors import UsageError
from selfinstruct.formats.base import Reading, Row, made
from selfinstruct.tasks import Instance, Reason, Task

_MOST_POSITIVE = 2
_CLASSIFICATION, _GENERATION = "Text Categorization", "Text Generation"
_LISTS = (
    "Contributors",
    "Source",
    "URL",
    "Categories",
    "Reasoning",
    "Definition",
    "Input_language",
    "Output_language",
    "Instruction_language",
    "Domains",
)
_EXAMPLES = ("Positive Examples", "Negative Examples")
_READ = frozenset({"Definition", "Categories", "Positive Examples", "Instances"})
KEYS = (*_LISTS, *_EXAMPLES, "Instances", "Instance License")

REFERENCES = "references"
"""In an instance, the right answers of which its output is the first."""

EXPLANATIONS: Mapping[Reason, str] = {
    Reason.EMPTY_OUTPUT: "The output is empty.",
    Reason.INPUT_EQUALS_OUTPUT: "The output only repeats the input.",
    Reason.ENDS_WITH_COLON: "The text breaks off after a colon.",
    Reason.CONTRADICTORY_OUTPUTS: "The same input has another output elsewhere.",
}
"""Refusals of an instance that teach something, and what they say of it."""


class SuperNi:
    """The format.

    Args:
        language: The name of the language of the tasks, in English.
        licence: Under which licence the instances stand; [] where nobody said.
        source: What the tasks come from.
    """

    name = "superni"

    def __init__(
        self, language: str = "English", licence: Sequence[str] = (), source: str = "selfinstruct"
    ) -> None:
        self._language = language
        self._licence = list(licence)
        self._source = source

    def reads(self, row: Row) -> bool:
        """Whether the row is a task file."""
        return "Definition" in row and "Instances" in row

    def unread(self, row: Row, how: Reading) -> list[str]:
        """What of a task file is neither its definition nor its instances."""
        del how
        return [key for key in row if key not in _READ and row[key]]

    def edge(self, row: Row, where: str) -> str:
        """Each file is a task."""
        del row
        return where

    def file(
        self, task: Task, instances: Sequence[Instance], negative: Sequence[Mapping[str, str]]
    ) -> dict[str, Any]:
        """The content of a task's file.

        Args:
            task: The task.
            instances: Those of its instances that are exported.
            negative: Its negative examples: input, output, explanation.
        """
        positive = min(_MOST_POSITIVE, len(instances) - 1)
        category = _CLASSIFICATION if task.is_classification else _GENERATION
        content: dict[str, Any] = {
            "Contributors": [],
            "Source": [self._source],
            "URL": [],
            "Categories": [category],
            "Reasoning": [],
            "Definition": [task.instruction],
            "Input_language": [self._language],
            "Output_language": [self._language],
            "Instruction_language": [self._language],
            "Domains": [],
            "Positive Examples": [
                {"input": case.input, "output": case.output, "explanation": ""}
                for case in instances[:positive]
            ],
            "Negative Examples": list(negative),
            "Instances": [
                {"id": f"{task.id}-{number}", "input": case.input, "output": references_of(case)}
                for number, case in enumerate(instances[positive:], positive)
            ],
            "Instance License": self._licence,
        }
        if task.is_classification:
            content["Labels"] = sorted({case.output for case in instances})
        return content

    def file_name(self, place: int, task: Task) -> str:
        """Such as ``task001_selfinstruct_text_generation.json``."""
        kind = _CLASSIFICATION if task.is_classification else _GENERATION
        return f"task{place:03d}_{_word(self._source)}_{_word(kind)}.json"

    def tasks(self, row: Row, how: Reading) -> list[Task]:
        """The task of a file: its positive examples and its instances, in this order."""
        del how
        definition = row["Definition"]
        texts = [definition] if isinstance(definition, str) else definition
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise UsageError("'Definition' is no list of texts")
        cases = [
            self._case(case)
            for key in ("Positive Examples", "Instances")
            for case in _list(row.get(key))
        ]
        if not cases:
            raise UsageError("there are no instances")
        words = " ".join(map(str, _list(row.get("Categories")))).casefold()
        kind = any(word in words for word in ("classification", "categorization"))
        return [made("\n".join(texts), cases, is_classification=kind)]

    @staticmethod
    def _case(case: object) -> Instance:
        given = case.get("input") if isinstance(case, dict) else None
        output = case.get("output") if isinstance(case, dict) else None
        said = output if isinstance(output, list) else [output]
        references = [one for one in said if isinstance(one, str)]
        if not isinstance(given, str) or len(references) < len(said):
            raise UsageError("an instance has no 'input' or no 'output'")
        if not references:
            raise UsageError("an instance has an 'output' without a text")
        # The first of several is the output, as the collection's own reader takes it.
        more = {REFERENCES: references} if len(references) > 1 else {}
        return Instance(input=given, output=references[0], **more)

    def flaws(self, row: Row) -> list[tuple[str, str]]:
        """Why an import cannot read a file."""
        try:
            task = self.tasks(row, Reading())[0]
        except UsageError as error:
            empty = "instruction is empty" in str(error)
            none = "no instances" in str(error)
            rule = "empty-instruction" if empty else "no-instances" if none else "wrong-type"
            return [(rule, str(error))]
        return [
            ("empty-output", f"instance {place} has an empty output")
            for place, case in enumerate(task.instances, 1)
            if not case.output.strip()
        ]

    def lacks(self, row: Row) -> list[tuple[str, str]]:
        """Rules of the collection that a file breaks; files from before some of them do."""
        found = [("missing-key", f"there is no {key!r}") for key in KEYS if key not in row]
        for key in _LISTS:
            value = row.get(key, [])
            if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
                found.append(("wrong-type", f"{key!r} is no list of texts"))
        for key in _EXAMPLES:
            for place, case in enumerate(_list(row.get(key)), 1):
                if not isinstance(case, dict) or not {"input", "output", "explanation"} <= set(
                    case
                ):
                    found.append(("wrong-type", f"{key} {place}: input, output, explanation"))
        found += _flaws_of_instances(_list(row.get("Instances")))
        return found


def references_of(case: Instance) -> list[str]:
    """The right answers of an instance: its output, and those that a task file had beside it."""
    found = (case.model_extra or {}).get(REFERENCES)
    if not isinstance(found, list) or case.output not in found:
        return [case.output]
    return [one for one in found if isinstance(one, str)]


def _flaws_of_instances(cases: Sequence[Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    seen: set[str] = set()
    for place, case in enumerate(cases, 1):
        output = case.get("output") if isinstance(case, dict) else None
        if not isinstance(output, list) or not output or not isinstance(case.get("id"), str):
            found.append(("wrong-type", f"instance {place}: id, input, a list of outputs"))
        elif case["id"] in seen:
            found.append(("duplicate-id", f"instance {place}: the id {case['id']!r} again"))
        else:
            seen.add(case["id"])
    return found


def _list(value: object) -> list[Any]:
    """``value`` as a list: nothing as an empty one, a single value as one of it alone."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _word(name: str) -> str:
    return re.sub(r"\W+", "_", name.casefold())
