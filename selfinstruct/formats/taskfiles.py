"""A folder of Super-NaturalInstructions task files, laid out as the collection is.

``tasks/`` holds a file for each task, ``splits/default/`` the names of those in each split.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from selfinstruct import jsonl
from selfinstruct.formats.reading import records
from selfinstruct.formats.superni import EXPLANATIONS, SuperNi
from selfinstruct.tasks import Reason, Task

_MOST_NEGATIVE = 2


class TaskFolder:
    """The folder being written.

    Args:
        folder: It.
        form: The format.
        lists: Of each split the path of the list of its tasks.
        rejects: The pool's refused rows, for negative examples.
    """

    def __init__(
        self, folder: Path, form: SuperNi, lists: Mapping[str, str], rejects: Path
    ) -> None:
        self._folder = folder
        self._form = form
        self._lists = lists
        self._negative = _negative(rejects)
        self._names: dict[str, list[str]] = {split: [] for split in lists}
        self._count = 0
        (folder / "tasks").mkdir()

    def write(self, task: Task, places: list[int], split: str) -> None:
        """Write the file of one task."""
        self._count += 1
        name = self._form.file_name(self._count, task)
        instances = [task.instances[place] for place in places]
        content = self._form.file(task, instances, self._negative.get(task.instruction, []))
        text = json.dumps(content, ensure_ascii=False, indent=4) + "\n"
        # The folder as a whole appears at once, so its files need not each be made durable.
        with jsonl.refusals(file := self._folder / "tasks" / name):
            file.write_text(text, encoding="utf-8")
        self._names[split].append(name.removesuffix(".json"))

    def end(self) -> None:
        """Write the lists of names."""
        for split, path in self._lists.items():
            file = self._folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            jsonl.write_whole(file, "".join(f"{name}\n" for name in self._names[split]))


def _negative(rejects: Path) -> Mapping[str, list[dict[str, str]]]:
    """By instruction, refused instances that teach something, at most two each."""
    found: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    if not rejects.exists():
        return found
    for record in records(str(rejects)):
        text = str(record.row.get("text"))
        if (case := _case(record.row)) and len(found[text]) < _MOST_NEGATIVE:
            found[text].append(case)
    return found


def _case(row: Mapping[str, Any]) -> dict[str, str] | None:
    detail, reason = row.get("detail"), row.get("reason")
    if not isinstance(reason, str) or not isinstance(detail, dict):
        return None
    if reason not in set(EXPLANATIONS):
        return None
    given, output = detail.get("input"), detail.get("output")
    if not isinstance(given, str) or not isinstance(output, str):
        return None
    return {"input": given, "output": output, "explanation": EXPLANATIONS[Reason(reason)]}
