"""What a format is: one file each, rows out and rows in.

A row that cannot be read raises :class:`UsageError` with a sentence that lacks the place; whoever
reads the file knows file and line, and puts them in front.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from selfinstruct.errors import UsageError
from selfinstruct.tasks import Instance, Task, task_id

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """How rows are read.

    Attributes:
        all_turns: Whether each turn of a dialogue is a task, or just the first.
        split_input: Whether what follows the first blank line of a prompt is its input.
        columns: Under which names the rows hold ``instruction``, ``input``, ``output`` …
        needs_answer: Whether rows without a field for an answer are refused, unless their format
            has none by its nature.
    """

    all_turns: bool = False
    split_input: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    needs_answer: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One task as it was read, or what is wrong.

    Attributes:
        where: File and line.
        format: The name of the format.
        task: The task; None where the row cannot be used.
        flaw: Why it cannot.
        usual: Whether such rows are usual in the format, so that they are passed over.
        row: The row that cannot be used, as far as it could be read.
        boundary: What keeps its task apart from others that say the same, in formats that tell.
        unread: What of the row nothing is kept of: names of fields, and of parts.
    """

    where: str
    format: str
    task: Task | None
    flaw: str = ""
    usual: bool = False
    row: Mapping[str, Any] = field(default_factory=dict)
    boundary: str = ""
    unread: tuple[str, ...] = ()


class Reader(Protocol):
    """A format that can be imported."""

    @property
    def name(self) -> str:
        """What ``--format`` calls it."""
        ...

    def reads(self, row: Row) -> bool:
        """Whether ``row`` looks like one of this format."""
        ...

    def tasks(self, row: Row, how: Reading) -> list[Task]:
        """The tasks in ``row``.

        Raises:
            UsageError: It holds none that could be used.
        """
        ...


@runtime_checkable
class Edged(Protocol):
    """A reader of a format that says itself where a task ends."""

    def edge(self, row: Row, where: str) -> str:
        """What keeps the task of ``row`` apart from others that say the same.

        Args:
            row: The row.
            where: File and line.
        """
        ...


@runtime_checkable
class Frugal(Protocol):
    """A reader that says what of a row it keeps nothing of."""

    def unread(self, row: Row, how: Reading) -> Sequence[str]:
        """The names of such fields, or of parts."""
        ...


@runtime_checkable
class Strict(Protocol):
    """A reader of a format with rules of its own."""

    def flaws(self, row: Row) -> Iterator[tuple[str, str]]:
        """The rules that ``row`` breaks, each with a sentence."""
        ...


@runtime_checkable
class Lenient(Protocol):
    """A reader that takes rows which others of the same kind would not take."""

    def lacks(self, row: Row) -> Sequence[tuple[str, str]]:
        """What ``row`` lacks of the format, though it can be read: the rules, with sentences."""
        ...


class RowWriter(Protocol):
    """A format of one row for each instance of a task."""

    def row(self, task: Task, number: int) -> dict[str, Any]:
        """The row of instance ``number`` of ``task``.

        Raises:
            UsageError: The format cannot hold it.
        """
        ...


RESERVED = frozenset({"id", "instruction", "is_classification", "instances", "provenance"})
"""Keys of a task that further keys of a row must not replace."""


def made(
    instruction: str,
    cases: Sequence[Instance],
    more: Mapping[str, Any] | None = None,
    *,
    is_classification: bool = False,
) -> Task:
    """A task with the id of its content.

    Args:
        instruction: What is to be done.
        cases: Its instances.
        more: Further keys; None stands for a key that is not there.
        is_classification: Whether it is a classification task.

    Raises:
        UsageError: The instruction is empty, or a text cannot be stored as UTF-8.
    """
    if not instruction.strip():
        raise UsageError("the instruction is empty")
    kept = {
        key: value
        for key, value in (more or {}).items()
        if value is not None and key not in RESERVED
    }
    instances = tuple(cases)
    try:
        identity = task_id(instruction, instances, is_classification=is_classification)
        task = Task.model_validate(
            kept
            | {
                "id": identity,
                "instruction": instruction,
                "is_classification": is_classification,
                "instances": instances,
            }
        )
        task.model_dump_json()
    except UnicodeEncodeError as error:
        raise UsageError(SURROGATE) from error
    except ValueError as error:  # pydantic's, on surrogates and on what is nested too deeply
        deep = "recursion" in str(error).lower() or "circular" in str(error).lower()
        raise UsageError("a value is nested too deeply" if deep else SURROGATE) from error
    return task


SURROGATE = "a text holds half a surrogate pair, which UTF-8 cannot carry"


def text(row: Row, name: str, *, needed: bool = True, of_list: bool = False) -> str:
    """The text in field ``name``; "" where it is missing or null and not needed.

    Args:
        row: The row.
        name: The field.
        needed: Whether it must be there.
        of_list: Whether the field may hold several texts, of which the first is taken.

    Raises:
        UsageError: It is missing, or no text.
    """
    value = row.get(name)
    if of_list and isinstance(value, list) and value:
        value = value[0]
    if value is None:
        if needed:
            raise UsageError(f"there is no {name!r}")
        return ""
    if not isinstance(value, str):
        raise UsageError(f"{name!r} is no text")
    return value


def joined(instruction: str, given: str) -> str:
    """One prompt of an instruction and its input, with a blank line between them."""
    return f"{instruction}\n\n{given}" if given else instruction


def separated(prompt: str) -> tuple[str, str]:
    """Instruction and input of a prompt that :func:`joined` made; exact for one-line instructions.

    What has nothing on either side of its first blank line is all instruction.
    """
    head, _, rest = prompt.partition("\n\n")
    return (head, rest) if head.strip() and rest else (prompt, "")
