"""What models answered: folders of ``answer``, Tk-Instruct's rows, plain rows, or any set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from selfinstruct.answering.job import Finish
from selfinstruct.answering.reading import answers, is_answers
from selfinstruct.errors import UsageError
from selfinstruct.evaluating.cases import Predictions
from selfinstruct.formats.reading import Record, records
from selfinstruct.formats.sources import tasks_of
from selfinstruct.tasks import Task

_TEXTS = ("prediction", "Prediction", "output", "response", "answer", "completion")
"""Where a row's answer may stand, in this order."""

_INSTANCE = "Instance"  # where Tk-Instruct's rows hold the id


def predictions_of(source: str, tasks: Iterable[Task] | None = None) -> Predictions:
    """The answers in ``source``.

    Args:
        source: A folder of ``answer``, or a file: rows of Tk-Instruct (``Task``, ``Instance``,
            ``Prediction``), rows with ``id`` and ``prediction``, ``output`` or ``response``, or
            any set that an import reads, whose outputs are the answers.
        tasks: The tasks, where they are read already: those of a pool.

    Raises:
        UsageError: It cannot be read, or a row has no answer or no id.
    """
    path = Path(source)
    name = path.name.split(".")[0] or path.name or source
    if tasks is not None:
        return _gathered(name, source, _of_tasks(tasks))
    if source != "-" and is_answers(path):
        return _of_answers(path)
    if path.is_dir() or not _has_ids(source):
        return _gathered(name, source, _of_tasks(tasks_of(source)))
    return _gathered(name, source, (_of_row(record) for record in records(source)))


def _of_answers(folder: Path) -> Predictions:
    texts: dict[str, list[str]] = {}
    failed: list[str] = []
    name = folder.name
    for row in answers(folder):
        name = str(row["as"])
        if row["finish"] == Finish.FAILED:
            failed.append(str(row["item"]))
        else:
            texts.setdefault(str(row["item"]), []).append(str(row["output"]))
    return Predictions(name, str(folder), texts, failed=list(dict.fromkeys(failed)))


def _gathered(name: str, source: str, found: Iterable[tuple[str, str]]) -> Predictions:
    texts: dict[str, list[str]] = {}
    doubled: list[str] = []
    for identity, text in found:
        if identity in texts:
            doubled.append(identity)
        else:
            texts[identity] = [text]
    if not texts:
        raise UsageError(f"{source}: holds no answers.")
    return Predictions(name, source, texts, list(dict.fromkeys(doubled)))


def _of_tasks(tasks: Iterable[Task]) -> Iterator[tuple[str, str]]:
    for task in tasks:
        for place, one in enumerate(task.instances):
            yield f"{task.id}#{place}", one.output


def _has_ids(source: str) -> bool:
    record = next(iter(records(source)), None)
    return record is not None and not record.flaw and _id_of(record.row) is not None


def _id_of(row: dict[str, Any]) -> object:
    """The id of a row whose own text is the answer; None where it is a row of another kind."""
    if isinstance(inner := row.get(_INSTANCE), dict) and any(key in row for key in _TEXTS):
        return inner.get("id")
    is_task = any(key in row for key in ("instruction", "instances", "messages", "conversations"))
    return None if is_task or not any(key in row for key in _TEXTS) else row.get("id")


def _of_row(record: Record) -> tuple[str, str]:
    if record.flaw:
        raise UsageError(record.flaw)
    identity = _id_of(record.row)
    text = next((record.row[key] for key in _TEXTS if key in record.row), None)
    if isinstance(text, list) and text:
        text = text[0]
    if identity is None or not isinstance(text, str):
        raise UsageError(
            f"{record.where}: a prediction needs an id and a text under one of "
            f"{', '.join(_TEXTS)}."
        )
    return str(identity), text
