"""Where the files of an export go, and how they come there whole or not at all.

They are written into a folder of their own beside the goal, and moved to their places at the end.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from selfinstruct import jsonl
from selfinstruct.outputs import Output, make_parents
from selfinstruct.parts import clear_parts, part_folder

OWN = frozenset({"README.md", "data", "tasks", "splits"})
"""What an export's folder holds; a folder that holds more is never replaced."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which files an export consists of.

    Attributes:
        goal: The file or folder that was named.
        is_folder: Whether it is a folder.
        files: Of each split the path of its file, from the folder that holds the card; for task
            files, of the list of their names.
        stream: Where rows go straight, with nothing beside them: standard output, a FIFO, a device.
    """

    goal: Path
    is_folder: bool
    files: Mapping[str, str]
    stream: Output | None = None

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
    make_parents(place.goal)
    clear_parts(place.goal)
    with contextlib.ExitStack() as stack:
        with _moving(place):
            stage = stack.enter_context(part_folder(place.goal))
        yield stage
        with _moving(place):
            if place.is_folder:
                stage.chmod(0o777 & ~jsonl.file_mask())
                _replace_folder(stage, place.goal)
            else:
                for file in sorted(stage.iterdir()):
                    file.replace(place.parent / file.name)
                jsonl.sync_folder(place.parent)


@contextlib.contextmanager
def _moving(place: Layout) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise jsonl.unwritable(place.goal, error) from error


def _replace_folder(stage: Path, goal: Path) -> None:
    if not goal.exists():
        stage.rename(goal)
        return
    old = Path(tempfile.mkdtemp(dir=goal.parent, prefix=f".{goal.name}.", suffix=".old"))
    goal.rename(old / goal.name)
    stage.rename(goal)
    shutil.rmtree(old, ignore_errors=True)
