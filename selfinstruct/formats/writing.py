"""Writing records: a JSON array or JSON Lines by the file's ending, gzipped where it ends in .gz.

Files appear whole or not at all; see :mod:`selfinstruct.outputs`.
"""

from __future__ import annotations

import contextlib
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from selfinstruct import jsonl, outputs


class RecordFile:
    """A file being written, record by record.

    Args:
        file: Open for writing bytes.
        as_array: Whether the records form one JSON array.
    """

    def __init__(self, file: IO[bytes], *, as_array: bool) -> None:
        self._file = file
        self._as_array = as_array
        self._count = 0

    def write(self, row: dict[str, Any]) -> None:
        """Write one record; lone surrogates become question marks."""
        text = jsonl.dumps(row)
        if self._as_array:
            text = ("[\n" if not self._count else ",\n") + text
        else:
            text += "\n"
        self._file.write(text.encode("utf-8", "replace"))
        self._count += 1

    def end(self) -> None:
        """Write what closes the file."""
        if self._as_array:
            self._file.write(b"\n]\n" if self._count else b"[]\n")


@contextlib.contextmanager
def record_file(target: outputs.Output | Path | str) -> Iterator[RecordFile]:
    """Write records to ``target``; ``-`` is standard output.

    Raises:
        DiskError: The file cannot be written; an old one is untouched then.
        BrokenPipeError: Whoever read it has gone.
    """
    output = target if isinstance(target, outputs.Output) else outputs.named(target)
    name = output.said.removesuffix(".gz")
    with outputs.opened(output) as whole, contextlib.ExitStack() as stack:
        file: Any = whole
        if name != output.said:
            # No name and no time in it, so that the same records give the same bytes.
            file = stack.enter_context(gzip.GzipFile("", "wb", fileobj=whole, mtime=0))
        rows = RecordFile(file, as_array=name.endswith(".json"))
        yield rows
        rows.end()
