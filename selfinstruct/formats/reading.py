"""Records of JSON Lines, JSON arrays, CSV, TSV and Parquet files, one at a time.

Text files may be gzipped. Memory holds one record, whatever the size of the file; only a file that
is one JSON object as a whole is read at once. What cannot be read is a value with its file and
line, so that a caller may skip it or stop.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, cast

from selfinstruct import jsonl
from selfinstruct.errors import UsageError
from selfinstruct.formats import tables
from selfinstruct.formats.arrays import elements
from selfinstruct.formats.metering import Meter, Metered

FIELDS = ("instruction", "Instruction", "prompt", "question")
"""Where the text of a record is looked for when no field is named, in this order."""

TEXT = "instruction"
"""What the texts of a list without fields are taken for."""

_CHUNK = 1 << 16
_PLAIN = ".txt"


@dataclass(frozen=True, slots=True)
class Record:
    """One record, or what is wrong with it.

    Attributes:
        where: File and line, or file and place in the array.
        row: The record; empty where it cannot be read.
        flaw: Why it cannot be read; "" otherwise.
    """

    where: str
    row: dict[str, Any]
    flaw: str = ""


def records(
    path: str, meter: Meter | None = None, *, texts: bool = False, numbered: bool = False
) -> Iterator[Record]:
    """The records of ``path``: a file, the folder of a pool, or ``-`` for standard input.

    Args:
        path: It.
        meter: Is told what is read.
        texts: Whether a list of texts holds records as well: an array, or the lines of a ``.txt``.
        numbered: Whether the columns of a table are called by their number, from 1, where its
            first line does not call them so itself; that line is a row then.

    Raises:
        UsageError: The file cannot be read at all, or an array breaks off, or a record is larger
            than any may be.
    """
    place = Path(path) / "tasks.jsonl" if path != "-" and Path(path).is_dir() else Path(path)
    name = "standard input" if path == "-" else str(place)
    try:
        with contextlib.ExitStack() as stack:
            kind = PurePath(name.removesuffix(".gz")).suffix.casefold()
            if kind == tables.PARQUET:
                yield from (Record(where, row) for where, row in tables.parquet(place))
                if meter is not None:
                    meter.count(place.stat().st_size)
                return
            file = _opened(path, place, stack, meter or Meter())
            if kind in tables.DELIMITERS:
                cells = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
                stack.enter_context(cells)
                rows = tables.delimited(cells, name, tables.DELIMITERS[kind], numbered=numbered)
                yield from (_cell_record(where, row) for where, row in rows)
            elif _first_byte(file) == b"[":
                text = stack.enter_context(io.TextIOWrapper(file, encoding="utf-8-sig"))
                yield from (
                    _element(value, where, texts=texts) for where, value in elements(text, name)
                )
            elif kind == ".json" and not _begins_with_a_row(file):
                yield _object(file, name)
            else:
                yield from _plain(file, name) if texts and kind == _PLAIN else _lines(file, name)
    except FileNotFoundError as error:
        raise UsageError(f"{name}: no such file.") from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UsageError(f"{name}: the gzip file is damaged: {error}.") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{name}: not UTF-8 text; iconv can make it so.") from error
    except OSError as error:
        raise UsageError(f"{name}: cannot be read: {error.strerror or error}.") from error


def text_of(record: Record, field: str | None) -> str | UsageError:
    """The text of a record in ``field``, or in the first of :data:`FIELDS` that it has."""
    if record.flaw:
        return UsageError(record.flaw)
    names = (field,) if field else FIELDS
    name = next((name for name in names if name in record.row), None)
    if name is None:
        wanted = f"the field {field!r}" if field else "a field " + ", ".join(map(repr, FIELDS))
        return UsageError(f"{record.where}: the record lacks {wanted}.")
    text = record.row[name]
    if not isinstance(text, str):
        return UsageError(f"{record.where}: {name!r} is no text.")
    try:
        text.encode()
    except UnicodeEncodeError:
        return UsageError(f"{record.where}: {name!r} holds half a surrogate pair.")
    return text


def _opened(
    path: str, place: Path, stack: contextlib.ExitStack, meter: Meter
) -> io.BufferedReader[Any]:
    if path == "-":
        file: io.BufferedReader[Any] = cast("io.BufferedReader[Any]", sys.stdin.buffer)
    else:
        file = stack.enter_context(io.BufferedReader(Metered(place, meter)))
    if file.peek(2)[:2] == b"\x1f\x8b":
        return stack.enter_context(io.BufferedReader(gzip.GzipFile(fileobj=file)))
    return file


def _first_byte(file: io.BufferedReader[Any]) -> bytes:
    return file.peek(_CHUNK).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]


def _cell_record(where: str, row: dict[str, Any] | UsageError) -> Record:
    return Record(where, {}, str(row)) if isinstance(row, UsageError) else Record(where, row)


def _begins_with_a_row(file: io.BufferedReader[Any]) -> bool:
    """Whether the first line is a whole JSON value, as far as can be seen."""
    seen = file.peek(_CHUNK).removeprefix(b"\xef\xbb\xbf").lstrip()
    line, newline, _ = seen.partition(b"\n")
    if not newline:
        return True
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _object(file: io.BufferedReader[Any], name: str) -> Record:
    """A file that is one JSON object."""
    try:
        text = file.read(jsonl.LARGEST_RECORD + 1)
        if len(text) > jsonl.LARGEST_RECORD:
            raise jsonl.too_large(name)
        row = json.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        return Record(name, {}, f"{name}: not JSON ({error}).")
    return Record(name, row) if isinstance(row, dict) else Record(name, {}, f"{name}: no object.")


def _lines(file: io.BufferedReader[Any], name: str) -> Iterator[Record]:
    for number, row in jsonl.entries(file, name):
        where = f"{name}:{number}"
        flaw = str(row) if isinstance(row, UsageError) else ""
        yield Record(where, {} if isinstance(row, UsageError) else row, flaw)


def _plain(lines: io.BufferedReader[Any], name: str) -> Iterator[Record]:
    """A text a line."""
    file = io.TextIOWrapper(lines, encoding="utf-8-sig")
    number = 0
    while line := file.readline(jsonl.LARGEST_RECORD + 1):
        number += 1
        if len(line) > jsonl.LARGEST_RECORD:
            raise jsonl.too_large(f"{name}:{number}")
        if line.strip():
            yield Record(f"{name}:{number}", {TEXT: line.strip()})


def _element(value: object, where: str, *, texts: bool) -> Record:
    """An element of an array as a record."""
    if isinstance(value, dict):
        return Record(where, value)
    if texts and isinstance(value, str):
        return Record(where, {TEXT: value})
    return Record(where, {}, f"{where}: not a JSON object.")
