"""What judgings say of the instances of a pool, by the keys that conditions use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from selfinstruct.formats.conditions import KEYS, Condition, Judged, Told
from selfinstruct.judging.reading import is_read, judging_folder, rows, rubric_of
from selfinstruct.judging.summary import whole
from selfinstruct.rubrics.rubric import ALL


def told_by(pool: Path, names: Sequence[str]) -> dict[str, Told]:
    """What the judgings ``names`` of ``pool`` say.

    Returns:
        By the key of a question, or ``all``, what was answered. Where several judgings ask
        something of one name, and for whoever wants to be exact, the keys are ``NAME:KEY``.

    Raises:
        PoolError: There is no such judging, or a file of it is damaged.
    """
    found: dict[str, Told] = {}
    seen: dict[str, int] = {}
    for name in names:
        folder = judging_folder(pool, name)
        rubric = rubric_of(folder)
        read = [row for row in rows(folder) if is_read(row)]
        own = {
            question.key: Told(question, _values(read, question.key))
            for question in rubric.questions
        }
        if rubric.all is not None:
            verdicts = {
                row["item"]: (row["digest"], "yes" if good else "no")
                for row in read
                if (good := whole(row, rubric)) is not None
            }
            own[ALL] = Told(None, verdicts)
        for key, one in own.items():
            seen[key] = seen.get(key, 0) + 1
            found[key] = found[f"{folder.name}:{key}"] = one
    return {key: one for key, one in found.items() if seen.get(key, 1) == 1 and key not in KEYS}


def conditions(
    where: Sequence[str], told: Mapping[str, Told]
) -> tuple[list[Condition], list[Judged]]:
    """The conditions in ``where``: those on tasks, and those on what was said of instances.

    Raises:
        SettingsError: One is none.
    """
    of_tasks: list[Condition] = []
    of_instances: list[Judged] = []
    for said in where:
        judged = Judged.of(said, told)
        if judged is None:
            of_tasks.append(Condition.of(said))
        else:
            of_instances.append(judged)
    return of_tasks, of_instances


def _values(read: Sequence[Mapping[str, Any]], key: str) -> dict[str, tuple[str, Any]]:
    return {
        row["item"]: (row["digest"], row["answers"][key]) for row in read if key in row["answers"]
    }
