"""Records of tables: CSV, TSV and Parquet. Parquet needs the extra ``hf``."""

from __future__ import annotations

import contextlib
import csv
import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import IO, Any, Self

from selfinstruct import jsonl
from selfinstruct.errors import SettingsError, UsageError

DELIMITERS = {".csv": ",", ".tsv": "\t"}
PARQUET = ".parquet"

_BATCH = 1024


def delimited(
    lines: IO[str], name: str, delimiter: str, *, numbered: bool = False
) -> Iterator[tuple[str, dict[str, Any] | UsageError]]:
    """The rows of a CSV or TSV file with a header, each with its place; bad rows are values.

    With ``numbered`` the columns are called 1, 2, …, and the first line is a row like the others,
    unless it calls them so itself.

    Raises:
        UsageError: There is no header, a column stands there twice, or quotes do not close.
    """
    csv.field_size_limit(jsonl.LARGEST_RECORD)
    rest = _Lines(lines, name)
    reader = csv.reader(rest, delimiter=delimiter, strict=True)
    try:
        first = next(reader, [])
        header = [name.strip() for name in first]
        if not header:
            raise UsageError(f"{name}: is empty; the first line must name the columns.")
        if numbered and "1" not in header:
            header = [str(number) for number in range(1, len(first) + 1)]
            yield f"{name}:1", dict(zip(header, first, strict=True))
        if len(set(header)) < len(header):
            raise UsageError(f"{name}:1: a column is named twice.")
        started = reader.line_num + 1
        for cells in reader:
            rest.size = 0
            where = f"{name}:{started}"
            started = reader.line_num + 1
            if not cells:
                continue
            if len(cells) != len(header):
                said = f"{where}: has {len(cells)} cells, but {len(header)} columns are named."
                yield where, UsageError(said)
                continue
            yield where, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise UsageError(f"{name}:{reader.line_num}: no valid table: {error}.") from error


class _Lines:
    """The lines of a table, and how large the row is that they are read for."""

    def __init__(self, file: IO[str], name: str) -> None:
        self._file = file
        self._name = name
        self._number = 0
        self.size = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._file.readline(jsonl.LARGEST_RECORD + 1)
        if not line:
            raise StopIteration
        self._number += 1
        self.size += len(line)
        if self.size > jsonl.LARGEST_RECORD:
            raise jsonl.too_large(f"{self._name}:{self._number}")
        return line


def parquet(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a Parquet file, each with its place.

    Raises:
        SettingsError: The extra is not installed.
        UsageError: The file is no Parquet.
    """
    arrow = pyarrow()
    try:
        with arrow.parquet.ParquetFile(path) as file:
            number = 0
            for batch in file.iter_batches(batch_size=_BATCH):
                for row in batch.to_pylist():
                    number += 1
                    yield f"{path}: row {number}", row
    # No Parquet, or damaged (ArrowInvalid); a codec or type this build lacks (NotImplemented).
    except (arrow.ArrowInvalid, arrow.ArrowNotImplementedError) as error:
        first = str(error).splitlines()[0].rstrip(".")
        raise UsageError(f"{path}: cannot be read as Parquet: {first}.") from error


def pyarrow() -> ModuleType:
    """The library that knows Parquet.

    Raises:
        SettingsError: It is not installed.
    """
    try:
        importlib.import_module("pyarrow.parquet")
        return importlib.import_module("pyarrow")
    except ImportError as error:
        raise SettingsError(
            "Parquet needs pyarrow: pip install 'selfinstruct[hf]', or choose another format."
        ) from error


class ParquetFile:
    """A Parquet file being written, row by row.

    Args:
        file: Open for writing bytes.
        columns: The columns with their types in Arrow.
    """

    def __init__(self, file: IO[bytes], columns: Mapping[str, str]) -> None:
        self._arrow = pyarrow()
        kinds = {"string": self._arrow.string(), "bool": self._arrow.bool_()}
        self._schema = self._arrow.schema(
            [
                (name, kinds.get(kind) or getattr(self._arrow, kind)())
                for name, kind in columns.items()
            ]
        )
        self._writer = self._arrow.parquet.ParquetWriter(file, self._schema)
        self._rows: list[dict[str, Any]] = []

    def write(self, row: dict[str, Any]) -> None:
        """Write one row."""
        self._rows.append(row)
        if len(self._rows) == _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write the rows that were kept back."""
        table = self._arrow.Table.from_pylist(self._rows, schema=self._schema)
        self._writer.write_table(table)
        self._rows.clear()

    def close(self) -> None:
        """Write what closes the file."""
        self._writer.close()


@contextlib.contextmanager
def parquet_file(file: IO[bytes], columns: Mapping[str, str]) -> Iterator[ParquetFile]:
    """A Parquet file being written to ``file``; see :class:`ParquetFile`.

    It is closed however the body ends: pyarrow would else close it when ``file`` is closed already,
    and complain.
    """
    table = ParquetFile(file, columns)
    with contextlib.closing(table):
        yield table
        table.flush()
