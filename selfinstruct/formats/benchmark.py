"""Super-NaturalInstructions as a benchmark: its definition, worked examples, and what is asked.

An import takes all that a task file holds for instances of the task; whoever is tested on it is
shown the positive examples at most, and asked the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfinstruct.errors import UsageError
from selfinstruct.formats.base import Reading
from selfinstruct.formats.importing import files_of
from selfinstruct.formats.reading import Record, records
from selfinstruct.formats.superni import SuperNi
from selfinstruct.tasks import Instance, Task

_HALF = re.compile("[\ud800-\udfff]")
_LIST = "_tasks.txt"  # how the collection calls its lists of tasks


@dataclass(frozen=True, slots=True)
class TaskFile:
    """One task of the collection.

    Attributes:
        task: It, called like its file, with the instances that are asked.
        examples: Its positive examples.
        references: Of each instance, all the outputs that count as right.
        ids: Of each instance, the id that the collection gives it; "" where it gives none.
        category: The first of its categories; "" where it has none.
    """

    task: Task
    examples: Sequence[Instance]
    references: Sequence[tuple[str, ...]] = ()
    ids: Sequence[str] = ()
    category: str = ""


def is_benchmark(source: str) -> bool:
    """Whether ``source`` is a folder of task files, one of them, or a list of the collection.

    Raises:
        UsageError: Its first file cannot be read.
    """
    if source.endswith(_LIST):
        return True
    if source == "-" or not Path(source).exists():
        return False
    try:
        first = files_of(source)[0]
    except UsageError:  # whoever reads it in another form says what is wrong
        return False
    if not first.removesuffix(".gz").casefold().endswith(".json"):
        return False
    record = next(iter(records(first)), None)
    return record is not None and not record.flaw and SuperNi().reads(record.row)


def task_files(source: str, most: int) -> Iterator[TaskFile]:
    """The tasks of ``source``, each with its first ``most`` instances.

    Args:
        source: A folder of task files, one of them, or a list such as ``test_tasks.txt`` of the
            collection, which names files of the folder ``tasks`` beside ``splits``.
        most: How many instances of a task are asked at most.

    Raises:
        UsageError: A file cannot be read, or is no task file.
    """
    for file in _listed(Path(source)) if source.endswith(_LIST) else files_of(source):
        for record in records(file):
            if record.flaw or not SuperNi().reads(record.row):
                raise UsageError(record.flaw or f"{record.where}: is no task file.")
            yield _task_file(record, Path(file).name.partition(".")[0], most)


def _task_file(record: Record, name: str, most: int) -> TaskFile:
    row = _mended(record.row)
    definition, examples = row["Definition"], row.get("Positive Examples")
    if isinstance(definition, list):
        definition = definition[:1]

    def read(cases: object) -> Task:
        part = {"Positive Examples": [], "Instances": cases, "Definition": definition}
        return SuperNi().tasks({**row, **part}, Reading())[0]

    try:
        asked = row["Instances"]
        task = read(asked[:most] if isinstance(asked, list) else asked)
        shown = read(examples).instances if examples else ()
    except UsageError as error:
        raise UsageError(f"{record.where}: {error}.") from error
    cases = asked[: len(task.instances)] if isinstance(asked, list) else [asked]
    categories = row.get("Categories") or [""]
    return TaskFile(
        task.model_copy(update={"id": name}),
        shown,
        [_outputs(case) for case in cases],
        [str(case.get("id") or "") for case in cases],
        str(categories[0] if isinstance(categories, list) else categories),
    )


def _mended(value: Any) -> Any:
    """``value`` with each half of a surrogate pair replaced: no file and no request carries it.

    Collections cut texts by the character of other programs, in the middle of an emoji.
    """
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, list):
        return [_mended(one) for one in value]
    if isinstance(value, dict):
        return {key: _mended(one) for key, one in value.items()}
    return value


def _outputs(case: Mapping[str, Any]) -> tuple[str, ...]:
    found = case["output"]
    return tuple(map(str, found)) if isinstance(found, list) else (str(found),)


def _listed(path: Path) -> list[str]:
    """The files that a list names."""
    folder = path.parent.parent.parent / "tasks"
    try:
        names = path.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}.") from error
    missing = next((name for name in names if not (folder / f"{name}.json").is_file()), None)
    if missing is not None:
        raise UsageError(
            f"{path}: names {missing}, and there is no {folder / missing}.json. Such a list "
            "belongs into the folder splits/NAME beside tasks."
        )
    return [str(folder / f"{name}.json") for name in names]
