"""The rows of a judging read back, and as annotations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from selfinstruct.annotations import Annotation, Annotator, Target, Who
from selfinstruct.errors import PoolError
from selfinstruct.jsonl import read
from selfinstruct.judging.job import FILE, Status
from selfinstruct.judging.manifest import FOLDER, RUBRIC, Manifest
from selfinstruct.rubrics import NA, Rubric


def judging_folder(pool: Path, name: str) -> Path:
    """The folder of the judging ``name``: of that name in the pool, or the path of one.

    Raises:
        PoolError: There is none; those that there are are named.
    """
    inside = [pool / FOLDER / name] if pool.is_dir() else []
    for folder in (*inside, Path(name)):
        if Manifest.read(folder) is not None:
            return folder
    known = ", ".join(judgings(pool)) or "none"
    raise PoolError(f"{pool}: there is no judging {name!r}; there are: {known}. See judge.")


def judgings(pool: Path) -> list[str]:
    """The names of the judgings in a pool."""
    folder = pool / FOLDER
    return sorted(path.parent.name for path in folder.glob("*/manifest.json"))


def rubric_of(folder: Path) -> Rubric:
    """The rubric of the judging in ``folder``, of which it keeps a copy.

    Raises:
        PoolError: The copy is missing or damaged.
    """
    path = folder / RUBRIC
    try:
        return Rubric.model_validate_json(path.read_bytes())
    except OSError as error:
        raise PoolError(f"{path}: cannot be read: {error.strerror}. Judge again.") from error
    except ValidationError as error:
        raise PoolError(f"{path}: is damaged. Judge again, which asks nothing.") from error


def rows(folder: Path) -> Iterator[dict[str, Any]]:
    """The rows of the judging in ``folder``.

    Raises:
        PoolError: A line is damaged.
    """
    path = folder / FILE
    if path.exists():
        yield from (row for _, row in read(path))


def annotated(row: Mapping[str, Any], manifest: Manifest) -> Iterator[Annotation]:
    """What ``row`` says, an annotation for each question that was asked."""
    who = Annotator(
        kind=Who.MODEL, name=manifest.teacher, model=manifest.model, prompt=manifest.prompts
    )
    for question, value in row["answers"].items():
        if value != NA:
            yield Annotation(
                target=Target.of(row["item"]),
                rubric=manifest.rubric,
                question=question,
                value=tuple(value) if isinstance(value, list) else value,
                annotator=who,
                rationale=row.get("reason", ""),
            )


def is_read(row: Mapping[str, Any]) -> bool:
    """Whether ``row`` says something of an item, and is no control."""
    return row.get("status") == Status.READ and not row.get("control")
