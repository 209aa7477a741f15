"""``open_pool``: what a pool holds, read line by line."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfinstruct.api.inputs import texts_of
from selfinstruct.api.results import Result
from selfinstruct.api.told import conditions, told_by
from selfinstruct.counts import counted
from selfinstruct.formats.selecting import Selection, pool_tasks
from selfinstruct.journal.lines import damaged, lines_of, read_line
from selfinstruct.pool import REJECTS, SEEDS, Manifest, Snapshot, look
from selfinstruct.seeds import load_seeds
from selfinstruct.tasks import Task


@dataclass(frozen=True, slots=True)
class Refused(Result):
    """A line of ``rejects.jsonl``.

    Attributes:
        text: The instruction, or the reply where none could be read.
        reason: Why it was refused: a value of :class:`selfinstruct.Reason`, unless a later version
            wrote it.
        detail: What a person needs to understand it.
        request: The number of the request that brought it.
    """

    text: str
    reason: str
    detail: Mapping[str, Any]
    request: int


class PoolView:
    """A pool as it stood when it was opened. Nothing is locked or written, so it may be growing.

    Where tasks are taken out meanwhile, open it again. ``len()`` is the number of its tasks.

    Attributes:
        folder: The pool's folder.
    """

    def __init__(self, folder: Path, snapshot: Snapshot) -> None:
        self.folder = folder
        self._snapshot = snapshot

    @property
    def manifest(self) -> Manifest:
        """What the pool was made with."""
        return self._snapshot.manifest

    def __len__(self) -> int:
        return self._snapshot.position.tasks

    def __repr__(self) -> str:
        return f"<PoolView {str(self.folder)!r}: {counted(len(self), 'task')}>"

    def tasks(
        self, where: str | Sequence[str] = (), judgements: str | Sequence[str] = ()
    ) -> Iterator[Task]:
        """The tasks, one at a time, in the order in which they were made.

        Args:
            where: Conditions such as ``recipe=alpaca`` or ``difficulty>=5``; all must hold.
            judgements: Names of judgings, whose questions are conditions too, such as
                ``output=yes``; tasks then have only the instances that meet them.

        Raises:
            SettingsError: One is no condition.
            PoolError: A line is damaged; file and line are named.
        """
        of_tasks, judged = conditions(texts_of(where), told_by(self.folder, texts_of(judgements)))
        language, chosen = self.manifest.language, Selection(judged=judged)
        found = itertools.islice(pool_tasks(self.folder, Selection()), len(self))
        met = (task for task in found if all(one.holds(task, language) for one in of_tasks))
        return (only for task in met if (only := _only(task, chosen.instances(task))) is not None)

    def rejects(self) -> Iterator[Refused]:
        """What was refused, one at a time.

        Raises:
            PoolError: A line is damaged; file and line are named.
        """
        path, size = self.folder / REJECTS, self._snapshot.position.rejects_bytes
        if size:
            for number, (_, line) in enumerate(lines_of(path, size), 1):
                yield _refused(path, number, line)

    def seeds(self) -> list[Task]:
        """The seed tasks that it grows from.

        Raises:
            SeedError: They cannot be read.
        """
        return load_seeds(self.folder / SEEDS)


def _only(task: Task, places: Sequence[int]) -> Task | None:
    """``task`` with the instances at ``places``; None without any."""
    if len(places) == len(task.instances):
        return task
    kept = tuple(task.instances[place] for place in places)
    return task.model_copy(update={"instances": kept}) if kept else None


def open_pool(pool: str | Path) -> PoolView:
    """A pool to look into: its tasks, its rejects, its seeds.

    Raises:
        PoolError: It is no pool, or a file of it is damaged.
    """
    folder = Path(pool)
    return PoolView(folder, look(folder))


def _refused(path: Path, number: int, line: bytes) -> Refused:
    row = read_line(path, number, line)
    try:
        return Refused(str(row["text"]), str(row["reason"]), dict(row["detail"]), row["request"])
    except (KeyError, TypeError, ValueError) as error:
        raise damaged(path, number) from error
