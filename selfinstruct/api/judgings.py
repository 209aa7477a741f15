"""The judgings of a pool at a glance: for ``status``, and for the card of an export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selfinstruct.api.results import Result, hidden
from selfinstruct.counts import counted
from selfinstruct.judging.job import Status
from selfinstruct.judging.manifest import RUBRIC, Manifest
from selfinstruct.judging.reading import judging_folder, judgings, rows, rubric_of
from selfinstruct.judging.summary import Summary, summarize


@dataclass(frozen=True, slots=True)
class JudgingAtAGlance(Result):
    """What one judging says.

    Attributes:
        name: What it is called.
        rubric: By which rubric.
        model: Who judged.
        judged: Items whose judgement was read.
        items: All of them.
        summary: Shares, means and controls.
    """

    name: str
    rubric: str
    model: str
    judged: int
    items: int
    summary: Summary = field(metadata=hidden())

    def row(self) -> dict[str, Any]:
        """See :class:`selfinstruct.api.results.Result`."""
        told = self.summary.row()
        more = {key: told[key] for key in ("good", "means", "controls")}
        return Result.row(self) | more | {"line": self.line()}

    def line(self) -> str:
        """The same in a line."""
        return f"by {self.model}, {counted(self.judged, 'item')}: {self.summary.line()}"


def at_a_glance(pool: Path, names: Sequence[str] | None = None) -> Iterator[JudgingAtAGlance]:
    """What the judgings ``names`` of ``pool`` say; of all that it has, where none are named.

    Raises:
        PoolError: There is none of that name, or a file is damaged.
    """
    for name in judgings(pool) if names is None else names:
        folder = judging_folder(pool, name)
        manifest = Manifest.read(folder)
        if manifest is None or not (folder / RUBRIC).exists():
            continue
        found = summarize(rows(folder), rubric_of(folder))
        read = found.statuses[Status.READ]
        yield JudgingAtAGlance(
            folder.name, manifest.rubric, manifest.model, read, found.items, found
        )
