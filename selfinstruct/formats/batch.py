"""The batch folder of the released Self-Instruct scripts: three files, one a stage.

Instances stand there as the teacher wrote them; they are read by this project's own parsers, with
the released prompts' markers. Which instructions are classification tasks is said by the second
stage, where the third does not repeat it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from selfinstruct.errors import UsageError
from selfinstruct.formats.base import Row, made, text
from selfinstruct.formats.reading import Record, records
from selfinstruct.languages.pack import Labels
from selfinstruct.parsing import input_first, output_first
from selfinstruct.tasks import Task

NAME = "batch"
INSTRUCTIONS = "machine_generated_instructions.jsonl"
INSTANCES = "machine_generated_instances.jsonl"
_CLASSIFIED = "is_clf_or_not_*.jsonl"

_LABELS = Labels(
    task="Task",
    input="Input",
    output="Output",
    label="Class label",
    example="Example",
    no_input="<noinput>",
    also_no_input=("none", "n/a", "no input", "noinput"),
    yes=("yes",),
    no=("no",),
)


def is_batch(folder: Path) -> bool:
    """Whether ``folder`` is one."""
    return (folder / INSTANCES).is_file() or (folder / INSTRUCTIONS).is_file()


def batch(folder: Path) -> Iterator[tuple[Record, Task | UsageError]]:
    """The tasks of the folder, each with the record it came from.

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
            yield record, UsageError(f"{record.where}: {error}.")


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
    read = output_first if kind else input_first
    cases = read(raw, _LABELS).cases
    if not cases:
        raise UsageError("no instance can be read in 'raw_instances'")
    return made(instruction, cases, is_classification=kind)
