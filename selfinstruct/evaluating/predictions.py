"""What models answered: folders of ``answer``, Tk-Instruct's rows, plain rows, or any set."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from selfinstruct.answering.job import Finish
from selfinstruct.answering.reading import answers, is_answers
from selfinstruct.comparing.contests import Given
from selfinstruct.errors import UsageError
from selfinstruct.evaluating.cases import Predictions
from selfinstruct.formats.reading import Record, records
from selfinstruct.formats.sources import tasks_of
from selfinstruct.tasks import Task

_SURE = ("prediction", "Prediction")
_TEXTS = (*_SURE, "output", "response", "answer", "completion")
"""Where a row's answer may stand, in this order."""

_INSTANCE = "Instance"  # where Tk-Instruct's rows hold the id
_ASKED = ("instruction", "instances", "messages", "conversations")  # what rows with prompts have
_OF_ANSWER = {"item", "output", "finish", "as"}  # what a line of ``answers.jsonl`` has

Found = tuple[str, str, str]
"""An id, its answer, and the digest of what was asked; "" where nobody knows that."""


def predictions_of(source: str, tasks: Iterable[Task] | None = None) -> Predictions:
    """The answers in ``source``.

    Args:
        source: A folder of ``answer``, or its ``answers.jsonl``, or another file: rows of
            Tk-Instruct (``Task``, ``Instance``, ``Prediction``), rows with ``id`` and
            ``prediction``, ``output`` or ``response``, or any set that an import reads, whose
            outputs are the answers.
        tasks: The tasks, where they are read already: those of a pool.

    Raises:
        UsageError: It cannot be read, or a row has no answer or no id.
    """
    path = Path(source)
    name = (path.name if path.is_dir() else Path(path.name.removesuffix(".gz")).stem) or source
    if tasks is not None:
        return _gathered(name, source, _of_tasks(tasks))
    if source != "-" and is_answers(path):
        return _of_answers(path.name, source, answers(path))
    if path.is_dir():
        return _gathered(name, source, _of_tasks(tasks_of(source)))
    rows = records(source)
    first = next(rows, None)
    if first is None:
        raise UsageError(f"{source}: holds no answers.")
    whole = itertools.chain([first], rows)
    if first.row.keys() >= _OF_ANSWER:
        return _of_answers(name, source, (_sound(one).row for one in whole))
    if source == "-" or first.flaw or _id_of(first.row) is not None:
        return _gathered(name, source, (_of_row(one) for one in whole))
    return _gathered(name, source, _of_tasks(tasks_of(source)))


def apart(several: Sequence[Predictions]) -> list[Predictions]:
    """The same, where one name stands for several, told apart by their places."""
    found: dict[str, Predictions] = {}
    for place, one in enumerate(several, 1):
        name = one.name
        while name in found:
            name = f"{name}-{place}"
        found[name] = replace(one, name=name)
    return list(found.values())


def _of_answers(name: str, source: str, rows: Iterable[Mapping[str, Any]]) -> Predictions:
    texts: dict[str, list[str]] = {}
    prompts: dict[str, str] = {}
    ended: dict[Finish, dict[str, None]] = {Finish.FAILED: {}, Finish.LENGTH: {}}
    try:
        for row in rows:
            name, item = str(row["as"]), str(row["item"])
            if row["finish"] in ended:
                ended[row["finish"]][item] = None
            if row["finish"] != Finish.FAILED:
                texts.setdefault(item, []).append(str(row["output"]))
                prompts[item] = Given(str(row["instruction"]), str(row["input"]), "").prompt
    except KeyError as error:
        raise UsageError(f"{source}: a line has no {error}. Answer again.") from error
    failed, cut_off = map(tuple, ended.values())
    return Predictions(name, source, texts, failed=failed, cut_off=cut_off, prompts=prompts)


def _gathered(name: str, source: str, found: Iterable[Found]) -> Predictions:
    texts: dict[str, list[str]] = {}
    prompts: dict[str, str] = {}
    doubled: list[str] = []
    for identity, text, prompt in found:
        if identity in texts:
            doubled.append(identity)
            continue
        texts[identity] = [text]
        if prompt:
            prompts[identity] = prompt
    if not texts:
        raise UsageError(f"{source}: holds no answers.")
    return Predictions(name, source, texts, list(dict.fromkeys(doubled)), prompts=prompts)


def _of_tasks(tasks: Iterable[Task]) -> Iterator[Found]:
    for task in tasks:
        for place, one in enumerate(task.instances):
            if one.output.strip():
                prompt = Given(task.instruction, one.input, "").prompt
                yield f"{task.id}#{place}", one.output, prompt


def _id_of(row: Mapping[str, Any]) -> object:
    """The id of a row whose own text is the answer; None where it is a row of another kind."""
    if not any(key in row for key in _TEXTS):
        return None
    if isinstance(inner := row.get(_INSTANCE), dict):
        return inner.get("id")
    is_set = not any(key in row for key in _SURE) and any(key in row for key in _ASKED)
    return None if is_set else row.get("id")


def _sound(record: Record) -> Record:
    if record.flaw:
        raise UsageError(record.flaw)
    return record


def _of_row(record: Record) -> Found:
    row = _sound(record).row
    identity = _id_of(row)
    text = next((row[key] for key in _TEXTS if key in row), None)
    if isinstance(text, list) and text:
        text = text[0]
    if identity is None or not isinstance(text, str):
        raise UsageError(
            f"{record.where}: a prediction needs an id and a text under one of {', '.join(_TEXTS)}."
        )
    return str(identity), text, ""
