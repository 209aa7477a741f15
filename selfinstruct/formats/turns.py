"""Questions of several turns, as benchmarks for chat have them: MT-bench, Vicuna-bench and others.

Each turn is a text that is asked; answers there are none, or references that not every row has.
"""

from __future__ import annotations

from selfinstruct.errors import UsageError
from selfinstruct.formats.base import Reading, Row, made
from selfinstruct.formats.flat import several
from selfinstruct.tasks import Instance, Task

FIELD = "turns"


class Turns:
    """The format."""

    name = "turns"

    def reads(self, row: Row) -> bool:
        """Whether the row has a list of texts."""
        turns = row.get(FIELD)
        return isinstance(turns, list) and all(isinstance(one, str) for one in turns)

    def unread(self, row: Row, how: Reading) -> list[str]:
        """All but the turns."""
        del how
        return [name for name in row if name != FIELD]

    def is_answered(self, row: Row) -> bool:
        """Never."""
        del row
        return False

    def tasks(self, row: Row, how: Reading) -> list[Task]:
        """A task without an answer for each turn."""
        if how.needs_answer:
            raise UsageError("questions of several turns have no answers")
        texts = [text for text in several(row[FIELD]) if isinstance(text, str) and text.strip()]
        if not texts:
            raise UsageError(f"{FIELD!r} is empty")
        return [made(text, [Instance(input="", output="")]) for text in texts]
