"""The answers that are compared: of a set that ``answer`` made, or of any data set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from selfinstruct.annotations import DIFFICULTY, SKILL
from selfinstruct.answering.reading import answers, is_answers
from selfinstruct.comparing.contests import Given
from selfinstruct.errors import SettingsError
from selfinstruct.formats.sources import tasks_of
from selfinstruct.tasks import Task

_SAMPLES = "samples"  # the key of an instance that holds all its answers


def given(source: str) -> tuple[str, list[Given]]:
    """The answers in ``source``, and what they are called.

    Raises:
        UsageError: It cannot be read, or holds no answer.
    """
    path = Path(source)
    if source != "-" and is_answers(path):
        rows = list(answers(path))
        found = [
            Given(
                row["instruction"],
                row["input"],
                row["output"],
                row["finish"] == "length",
                int(row["sample"]),
            )
            for row in rows
            if row["output"].strip()
        ]
        name = str(rows[0]["as"]) if rows else path.name
    else:
        name = path.name.split(".")[0] or path.name
        found = [one for task in tasks_of(source) for one in _of_task(task)]
    if not found:
        raise SettingsError(f"{source}: holds no answers.")
    return name, found


def named(sources: Sequence[str]) -> dict[str, list[Given]]:
    """The answers of each source, by name; sources of one name are told apart by their place.

    Raises:
        UsageError: One cannot be read, or is named twice.
    """
    if len(set(sources)) < len(sources):
        raise SettingsError("A source is named twice: a contestant cannot meet itself.")
    found: dict[str, list[Given]] = {}
    for place, source in enumerate(sources, 1):
        name, own = given(source)
        found[name if name not in found else f"{name}-{place}"] = own
    return found


def _of_task(task: Task) -> Iterator[Given]:
    extra = task.model_extra or {}
    groups = {key: str(extra[key]) for key in (SKILL, DIFFICULTY) if extra.get(key) is not None}
    for case in task.instances:
        several = (case.model_extra or {}).get(_SAMPLES)
        texts = several if isinstance(several, list) else [case.output]
        for number, text in enumerate(texts):
            if isinstance(text, str) and text.strip():
                yield Given(task.instruction, case.input, text, sample=number, groups=groups)
