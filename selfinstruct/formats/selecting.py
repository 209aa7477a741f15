"""Which tasks and instances of a pool are taken: conditions, agreement, numbers, splits, order."""

from __future__ import annotations

import contextlib
import hashlib
import operator
import random
import re
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from selfinstruct.errors import PoolError, SettingsError
from selfinstruct.journal.lines import lines_of
from selfinstruct.pool import SEEDS, TASKS
from selfinstruct.tasks import Task

_CONDITION = re.compile(r"\s*([\w-]+)\s*(>=|<=|!=|=|>|<)\s*(.+?)\s*")
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
KEYS = ("recipe", "language", "classification", "difficulty", "skill", "teacher", "model")
_TRUTH = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_SEED = "seed"  # the recipe of tasks that people wrote


@dataclass(frozen=True, slots=True)
class Condition:
    """Such as ``difficulty>=5``: a key, a comparison, a value."""

    key: str
    sign: str
    value: str

    @classmethod
    def of(cls, said: str) -> Condition:
        """The condition ``said``.

        Raises:
            SettingsError: It is none.
        """
        found = _CONDITION.fullmatch(said)
        if not found or found.group(1) not in KEYS:
            raise SettingsError(
                f"--where {said!r} is no condition: write KEY=VALUE with one of {', '.join(KEYS)}; "
                "!=, >=, <=, > and < work too."
            )
        condition = cls(*found.groups())
        number = condition.key == "difficulty"
        if (number and not _is_number(condition.value)) or (
            condition.key == "classification" and condition.value.casefold() not in _TRUTH
        ):
            wanted = "a number" if number else "yes or no"
            raise SettingsError(f"--where {said!r}: {condition.key} takes {wanted}.")
        if not number and condition.sign not in {"=", "!="}:
            raise SettingsError(f"--where {said!r}: only difficulty can be compared like that.")
        return condition

    def holds(self, task: Task, language: str) -> bool:
        """Whether ``task``, of a pool in ``language``, meets it; what is not known does not."""
        value: Any = _value(task, self.key, language)
        wanted: Any = self.value.casefold()
        if self.key == "difficulty":
            value = float(value) if _is_number(str(value)) else None
            wanted = float(wanted)
        elif self.key == "classification":
            wanted = _TRUTH[wanted]
        elif value is not None:
            value = str(value).casefold()
        return self.sign == "!=" if value is None else _COMPARE[self.sign](value, wanted)


def _is_number(said: str) -> bool:
    return bool(re.fullmatch(r"\d+(\.\d+)?", said))


def _value(task: Task, key: str, language: str) -> object:
    came = task.provenance
    known: dict[str, Callable[[], object]] = {
        "recipe": lambda: came.recipe if came else _SEED,
        "teacher": lambda: came and came.teacher,
        "model": lambda: came and came.model,
        "language": lambda: (task.model_extra or {}).get("language", language),
        "classification": lambda: task.is_classification,
    }
    return known[key]() if key in known else (task.model_extra or {}).get(key)


@dataclass(frozen=True, slots=True)
class Selection:
    """What is taken; the fields are the options of the same names.

    Attributes:
        where: Conditions; all must hold.
        min_agreement: The least agreement of an instance's samples, in [0, 1]; an instance without
            such a figure is not taken. None for whatever.
        max_instances: The most instances of a task.
        include_seeds: Whether the pool's seed tasks are taken too.
        shuffle: Where the random order starts; None for the order of the pool.
    """

    where: Sequence[Condition] = ()
    min_agreement: float | None = None
    max_instances: int | None = None
    include_seeds: bool = False
    shuffle: int | None = None

    def instances(self, task: Task) -> list[int]:
        """The places of the instances of ``task`` that are taken."""
        places = range(len(task.instances))
        if self.min_agreement is not None:
            least = self.min_agreement
            places_ = [n for n in places if _agreement(task, n) >= least]
        else:
            places_ = list(places)
        return places_[: self.max_instances]


def _agreement(task: Task, number: int) -> float:
    found = (task.instances[number].model_extra or {}).get("agreement")
    return float(found) if isinstance(found, int | float) else -1.0


def pool_tasks(folder: Path, selection: Selection) -> Iterator[Task]:
    """The finished tasks of a pool, and its seeds before them where they are wanted.

    They are read one at a time; memory holds a number for each, however large the pool.

    Raises:
        PoolError: A line is damaged; file and line are named.
    """
    files = [folder / SEEDS] if selection.include_seeds else []
    files = [file for file in [*files, folder / TASKS] if file.exists()]
    if selection.shuffle is not None:
        yield from _shuffled(files, random.Random(selection.shuffle))
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


def _shuffled(files: Sequence[Path], rng: random.Random) -> Iterator[Task]:
    places: array[int] = array("Q")  # the place in a file, times the number of files, plus its own
    for which, file in enumerate(files):
        places.extend(offset * len(files) + which for offset, _ in lines_of(file))
    rng.shuffle(places)
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(_readable(file)) for file in files]
        for place in places:
            offset, which = divmod(place, len(files))
            opened[which].seek(offset)
            yield _task(files[which], 0, opened[which].readline())


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
        digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()
        point = int.from_bytes(digest[:8]) / 2**64
        for name, share in self.shares:
            if point < share:
                return name
            point -= share
        return self.shares[-1][0]
