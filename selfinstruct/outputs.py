"""The one door for what a person named as an output, whatever verb writes it.

Nothing is replaced without being told to, nothing is written into a pool or over what is read,
links are written through, and devices, FIFOs and open descriptors (``/dev/stdout``) are written
straight: they are never replaced. Other files appear whole or not at all.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from selfinstruct import jsonl
from selfinstruct.errors import SettingsError, UsageError
from selfinstruct.parts import clear_parts

STDOUT = "-"

_STDOUT_NUMBER = 1
_NUMBERS = {"/dev/stdout": _STDOUT_NUMBER, "/dev/stderr": 2}
_DESCRIPTOR = re.compile(r"/(?:dev|proc/self)/fd/(\d+)")
_MOST_LINKS = 40  # as many as Linux follows


@dataclass(frozen=True, slots=True)
class Output:
    """Where an output goes.

    Attributes:
        said: What the person called it.
        path: The file itself, links followed.
        descriptor: The number of the open file of this process that it is; None for others.
        is_stream: Whether it is written straight: a descriptor, a device, a FIFO.
    """

    said: str
    path: Path
    descriptor: int | None = None
    is_stream: bool = False

    @property
    def is_stdout(self) -> bool:
        """Whether it is standard output."""
        return self.descriptor == _STDOUT_NUMBER

    @property
    def is_there(self) -> bool:
        """Whether a file stands there that would be replaced."""
        return not self.is_stream and os.path.lexists(self.path)


def named(said: str | Path, *, is_folder: bool = False) -> Output:
    """The output that is called ``said``; ``-`` is standard output.

    Args:
        said: Its name.
        is_folder: Whether what is written is a folder.

    Raises:
        UsageError: A file is to be written, and this is a folder.
        OSError: It cannot be looked at.
    """
    text = str(said)
    if text == STDOUT:
        return Output(text, Path(text), _STDOUT_NUMBER, is_stream=True)
    if (number := _descriptor(text)) is not None:
        return Output(text, Path(text), number, is_stream=True)
    path = real(text) if Path(text).is_symlink() else Path(text)
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        mode = 0
    if not is_folder and (stat.S_ISDIR(mode) or text.endswith(("/", os.sep))):
        raise UsageError(f"{text}: is a folder; name a file.")
    is_stream = bool(mode) and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)
    return Output(text, path, is_stream=is_stream)


def real(path: str | Path) -> Path:
    """``path`` with all links followed.

    Raises:
        OSError: The links lead in a circle.
    """
    found = Path(os.path.realpath(path))
    if found.is_symlink():  # realpath leaves what leads nowhere but to itself
        found.stat()
    return found


def door(
    said: str | Path, *, force: bool, inputs: Iterable[str] = (), is_folder: bool = False
) -> Output:
    """The output that is called ``said``, if it may be written.

    Args:
        said: Its name.
        force: Whether a file that is there may be replaced.
        inputs: The names of what is read.
        is_folder: Whether what is written is a folder, whose content the caller judges.

    Raises:
        UsageError: It is there already, is read too, or lies in a pool.
        OSError: It cannot be looked at.
    """
    output = named(said, is_folder=is_folder)
    if output.is_stream:
        return output
    refuse_inside_pools([output.path])
    refuse_inputs(output.path, inputs)
    if not is_folder:
        refuse_taken([output.path], force=force)
    return output


def refuse_taken(paths: Sequence[Path], *, force: bool) -> None:
    """Refuse to replace the first of ``paths`` that is there already.

    Raises:
        UsageError: One is, and nobody said that it may be replaced.
    """
    there = next((path for path in paths if os.path.lexists(path)), None)
    if there is not None and not force:
        raise UsageError(f"{there}: is there already. Replace it with --force, or name another.")


def refuse_inside_pools(targets: Iterable[Path]) -> None:
    """Refuse targets that are pools or lie in one.

    Raises:
        SettingsError: One does.
    """
    for target in targets:
        place = real(target)
        for folder in (place, *place.parents):
            if _is_pool(folder):
                raise SettingsError(f"{target}: lies in the pool {folder}. Name another place.")


def _is_pool(folder: Path) -> bool:
    try:
        return (folder / "manifest.json").is_file() and (folder / "seeds.jsonl").is_file()
    except OSError:  # what cannot be looked at cannot be written either
        return False


def refuse_inputs(target: Path, inputs: Iterable[str]) -> None:
    """Refuse a target that is read too.

    Raises:
        SettingsError: It is.
    """
    if any(name != STDOUT and real(name) == real(target) for name in inputs):
        raise SettingsError(f"{target}: is both read and written; name another output.")


@contextlib.contextmanager
def opened(output: Output) -> Iterator[IO[bytes]]:
    """The output, open for writing; a file appears when the body has ended without an error.

    Folders that are missing above it are made.

    Raises:
        DiskError: It cannot be written; an old file is untouched then.
        BrokenPipeError: Whoever read it has gone.
    """
    if output.is_stdout:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if output.is_stream:
        with _straight(output) as file:
            yield file
        return
    make_parents(output.path)
    clear_parts(output.path)
    with jsonl.whole_file(output.path) as whole:
        yield whole


def make_parents(path: Path) -> None:
    """Make the folders above ``path`` that are missing.

    Raises:
        DiskError: They cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise jsonl.unwritable(path, error) from error


@contextlib.contextmanager
def _straight(output: Output) -> Iterator[IO[bytes]]:
    try:
        if output.descriptor is not None:
            handle = os.dup(output.descriptor)
        else:  # opening a FIFO waits for its reader
            handle = os.open(output.path, os.O_WRONLY)
    except OSError as error:
        raise jsonl.unwritable(output.said, error) from error
    with io.BufferedWriter(jsonl.NamedFile(handle, output.said)) as file:
        yield file


def _descriptor(said: str) -> int | None:
    """The number of the open file that ``said`` names, or leads to; None where it names a file."""
    path = said
    for _ in range(_MOST_LINKS):
        path = os.path.normpath(path)
        if path in _NUMBERS:
            return _NUMBERS[path]
        if found := _DESCRIPTOR.fullmatch(path):
            return int(found.group(1))
        try:
            # Texts throughout: pathlib has no normpath, and what is compared above are texts.
            path = os.path.join(os.path.dirname(path), os.readlink(path))  # noqa: PTH115, PTH118, PTH120
        except OSError:  # no link, or none that can be read
            return None
    return None
