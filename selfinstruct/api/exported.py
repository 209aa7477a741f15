"""What an export came to, and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from selfinstruct.api.results import Result, hidden


@dataclass(frozen=True, slots=True)
class ExportResult(Result):
    """What an export came to.

    Attributes:
        pool: The pool's folder, or the comparison's.
        format: The format.
        output: The file or folder that was named.
        tasks: The tasks that were taken; of a comparison, the prompts.
        rows: The rows that were written.
        splits: Rows by split.
        left_out: What was not taken, by why.
        lengths: Of each field, words and characters.
        files: What was written; of a folder of task files, that folder.
        card: The card; None where rows went straight into a stream.
        config: The settings for a trainer, if any were wanted.
        license: As given; None where nobody said.
        seconds: How long it took.
        is_stream: Whether rows went straight into a stream, with nothing beside them.
        is_comparison: Whether it is a comparison that was exported.
    """

    pool: Path
    format: str
    output: Path
    tasks: int
    rows: int
    splits: Mapping[str, int]
    left_out: Mapping[str, int]
    lengths: Mapping[str, Mapping[str, float]]
    files: tuple[Path, ...]
    card: Path | None
    config: Path | None
    license: str | None
    seconds: float
    is_stream: bool = field(default=False, metadata=hidden())
    is_comparison: bool = field(default=False, metadata=hidden())


@dataclass(slots=True)
class Seen:
    """How many tasks of a pool, or prompts of a comparison, have been looked at.

    Attributes:
        whole: How many there are; 0 where nobody knows.
        noun: What they are.
        count: How many have been.
    """

    whole: int
    noun: str = "tasks"
    count: int = 0

    def step(self, show: Callable[[Callable[[], str]], None]) -> None:
        """Count one more, and say so by ``show``."""
        self.count += 1
        show(self._said)

    def _said(self) -> str:
        share = f" ({min(1.0, self.count / self.whole):.0%})" if self.whole else ""
        return f"{self.count:,} {self.noun} written{share}"
