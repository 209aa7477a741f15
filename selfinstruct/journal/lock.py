"""One run at a time: an advisory lock that the system drops when its holder dies."""

from __future__ import annotations

from pathlib import Path

import filelock

from selfinstruct.errors import DiskError, PoolBusyError


class FolderLock:
    """The lock of a folder; hold it while writing.

    Args:
        folder: The folder.
        what: What a message calls it.
        name: The lock's file in it, where several things in one folder are held each for itself.

    Raises:
        PoolBusyError: Another process holds it.
        DiskError: The lock file cannot be made.
    """

    def __init__(self, folder: Path, what: str = "pool", name: str = ".lock") -> None:
        self._lock = filelock.FileLock(folder / name)
        try:
            self._lock.acquire(timeout=0)
        except filelock.Timeout as error:
            raise PoolBusyError(
                f"{folder}: another run holds this {what}. Wait for it, or stop it first."
            ) from error
        except OSError as error:
            raise DiskError(f"{folder}: cannot be written: {error.strerror}.") from error

    def release(self) -> None:
        """Let others in."""
        self._lock.release()
