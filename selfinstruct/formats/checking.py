"""Every problem of a seed file, a pool, an export or a language pack, with place and rule."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selfinstruct import jsonl
from selfinstruct.errors import PoolBusyError, SelfInstructError, UsageError
from selfinstruct.formats import batch
from selfinstruct.formats.base import Lenient, Reader, Reading, Row, Strict
from selfinstruct.formats.dialogue import CHAT, FEWEST_ROWS
from selfinstruct.formats.doubts import Doubts
from selfinstruct.formats.flat import Flat
from selfinstruct.formats.importing import files_of, guess, readers_of, refuse_unknown
from selfinstruct.formats.metering import Meter
from selfinstruct.formats.own import Tasks
from selfinstruct.formats.packs import pack_problems
from selfinstruct.formats.reading import Record, records
from selfinstruct.formats.superni import SuperNi
from selfinstruct.journal import FolderLock, whole_lines
from selfinstruct.journal.reply_rows import flaws
from selfinstruct.languages import load
from selfinstruct.pool import REJECTS, REPLIES, TASKS, disagreements, history, look, scan
from selfinstruct.pool.manifest import read_manifest
from selfinstruct.tasks import Reason, Task, task_id

POOL, PACK = "pool", "language pack"


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


@dataclass(slots=True)
class Checked:
    """What was looked at: its kind, and how many rows.

    Attributes:
        kind: What it is.
        rows: How many of it.
        meter: Is told what is read.
        step: Called with each row.
    """

    kind: str = ""
    rows: int = 0
    meter: Meter = field(default_factory=Meter)
    step: Callable[[], None] = lambda: None

    def count(self) -> None:
        """Count one more row."""
        self.rows += 1
        self.step()


def problems(path: str, name: str | None, checked: Checked) -> Iterator[Problem]:
    """The problems of ``path``, in the order of its rows.

    Args:
        path: A file, a pool, or a folder of an export.
        name: The format; guessed where it is None.
        checked: Is told what was looked at.

    Raises:
        UsageError: A file cannot be read at all, or its format is not known.
    """
    if name is not None:
        refuse_unknown(name)
    place = Path(path)
    if path != "-" and (place / "pack.toml").is_file():
        checked.kind = PACK
        yield from (Problem(*flaw) for flaw in pack_problems(place))
        return
    if path != "-" and place.is_dir() and os.path.lexists(place / "manifest.json"):
        checked.kind = POOL
        yield from _pool(place, checked)
        return
    if path != "-" and batch.is_batch(place):
        checked.kind = batch.NAME
        for record, task in batch.batch(place):
            checked.count()
            if isinstance(task, UsageError):
                yield Problem(record.where, "wrong-type", str(task))
        return
    for file in files_of(path):
        yield from _file(records(file, checked.meter), file, name, checked)


def _file(
    rows: Iterable[Record], path: str, name: str | None, checked: Checked
) -> Iterator[Problem]:
    readers = readers_of(name) if name else []
    before = checked.rows
    ids: dict[str, str] = {}
    doubts = Doubts()
    lacking: set[tuple[str, str]] = set()
    for record in rows:
        checked.count()
        if record.flaw:
            text = record.flaw.removeprefix(f"{record.where}: ")
            yield Problem(record.where, "not-json", text.rstrip("."))
            continue
        readers = readers or readers_of(guess(record.row, path))
        checked.kind = checked.kind or readers[0].name
        yield from _of_row(record, readers, doubts)
        yield from _lacking(record, readers, lacking)
        if isinstance(identity := record.row.get("id"), str):
            if identity in ids and isinstance(readers[0], Tasks):
                yield Problem(
                    record.where, "duplicate-id", f"the id {identity!r} stands in {ids[identity]}"
                )
            ids.setdefault(identity, record.where)
    count = checked.rows - before
    if not count:
        yield Problem(path, "empty-file", "there are no rows")
    elif readers and readers[0] is CHAT and count < FEWEST_ROWS:
        text = f"{count} rows; OpenAI takes fine-tuning files from {FEWEST_ROWS} rows on"
        yield Problem(path, "few-rows", text)


def _of_row(record: Record, readers: list[Reader], doubts: Doubts) -> Iterator[Problem]:
    """The flaws of a row; where it has none, what is doubtful about it."""
    flaws = list(row_flaws(record.row, readers))
    yield from (Problem(record.where, rule, text) for rule, text in flaws)
    reader = next((one for one in readers if one.reads(record.row)), None)
    if not flaws and reader is not None and not isinstance(reader, SuperNi):
        for rule, text in doubts.of_row(record.row, reader, record.where):
            yield Problem(record.where, rule, text, is_warning=True)


def _lacking(
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


def _pool(folder: Path, checked: Checked) -> Iterator[Problem]:
    """The files of a pool against each other, and each of its rows."""
    idle = _is_idle(folder)
    try:
        snapshot = look(folder)
        for one in disagreements(folder, snapshot.position, snapshot.edited):
            if one.path.name == REPLIES or not idle:  # else they are read as a whole below
                yield Problem(str(one.path), "cut-off", f"{one.what}. {one.remedy}".rstrip("."))
        if idle:  # the files of a pool that is growing agree only now and then
            found = scan(folder)
            yield from (Problem(str(folder), "cut-off", note) for note in found.notes)
        if not history(folder) and (folder / TASKS).exists():
            yield Problem(str(folder), "no-ledger", "there are tasks but no ledger")
    except UsageError as error:
        yield Problem(str(folder), "damaged", str(error).rstrip("."))
    yield from _replies(folder / REPLIES)
    ids: dict[str, str] = {}
    doubts = Doubts(_language(folder))
    for record in records(str(folder / TASKS), checked.meter) if (folder / TASKS).exists() else ():
        checked.count()
        yield from _pool_row(record, ids, doubts)
    reasons = {reason.value for reason in Reason}
    for record in records(str(folder / REJECTS)) if (folder / REJECTS).exists() else ():
        if not record.flaw and str(reason := record.row.get("reason")) not in reasons:
            text = f"{reason!r} is no known reason"
            yield Problem(record.where, "unknown-reason", text)


def _replies(path: Path) -> Iterator[Problem]:
    if path.exists():
        for number, said in flaws(path, whole_lines(path)):
            yield Problem(f"{path}:{number}", "damaged-reply", f"the stored reply {said}")


def _language(folder: Path) -> str:
    """The language of a pool, where its pack can be read."""
    try:
        manifest = read_manifest(folder)
        return load(manifest.language).source if manifest else ""
    except UsageError:
        return ""


def _pool_row(record: Record, ids: dict[str, str], doubts: Doubts) -> Iterator[Problem]:
    if record.flaw:
        yield Problem(record.where, "not-json", record.flaw.removeprefix(f"{record.where}: "))
        return
    found = list(_of_row(record, [Tasks()], doubts))
    yield from found
    if any(not problem.is_warning for problem in found):
        return
    if "provenance" not in record.row:
        yield Problem(record.where, "no-provenance", "a task of a pool says where it came from")
    row: dict[str, Any] = record.row
    task = Task.model_validate(row)
    kind = task.is_classification
    if task.id != task_id(task.instruction, task.instances, is_classification=kind):
        yield Problem(record.where, "changed", "the id is not the digest of the content")
    if task.id in ids:
        yield Problem(record.where, "duplicate-id", f"the same task stands in {ids[task.id]}")
    ids.setdefault(task.id, record.where)


def _is_idle(folder: Path) -> bool:
    """Whether no run holds the pool."""
    try:
        FolderLock(folder).release()
    except PoolBusyError:
        return False
    except SelfInstructError:
        return True  # a folder that cannot be written is held by nobody
    return True
