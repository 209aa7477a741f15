"""Every problem of one row: the rules of its format that it breaks, and what is doubtful of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from selfinstruct import jsonl
from selfinstruct.errors import UsageError
from selfinstruct.formats.base import Lenient, Reader, Reading, Row, Strict
from selfinstruct.formats.doubts import Doubts
from selfinstruct.formats.flat import Flat
from selfinstruct.formats.reading import Record
from selfinstruct.formats.superni import SuperNi


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong.

    Attributes:
        where: File and line.
        rule: The short name of the rule that is broken.
        text: A sentence about it.
        is_warning: Whether the row is well-formed all the same.
    """

    where: str
    rule: str
    text: str
    is_warning: bool = False


def doubted(record: Record, readers: list[Reader], doubts: Doubts) -> Iterator[Problem]:
    """The flaws of a row; where it has none, what is doubtful about it."""
    flaws = list(row_flaws(record.row, readers))
    yield from (Problem(record.where, rule, text) for rule, text in flaws)
    reader = next((one for one in readers if one.reads(record.row)), None)
    if not flaws and reader is not None and not isinstance(reader, SuperNi):
        for rule, text in doubts.of_row(record.row, reader, record.where):
            yield Problem(record.where, rule, text, is_warning=True)


def lacking_of(
    record: Record, readers: list[Reader], told: set[tuple[str, str]]
) -> Iterator[Problem]:
    """What a row that can be read lacks of its format; of a file each such thing is said once."""
    reader = next((one for one in readers if one.reads(record.row)), None)
    if not isinstance(reader, Lenient):
        return
    for rule, text in reader.lacks(record.row):
        if (rule, text) not in told:
            told.add((rule, text))
            yield Problem(record.where, rule, text, is_warning=True)


def row_flaws(row: Row, readers: list[Reader]) -> Iterator[tuple[str, str]]:
    """The rules that one row breaks, each with a sentence."""
    reader = next((one for one in readers if one.reads(row)), None)
    if reader is None:
        keys = ", ".join(map(repr, row)) or "none"
        yield "other-format", f"is no row of the format {readers[0].name}; its fields are {keys}"
        return
    try:
        jsonl.dumps(row).encode()
    except UnicodeEncodeError:
        yield "surrogate", "a text holds half a surrogate pair, which UTF-8 cannot carry"
        return
    if isinstance(reader, Strict):
        yield from reader.flaws(row)
        return
    try:
        tasks = reader.tasks(row, Reading())
    except UsageError as error:
        rule = "empty-instruction" if "is empty" in str(error) else "wrong-type"
        yield rule, str(error)
        return
    unanswered = isinstance(reader, Flat) and reader.unanswered
    for task in tasks:
        for case in task.instances:
            if not case.output.strip() and not unanswered:
                yield "empty-output", "the output is empty"
