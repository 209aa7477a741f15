"""What is being written and not whole yet: hidden, beside its goal, and locked by its writer.

The system drops the lock when the writer dies, so whoever writes the same goal next can tell what a
killed process left from what somebody else is writing just now, and clears it away.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: nothing is locked there, and so nothing is cleared
    fcntl = None  # type: ignore[assignment]  # a module has no type that None could be of

_SUFFIX = ".part"
_DRAWN = 8  # characters that tempfile draws for a name


def part_file(goal: Path) -> tuple[int, Path]:
    """A new file beside ``goal``, open for reading and writing, and locked while it is open.

    Raises:
        OSError: It cannot be made.
    """
    while True:
        handle, name = tempfile.mkstemp(dir=goal.parent, prefix=f".{goal.name}.", suffix=_SUFFIX)
        if _is_ours(handle, Path(name)):
            return handle, Path(name)
        os.close(handle)


@contextlib.contextmanager
def part_folder(goal: Path) -> Iterator[Path]:
    """A new folder beside ``goal`` that is locked, and gone when the body ends, unless moved.

    Raises:
        OSError: It cannot be made.
    """
    while True:
        name = tempfile.mkdtemp(dir=goal.parent, prefix=f".{goal.name}.", suffix=_SUFFIX)
        if fcntl is None:
            handle = None
            break
        with contextlib.suppress(FileNotFoundError):
            handle = os.open(name, os.O_RDONLY)
            if _is_ours(handle, Path(name)):
                break
            os.close(handle)
    try:
        yield Path(name)
    finally:
        shutil.rmtree(name, ignore_errors=True)
        if handle is not None:
            os.close(handle)


def clear_parts(goal: Path) -> None:
    """Delete the parts of ``goal`` whose writers have died; those of living ones stay."""
    if fcntl is None:
        return
    head, length = f".{goal.name}.", len(goal.name) + 2 + _DRAWN + len(_SUFFIX)
    with contextlib.suppress(OSError):
        for path in list(goal.parent.iterdir()):
            named = path.name.startswith(head) and path.name.endswith(_SUFFIX)
            if named and len(path.name) == length and not path.is_symlink():
                _clear(path)


def _clear(path: Path) -> None:
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            if _is_ours(handle, path, without_locks=False):
                if path.is_dir():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink()
        finally:
            os.close(handle)


def _is_ours(handle: int, path: Path, *, without_locks: bool = True) -> bool:
    """Whether what is open under ``handle`` could be locked, and still stands at ``path``.

    Args:
        handle: Open for whatever.
        path: Where it was found or made.
        without_locks: What to say on a file system that knows none.
    """
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return without_locks
    try:
        here, there = os.fstat(handle), path.stat()
    except FileNotFoundError:
        return False
    return (here.st_ino, here.st_dev) == (there.st_ino, there.st_dev)
