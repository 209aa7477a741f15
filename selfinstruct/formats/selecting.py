"""Which tasks and instances of a pool are taken: conditions, agreement, numbers, splits, order."""

from __future__ import annotations

import contextlib
import hashlib
import random
import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from selfinstruct.annotations import AGREEMENT, of_task
from selfinstruct.counts import counted
from selfinstruct.errors import PoolError, SettingsError, UsageError
from selfinstruct.formats.chosen import Chosen
from selfinstruct.formats.conditions import Condition, Judged
from selfinstruct.journal.lines import lines_of
from selfinstruct.judging.items import subject
from selfinstruct.pool import SEEDS, TASKS
from selfinstruct.tasks import Task


@dataclass(frozen=True, slots=True)
class Selection:
    """What is taken; the fields are the options of the same names.

    Attributes:
        where: Conditions on tasks; all must hold.
        judged: Conditions on what was said of instances; likewise.
        min_agreement: The least agreement of an instance's samples, in [0, 1]; an instance without
            such a figure is not taken. None for whatever.
        max_instances: The most instances of a task.
        include_seeds: Whether the pool's seed tasks are taken too.
        shuffle: Where the random order starts; None for the order of the pool.
        only: The tasks of the pool that are taken at all, and their order; None for all of them.
    """

    where: Sequence[Condition] = ()
    judged: Sequence[Judged] = ()
    min_agreement: float | None = None
    max_instances: int | None = None
    include_seeds: bool = False
    shuffle: int | None = None
    only: Chosen | None = None

    def instances(self, task: Task) -> list[int]:
        """The places of the instances of ``task`` that are taken."""
        places = list(range(len(task.instances)))
        if self.min_agreement is not None:
            least = self.min_agreement
            places = [n for n in places if _agreement(task, n) >= least]
        places = [n for n in places if all(one.holds(task, n) for one in self.judged)]
        return places[: self.max_instances]

    def is_unjudged(self, task: Task) -> bool:
        """Whether what is wanted to have been said was said of no instance of ``task``."""
        places = range(len(task.instances))
        return any(
            all(one.told.about(subject(task, n)) is None for n in places) for one in self.judged
        )


def _agreement(task: Task, number: int) -> float:
    said = (one for one in of_task(task) if one.target.instance == number)
    found = next((one.value for one in said if one.question == AGREEMENT), None)
    return float(found) if isinstance(found, int | float) else -1.0


def pool_tasks(
    folder: Path, selection: Selection, left_out: Counter[str] | None = None
) -> Iterator[Task]:
    """The finished tasks of a pool, and its seeds before them where they are wanted.

    They are read one at a time; memory holds a number for each, however large the pool.

    Args:
        folder: The pool.
        selection: Which are taken, and in which order; conditions are the caller's.
        left_out: Where those are counted that were not chosen before.

    Raises:
        PoolError: A line is damaged; file and line are named.
        UsageError: None of those that were chosen before is there.
    """
    files = [folder / SEEDS] if selection.include_seeds else []
    files = [file for file in [*files, folder / TASKS] if file.exists()]
    if selection.shuffle is not None or selection.only is not None:
        yield from _ordered(files, selection, Counter() if left_out is None else left_out)
        return
    for file in files:
        for number, (_, line) in enumerate(lines_of(file), 1):
            yield _task(file, number, line)


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[IO[bytes]]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as error:
        raise PoolError(f"{path}: cannot be read: {error.strerror}.") from error


def _ordered(files: Sequence[Path], selection: Selection, left_out: Counter[str]) -> Iterator[Task]:
    """The tasks in ``files`` in another order than they stand there."""
    places: array[int] = array("Q")  # the place in a file, times the number of files, plus its own
    for which, file in enumerate(files):
        only = selection.only if file.name == TASKS else None
        found = lines_of(file) if only is None else _chosen(file, only, left_out)
        places.extend(offset * len(files) + which for offset, _ in found)
    if selection.shuffle is not None:
        random.Random(selection.shuffle).shuffle(places)
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(_readable(file)) for file in files]
        for place in places:
            offset, which = divmod(place, len(files))
            opened[which].seek(offset)
            yield _task(files[which], 0, opened[which].readline())


def _chosen(file: Path, only: Chosen, left_out: Counter[str]) -> list[tuple[int, bytes]]:
    """The places of the lines of those tasks that were chosen, in the order of the choice."""
    found: dict[int, int] = {}
    for number, (offset, line) in enumerate(lines_of(file), 1):
        rank = only.ranks.get(_task(file, number, line).id)
        if rank is None:
            left_out["not_selected"] += 1
        else:
            found[rank] = offset
    if not found:
        raise UsageError(
            f"{file.parent}: holds none of the {counted(len(only.ranks), 'task')} that "
            f"{only.said} names. Was it chosen from another pool?"
        )
    if missing := len(only.ranks) - len(found):
        left_out["not_in_the_pool"] += missing
    return [(found[rank], b"") for rank in sorted(found)]


def _task(path: Path, number: int, line: bytes) -> Task:
    try:
        return Task.model_validate_json(line)
    except ValidationError as error:
        where = f"{path}:{number}" if number else str(path)
        raise PoolError(f"{where}: a line is no task. Restore the file from a copy.") from error


@dataclass(frozen=True, slots=True)
class Splits:
    """Named shares that add up to 1, such as train 0.9 and test 0.1.

    A task's split depends on its instruction alone: it never straddles, and as the pool grows no
    task moves.
    """

    shares: tuple[tuple[str, float], ...]

    @classmethod
    def of(cls, said: str) -> Splits:
        """The splits of ``train=0.9,test=0.1``.

        Raises:
            SettingsError: A share is no number, a name stands twice, or they do not add up to 1.
        """
        shares = []
        for part in said.split(","):
            name, _, share = part.strip().partition("=")
            if not re.fullmatch(r"\w+", name) or not re.fullmatch(r"0?\.\d+|[01](\.0*)?", share):
                raise SettingsError(
                    f"--split {said!r}: {part.strip()!r} is no share; write train=0.9,test=0.1."
                )
            shares.append((name, float(share)))
        if len({name for name, _ in shares}) < len(shares):
            raise SettingsError(f"--split {said!r}: a name stands there twice.")
        if abs(sum(share for _, share in shares) - 1) > 1e-9:
            raise SettingsError(f"--split {said!r}: the shares must add up to 1.")
        return cls(tuple(shares))

    @property
    def names(self) -> list[str]:
        """The names, in the order given."""
        return [name for name, _ in self.shares]

    def name_of(self, task: Task) -> str:
        """The split that ``task`` belongs to."""
        text = task.instruction
        if task.provenance and task.provenance.lineage.judges_input:
            text = f"{text}\n{task.instances[0].input}"  # tasks that share one instruction
        return self.name_at(text)

    def name_at(self, text: str) -> str:
        """The split of whatever goes by ``text``."""
        digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()
        point = int.from_bytes(digest[:8]) / 2**64
        for name, share in self.shares:
            if point < share:
                return name
            point -= share
        return self.shares[-1][0]
