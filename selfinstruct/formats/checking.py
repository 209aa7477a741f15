"""Every problem of a seed file, a pool, an export or a language pack, with place and rule."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selfinstruct.counts import counted
from selfinstruct.errors import PoolBusyError, SelfInstructError, UsageError
from selfinstruct.formats import batch
from selfinstruct.formats.dialogue import CHAT, FEWEST_ROWS
from selfinstruct.formats.doubts import Doubts
from selfinstruct.formats.importing import files_of, guess, readers_of, refuse_unknown
from selfinstruct.formats.metering import Meter
from selfinstruct.formats.own import Tasks
from selfinstruct.formats.packs import pack_problems
from selfinstruct.formats.reading import Record, records
from selfinstruct.formats.row_checking import Problem, doubted, lacking_of
from selfinstruct.journal import FolderLock, whole_lines
from selfinstruct.journal.reply_rows import flaws
from selfinstruct.languages import load
from selfinstruct.pool import REJECTS, REPLIES, TASKS, disagreements, history, look, scan
from selfinstruct.pool.manifest import read_manifest
from selfinstruct.tasks import Reason, Task, task_id

POOL, PACK = "pool", "language pack"


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
        yield from doubted(record, readers, doubts)
        yield from lacking_of(record, readers, lacking)
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
        text = f"{counted(count, 'row')}; OpenAI takes fine-tuning files from {FEWEST_ROWS} rows on"
        yield Problem(path, "few-rows", text)


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
    found = list(doubted(record, [Tasks()], doubts))
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
