"""Where the files of an export go, and how they come there whole or not at all.

They are written into a folder of their own beside the goal, and moved to their places at the end.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from selfinstruct import jsonl
from selfinstruct.errors import DiskError

OWN = frozenset({"README.md", "data", "tasks", "splits"})
"""What an export's folder holds; a folder that holds more is never replaced."""


def taken(names: Sequence[Path]) -> Path | None:
    """The first of ``names`` that is there already."""
    return next((name for name in names if name.exists() or name.is_symlink()), None)


@dataclass(frozen=True, slots=True)
class Layout:
    """Which files an export consists of.

    Attributes:
        goal: The file or folder that was named.
        is_folder: Whether it is a folder.
        files: Of each split the path of its file, from the folder that holds the card; for task
            files, of the list of their names.
    """

    goal: Path
    is_folder: bool
    files: Mapping[str, str]

    @property
    def parent(self) -> Path:
        """The folder that holds the card."""
        return self.goal if self.is_folder else self.goal.parent


@contextlib.contextmanager
def staged(place: Layout) -> Iterator[Path]:
    """A folder for the files of an export, which are moved to their places when the body has ended.

    Raises:
        DiskError: A file cannot be written or moved.
    """
    parent = place.goal.parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(dir=parent, prefix=f".{place.goal.name}.", suffix=".part"))
    except OSError as error:
        raise DiskError(f"{place.goal}: cannot be written: {error.strerror}.") from error
    try:
        yield stage
        if place.is_folder:
            stage.chmod(0o777 & ~jsonl.file_mask())
            _replace_folder(stage, place.goal)
        else:
            for file in sorted(stage.iterdir()):
                file.replace(parent / file.name)
            jsonl.sync_folder(parent)
    except OSError as error:
        raise DiskError(f"{place.goal}: cannot be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _replace_folder(stage: Path, goal: Path) -> None:
    if not goal.exists():
        stage.rename(goal)
        return
    old = Path(tempfile.mkdtemp(dir=goal.parent, prefix=f".{goal.name}.", suffix=".old"))
    goal.rename(old / goal.name)
    stage.rename(goal)
    shutil.rmtree(old, ignore_errors=True)
