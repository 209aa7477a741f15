"""Any data set as tasks: which format it has, and what its rows say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath
from typing import Any

from selfinstruct.errors import SettingsError, UsageError
from selfinstruct.formats import batch, flat
from selfinstruct.formats.base import Edged, Found, Frugal, Reader, Reading
from selfinstruct.formats.columns import Columns, are_numbers, refuse_missing
from selfinstruct.formats.dialogue import CHAT, SHAREGPT
from selfinstruct.formats.metering import Meter
from selfinstruct.formats.own import Table, Tasks
from selfinstruct.formats.reading import Record, records
from selfinstruct.formats.refused import refused
from selfinstruct.formats.registry import added_readers
from selfinstruct.formats.superni import SuperNi
from selfinstruct.formats.tables import DELIMITERS
from selfinstruct.formats.turns import Turns
from selfinstruct.pool import TASKS

# In the order in which a row is tried: the more telling first.
_READERS: tuple[Reader, ...] = (
    Tasks(),
    SuperNi(),
    CHAT,
    SHAREGPT,
    Turns(),
    flat.WIZARDLM,
    flat.DOLLY,
    Table(),
    flat.ALPACA,
    flat.COMPLETION,
    flat.FLAN,
    flat.QUESTIONS,
    flat.MANY_ANSWERS,
    *flat.TEXTS,
    Columns(),
)
FLAT = frozenset(reader.name for reader in _READERS if isinstance(reader, flat.Flat | Columns))
"""Formats of a field each for instruction, input and output."""


def found_in(
    path: str,
    name: str | None = None,
    how: Reading | None = None,
    meter: Meter | None = None,
) -> Iterator[Found]:
    """The tasks in ``path``, row by row.

    Args:
        path: A file; the folder of a pool, of a dataset, of task files or of a batch; or ``-``.
        name: The format; guessed by the first row where it is None.
        how: How rows are read.
        meter: Is told what is read.

    Raises:
        SettingsError: There is no such format, or none fits the first row.
        UsageError: A file cannot be read at all.
    """
    how = how or Reading()
    if how.columns and name not in {None, Columns.name}:
        raise SettingsError(f"--map names columns, but rows of {name} have names of their own.")
    if name is None and how.columns:
        name = Columns.name
    if name is not None:
        refuse_unknown(name)
    place = Path(path)
    if path != "-" and place.is_dir() and (name == batch.NAME or batch.is_batch(place)):
        for record, task in batch.batch(place):
            if isinstance(task, UsageError):
                # The released scripts pass over what they cannot read, which is usual.
                usual = not record.flaw
                yield Found(record.where, batch.NAME, None, f"{record.where}: {task}.", usual)
            else:
                yield Found(record.where, batch.NAME, task, unread=batch.unread(record.row))
        return
    numbered = are_numbers(how.columns)
    for file in files_of(path):
        yield from _read(records(file, meter, texts=True, numbered=numbered), file, name, how)


def meter_of(paths: Iterable[str]) -> Meter:
    """A meter for what is going to be read of ``paths``: files, or folders of them."""
    whole = 0
    for path in paths:
        try:
            files = [] if path == "-" else [Path(file) for file in files_of(path)]
            files = [file / TASKS if file.is_dir() else file for file in files]
            if not files or not all(file.is_file() for file in files):
                return Meter()
            whole += sum(file.stat().st_size for file in files)
        except (OSError, UsageError):  # whoever reads it says what is wrong
            return Meter()
    return Meter(whole)


def files_of(path: str) -> list[str]:
    """The files that ``path`` stands for, in order.

    Raises:
        UsageError: It is a folder that holds none.
    """
    place = Path(path)
    if path == "-" or not place.is_dir() or (place / "tasks.jsonl").is_file():
        return [path]
    inner = next((place / name for name in ("tasks", "data") if (place / name).is_dir()), place)
    found: dict[str, list[str]] = {}
    for file in sorted(inner.iterdir()):
        kind = PurePath(file.name.removesuffix(".gz")).suffix.casefold()
        if kind in _ENDINGS and file.is_file() and file.name not in _NO_DATA:
            found.setdefault(kind, []).append(str(file))
    if len(found) != 1:
        kinds = ", ".join(sorted(found)) or "none of " + ", ".join(_ENDINGS)
        raise UsageError(
            f"{inner}: files of one kind are needed, here are {kinds}. Name the files."
        )
    return next(iter(found.values()))


_EMPTY: tuple[object, ...] = (None, "", [], {})
_ENDINGS = (".json", ".jsonl", ".csv", ".tsv", ".parquet")
_NO_DATA = frozenset({"dataset_info.json", "dataset_infos.json", "state.json"})


def _read(rows: Iterable[Record], path: str, name: str | None, how: Reading) -> Iterator[Found]:
    readers = readers_of(name) if name else []
    for place, record in enumerate(rows):
        if record.flaw:
            yield Found(record.where, name or "", None, record.flaw)
            continue
        if how.columns and not place:
            refuse_missing(record.row, how, record.where)
        if not readers:
            readers = readers_of(guess(record.row, path))
            if how.needs_answer:
                _refuse_unanswered(record.row, readers, path)
        yield from _tasks(record, readers, how)


def readers() -> list[Reader]:
    """What reads data sets, in the order in which a row is tried."""
    return [*added_readers(), *_READERS]


def names() -> list[str]:
    """What ``--format`` of an import may be."""
    return [*dict.fromkeys(reader.name for reader in readers()), batch.NAME]


def reader_of(row: Mapping[str, Any]) -> Reader | None:
    """What reads ``row``; None where no format has such fields."""
    return next((reader for reader in readers() if reader.reads(row)), None)


def readers_of(name: str) -> list[Reader]:
    """What reads the format called ``name``."""
    return [reader for reader in readers() if reader.name == name]


def refuse_unknown(name: str) -> None:
    """Refuse a name that is none of a format.

    Raises:
        SettingsError: It is none; the message lists them.
    """
    if name not in (known := names()):
        raise SettingsError(f"There is no format {name!r} to read: use {', '.join(known)}.")


def _refuse_unanswered(row: Mapping[str, Any], readers: list[Reader], path: str) -> None:
    """Refuse rows whose format was guessed and has no answer.

    Raises:
        SettingsError: They are.
    """
    reader = next((one for one in readers if one.reads(row)), readers[0])
    if not isinstance(reader, flat.Flat | Turns) or reader.is_answered(row) or refused(row):
        return
    asked = reader.instruction if isinstance(reader, flat.Flat) else "turns"
    keys = ", ".join(map(repr, row))
    raise SettingsError(
        f"{path}: rows of {keys} have no field that is known for an answer "
        f"({', '.join(flat.OUTPUTS[:5])}). Say which it is: --map instruction={asked},"
        f"output=FIELD; or take them without one: --format {reader.name} --no-filter."
    )


def guess(row: Mapping[str, Any], path: str) -> str:
    """The name of the format that ``row`` has.

    Raises:
        SettingsError: None of them.
    """
    found = reader_of(row)
    if found is None:
        if flaw := refused(row):
            raise SettingsError(f"{path}: {flaw}.")
        keys = ", ".join(map(repr, row)) or "none"
        is_table = PurePath(path.removesuffix(".gz")).suffix.casefold() in DELIMITERS
        hint = " Columns without a header are named by number: --map instruction=1." * is_table
        raise SettingsError(
            f"{path}: no known format has the fields {keys}. Name one with --format "
            f"({', '.join(names())}), or say which field is which: --map instruction=FIELD,"
            f"output=FIELD.{hint}"
        )
    return found.name


def _tasks(record: Record, readers: list[Reader], how: Reading) -> Iterator[Found]:
    name = readers[0].name
    reader = next((one for one in readers if one.reads(record.row)), readers[0])
    if not reader.reads(record.row) and not how.columns:
        keys = ", ".join(map(repr, record.row)) or "none"
        flaw = f"{record.where}: is no row of the format {name}; its fields are {keys}."
        yield Found(record.where, name, None, flaw, row=record.row)
        return
    if not how.columns and how.needs_answer and (flaw := refused(record.row)):
        yield Found(record.where, name, None, f"{record.where}: {flaw}.", row=record.row)
        return
    edge = reader.edge(record.row, record.where) if isinstance(reader, Edged) else ""
    try:
        tasks = reader.tasks(record.row, how)
        unread = tuple(reader.unread(record.row, how)) if isinstance(reader, Frugal) else ()
        unread = tuple(one for one in unread if record.row.get(one, one) not in _EMPTY)
        for task in tasks:
            yield Found(record.where, name, task, boundary=edge, unread=unread)
            unread = ()  # said once a row
    except UsageError as error:
        yield Found(record.where, name, None, f"{record.where}: {error}.", row=record.row)
