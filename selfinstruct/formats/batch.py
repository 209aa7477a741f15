"""The batch folder of the released Self-Instruct scripts: three files, one a stage.

Instances stand there as the teacher wrote them: "Example 1", then fields of any name ("List: …",
"Sentence: …") and an "Output: …"; or "Class label: …" with the input in the lines behind it. They
are read as the released scripts read them for training: what stands before an output is its input,
without a leading "Input:"; the last instance of a reply that was cut off is dropped. Which
instructions are classification tasks is said by the second stage, where the third does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from selfinstruct.errors import UsageError
from selfinstruct.formats.base import Row, made, text
from selfinstruct.formats.reading import Record, records
from selfinstruct.tasks import Instance, Task

NAME = "batch"
INSTRUCTIONS = "machine_generated_instructions.jsonl"
INSTANCES = "machine_generated_instances.jsonl"
_READ = frozenset({"instruction", "raw_instances", "is_classification", "instance_metadata"})
_CLASSIFIED = "is_clf_or_not_*.jsonl"

_EXAMPLE = re.compile(r"^\s*Example\s?\d*\.?\s*:?\s*$", re.MULTILINE)
_OUTPUT = re.compile(r"^\s*Output\s*\d*\s*:", re.MULTILINE)
_MARKED = re.compile(r"Example\s?\d*\.?|Output\s*\d*\s*:")
_INPUT = re.compile(r"\A\s*Input\s*\d*\s*:")
_LABEL = re.compile(r"^\s*Class label\s*:", re.MULTILINE)


def is_batch(folder: Path) -> bool:
    """Whether ``folder`` is one."""
    return (folder / INSTANCES).is_file() or (folder / INSTRUCTIONS).is_file()


def unread(row: Row) -> tuple[str, ...]:
    """Which fields of a row say nothing to an import."""
    return tuple(name for name in row if name not in _READ and row[name] not in (None, "", [], {}))


def batch(folder: Path) -> Iterator[tuple[Record, Task | UsageError]]:
    """The tasks of the folder, or why there is none, each with the record it came from.

    Raises:
        UsageError: The file of the last stage is missing or cannot be read.
    """
    if not (folder / INSTANCES).is_file():
        raise UsageError(
            f"{folder / INSTANCES}: no such file; the batch has no instances yet, and instructions "
            "alone are no tasks."
        )
    kinds = dict(_kinds(folder))
    for record in records(str(folder / INSTANCES)):
        try:
            yield record, _task(record, kinds)
        except UsageError as error:
            yield record, error


def _kinds(folder: Path) -> Iterator[tuple[str, bool]]:
    for path in sorted(folder.glob(_CLASSIFIED)):
        for record in records(str(path)):
            if isinstance(instruction := record.row.get("instruction"), str):
                yield instruction, _is_yes(record.row)


def _is_yes(row: Row) -> bool:
    said = row.get("is_classification", False)
    return said if isinstance(said, bool) else str(said).strip().casefold().startswith("yes")


def _task(record: Record, kinds: dict[str, bool]) -> Task:
    if record.flaw:
        raise UsageError(record.flaw.removeprefix(f"{record.where}: ").rstrip("."))
    instruction = text(record.row, "instruction")
    kind = _is_yes(record.row) or kinds.get(instruction, False)
    raw = text(record.row, "raw_instances", needed=False)
    cases = list(_labelled(raw) if kind else _answered(raw))
    if _is_cut_off(record.row):
        cases = cases[:-1]
    if not cases:
        raise UsageError("no whole instance can be read in 'raw_instances'")
    return made(instruction, cases, is_classification=kind)


def _answered(raw: str) -> Iterator[Instance]:
    """Inputs with outputs; what has neither examples nor an output is no instance, as there."""
    if not _MARKED.search(raw):
        return
    for piece in _EXAMPLE.split(raw):
        if not piece.strip():
            continue
        given, *outputs = _OUTPUT.split(piece)
        if not outputs:
            given, outputs = "", [piece]
        given = _INPUT.sub("", given).strip()
        yield Instance(input=given, output=outputs[0].strip())


def _labelled(raw: str) -> Iterator[Instance]:
    """Labels, each with the input in the lines behind it."""
    for piece in _LABEL.split(raw)[1:]:
        label, _, given = piece.strip().partition("\n")
        yield Instance(input=_INPUT.sub("", given).strip(), output=label.strip())


def _is_cut_off(row: Row) -> bool:
    """Whether the token limit ended the reply, as the API's answer beside it says."""
    found: object = row.get("instance_metadata")
    for key in ("response", "choices", 0, "finish_reason"):
        if isinstance(key, str) and isinstance(found, dict):
            found = found.get(key)
        elif isinstance(key, int) and isinstance(found, list) and found:
            found = found[key]
        else:
            return False
    return found == "length"
