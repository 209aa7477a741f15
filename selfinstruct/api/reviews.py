"""What people said, read back: for summaries, for agreement, and beside what a judge says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfinstruct.api.results import Result
from selfinstruct.counts import counted
from selfinstruct.reviewing.opinions import Current, Opinions, whole_rows
from selfinstruct.reviewing.votes import FOLDER, Row, path_of, read_rows, reviewers
from selfinstruct.rubrics import Rubric


@dataclass(frozen=True, slots=True)
class ReviewerAtAGlance(Result):
    """What one person did in a pool.

    Attributes:
        reviewer: Who.
        items: Items with an answer, by rubric.
        last_time: When the last vote was.
    """

    reviewer: str
    items: Mapping[str, int]
    last_time: str

    def line(self) -> str:
        """The same in a line."""
        said = ", ".join(
            f"{counted(count, 'item')}, {rubric}" for rubric, count in self.items.items()
        )
        return said or "nothing yet"


def reviewers_at_a_glance(pool: Path) -> Iterator[ReviewerAtAGlance]:
    """What people did in ``pool``.

    Raises:
        PoolError: A file is damaged.
    """
    folder = pool / FOLDER
    for reviewer in reviewers(folder):
        last = ""
        answered: dict[str, dict[tuple[str, str], set[str]]] = {}
        for row in read_rows(path_of(folder, reviewer)):
            last = row.time
            own = answered.setdefault(row.rubric, {}).setdefault((row.item, row.digest), set())
            if row.undo:
                own.discard(row.question)
            elif row.question:
                own.add(row.question)
        items = {rubric: sum(map(bool, found.values())) for rubric, found in answered.items()}
        yield ReviewerAtAGlance(reviewer, {name: n for name, n in items.items() if n}, last)


def votes_in(folder: Path, reviewer: str | None = None) -> dict[str, list[Row]]:
    """The rows of everybody, or of one reviewer, by name.

    Raises:
        PoolError: A file is damaged.
    """
    names = reviewers(folder) if reviewer is None else [reviewer]
    return {name: list(read_rows(path_of(folder, name))) for name in names}


def own_rows(
    votes: Mapping[str, Sequence[Row]], rubric: Rubric, current: Current | None
) -> dict[str, list[dict[str, Any]]]:
    """By reviewer, what each said of whole items before any judge's reason was shown."""
    return {
        name: whole_rows(Opinions(rubric, rows), rubric, current, own=True)
        for name, rows in votes.items()
    }
