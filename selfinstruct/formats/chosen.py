"""The tasks that a file names, in its order: what ``select`` wrote, or a list made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from selfinstruct.errors import UsageError
from selfinstruct.formats.reading import records


@dataclass(frozen=True, slots=True)
class Chosen:
    """Tasks that were chosen before.

    Attributes:
        said: The file that names them.
        ranks: By id, the place in that file, from 0.
    """

    said: str
    ranks: Mapping[str, int]

    @classmethod
    def of(cls, path: str) -> Chosen:
        """What ``path`` names.

        Raises:
            UsageError: It cannot be read, a record has no id, or it names nothing.
        """
        found: dict[str, int] = {}
        for record in records(path):
            if record.flaw:
                raise UsageError(record.flaw)
            name = record.row.get("id")
            if not isinstance(name, str) or not name:
                raise UsageError(
                    f"{record.where}: has no id. --only takes the file that selfinstruct select "
                    'writes, or lines of {"id": "task_…"}.'
                )
            found.setdefault(name, len(found))
        if not found:
            raise UsageError(f"{path}: names no tasks, so nothing could be exported.")
        return cls(path, found)
