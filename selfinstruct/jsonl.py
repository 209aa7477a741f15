"""JSON Lines in and out: one object a line, UTF-8 unescaped, errors with file and line.

Whole files are replaced atomically: a reader sees the old file or the new one, never a part.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from selfinstruct.errors import DiskError, UsageError
from selfinstruct.parts import part_file

_RECORD = "\x1e"  # what RFC 7464 puts before each text of a sequence


def dumps(row: object) -> str:
    """One line of JSON, without the newline; non-ASCII text stays readable."""
    return json.dumps(row, ensure_ascii=False, separators=(", ", ": "))


def clean(text: str) -> str:
    """``text`` with lone surrogates, which UTF-8 cannot carry, replaced by U+FFFD.

    Teachers may send such halves as JSON escapes; every reply passes here once.
    """
    return text.encode("utf-8", "replace").decode() if _has_surrogates(text) else text


def _has_surrogates(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def read(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield ``(line number, object)`` for each line that is not blank.

    Raises:
        UsageError: The file is missing, unreadable, not UTF-8, or a line is no JSON object.
    """
    try:
        with path.open("rb") as file:
            for number, row in entries(file, str(path)):
                if isinstance(row, UsageError):
                    raise row
                yield number, row
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no such file.") from error
    except IsADirectoryError as error:
        raise UsageError(f"{path}: is a folder, a JSON Lines file is needed.") from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}.") from error


def entries(file: IO[bytes], name: str) -> Iterator[tuple[int, dict[str, Any] | UsageError]]:
    """Yield ``(line number, object)`` for each line that is not blank; bad lines are values.

    Args:
        file: Open for reading bytes.
        name: What messages call it.

    Raises:
        UsageError: A compressed file ends before its end: what was read is not all there was. Or a
            line is larger than any record may be.
    """
    for number, line in enumerate(_whole_lines(file, name), 1):
        why = ""
        try:
            text = line.decode().removeprefix("\ufeff").removeprefix(_RECORD)
            row = json.loads(text) if text.strip() else None
            if isinstance(row, dict):
                yield number, row
            elif text.strip():
                why = "another kind of value"
        except ValueError as error:
            why = str(error)
        except RecursionError:
            yield number, UsageError(f"{name}:{number}: JSON nested too deeply.")
        if why:
            yield number, UsageError(f"{name}:{number}: not a JSON object ({why}).")


LARGEST_RECORD = 64 << 20
"""Bytes, or characters, of the largest record that is read: memory holds one."""


def too_large(where: str) -> UsageError:
    """What to say of a larger record; it may go on for ever, so nothing behind it is read."""
    return UsageError(
        f"{where}: a record of more than {LARGEST_RECORD >> 20} MB, which none can be. "
        "Is it a file of records?"
    )


def _whole_lines(file: IO[bytes], name: str) -> Iterator[bytes]:
    """The lines of a file; one whose compressed end is missing is not taken for a whole one."""
    number = 0
    try:
        while line := file.readline(LARGEST_RECORD + 1):
            number += 1
            if len(line) > LARGEST_RECORD:
                raise too_large(f"{name}:{number}")
            yield line
    except EOFError as error:  # gzip's word for it
        raise UsageError(
            f"{name}:{number + 1}: the compressed file ends early; it was cut off, perhaps in a "
            "copy. Fetch it again."
        ) from error


def write_whole(path: Path, text: str) -> None:
    """Replace ``path`` by ``text`` atomically and durably; see :func:`whole_file`.

    Raises:
        DiskError: The file could not be written; the old one, if any, is untouched.
    """
    with whole_file(path) as file:
        file.write(text.encode("utf-8", "replace"))


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name only when the body has ended without an error.

    A temporary file in the same folder is written, synced and renamed; then the folder is
    synced where the system allows it. What else goes wrong in the body is none of this file's
    errors, and passes.

    Raises:
        DiskError: The file could not be written; the old one, if any, is untouched.
    """
    part: Path | None = None
    lock: int | None = None
    try:
        with refusals(path):
            handle, part = part_file(path)
            lock = os.dup(handle)  # held until the file has its name
        with io.BufferedWriter(NamedFile(handle, path)) as file:
            yield file
            file.flush()
            with refusals(path):
                os.fsync(handle)
        with refusals(path):
            part.chmod(0o666 & ~file_mask())
            part.replace(path)
    finally:
        if part is not None:
            with contextlib.suppress(OSError):
                part.unlink()
        if lock is not None:
            os.close(lock)
    sync_folder(path.parent)


@contextlib.contextmanager
def refusals(path: Path) -> Iterator[None]:
    """What the system refuses in the body is said of ``path``, which is written there.

    Raises:
        DiskError: It refuses something.
    """
    try:
        yield
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path | str, error: OSError) -> DiskError:
    """What to say where ``path`` cannot be written."""
    return DiskError(f"{path}: cannot be written: {error.strerror}.")


class NamedFile(io.FileIO):
    """A file whose failures say what it is called, so that nobody takes them for a reader's.

    Args:
        handle: Open for writing; closed with this.
        said: What messages call it.
    """

    def __init__(self, handle: int, said: Path | str) -> None:
        super().__init__(handle, "wb")
        self._said = said

    def write(self, data: Any, /) -> int:
        """Write ``data``, or as much of it as the system takes.

        Raises:
            DiskError: It takes none.
            BrokenPipeError: Whoever read it has gone, which is no failure of the disk.
        """
        try:
            return super().write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise unwritable(self._said, error) from error


def file_mask() -> int:
    """The rights that new files lack; temporary ones are private and are given the usual ones.

    A new file tells. The process's own mask can be read only by changing it for a moment, and
    another thread's files would be open to everybody then.
    """
    with TemporaryDirectory() as folder:
        handle = os.open(Path(folder) / "new", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o777)
        try:
            return 0o777 & ~os.fstat(handle).st_mode
        finally:
            os.close(handle)


def sync_folder(folder: Path) -> None:
    """Make renames in ``folder`` durable, where folders can be opened (not on Windows)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def lines(rows: Iterable[object]) -> str:
    """The text of a JSON Lines file holding ``rows``."""
    return "".join(dumps(row) + "\n" for row in rows)


_RECORD = "\x1e"  # what RFC 7464 puts before each text of a sequence
