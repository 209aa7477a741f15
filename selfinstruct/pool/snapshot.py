"""A pool at a glance, read without the lock: a pool that is growing can be looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from selfinstruct.errors import PoolError
from selfinstruct.journal import LEDGER, StepCount, size_of, whole_lines
from selfinstruct.journal.step_counts import total
from selfinstruct.pool import removing
from selfinstruct.pool.agreement import EDITS
from selfinstruct.pool.ledger import Commit, Position, commits
from selfinstruct.pool.manifest import Manifest, read_manifest


class Spent(NamedTuple):
    """What one line of the ledger added, and what was used for it.

    Attributes:
        tasks: Tasks accepted.
        candidates: Tasks and rejects together; 0 where nothing was judged, as at a run's end.
        tokens: Of prompts and replies.
        cost_usd: Dollars; None where a price was unknown.
    """

    tasks: int
    candidates: int
    tokens: int
    cost_usd: float | None


@dataclass(slots=True)
class Snapshot:
    """A pool at a glance, as :func:`look` reads it without holding the lock.

    Attributes:
        manifest: What it was made with.
        position: Up to where it is committed.
        accepted: Tasks, over all runs.
        rejected: Rejects by reason, over all runs.
        steps: What calls used by step, over all runs.
        runs: Runs that ended in order.
        models: Teachers and models that answered.
        last_time: When the last commit was made.
        yields: Tasks, and tasks and rejects together, of each commit in order.
        spent: What each line of the ledger added and used, in order.
        edited: Up to where tasks were last imported or taken out, which stored replies do not make
            again; None where nothing was.
        whole: Whether the files are as long as the ledger says.
        unapplied: By teacher and model, the sampling fields that it did not take as meant.
    """

    manifest: Manifest
    position: Position
    accepted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    steps: dict[str, StepCount] = field(default_factory=dict)
    runs: int = 0
    models: list[str] = field(default_factory=list)
    last_time: str = ""
    yields: list[tuple[int, int]] = field(default_factory=list)
    spent: list[Spent] = field(default_factory=list)
    edited: Position | None = None
    whole: bool = True
    unapplied: dict[str, set[str]] = field(default_factory=dict)

    def take(self, commit: Commit) -> None:
        """Add one line of the ledger."""
        self.accepted += commit.accepted
        made = commit.accepted, commit.accepted + sum(commit.rejected.values())
        if commit.event == "commit":
            self.yields.append(made)
        if commit.stream is None:
            used = total(commit.steps)
            tokens = used.prompt_tokens + used.completion_tokens
            judged = made if commit.event == "commit" else (0, 0)
            self.spent.append(Spent(*judged, tokens, used.cost_usd))
        self.rejected.update(commit.rejected)
        for step, count in commit.steps.items():
            self.steps.setdefault(step, StepCount()).add(count)
        self.runs += commit.event == "run"
        name = f"{commit.teacher} {commit.model}".strip()
        if name and commit.stream is None and name not in self.models:
            self.models.append(name)
        if commit.unapplied:
            self.unapplied.setdefault(name, set()).update(commit.unapplied)
        if commit.stream is None and commit.event in EDITS:
            self.edited = commit.position
        self.position, self.last_time = commit.position, commit.time


def history(folder: Path) -> list[Commit]:
    """All lines of the pool's ledger.

    Raises:
        PoolError: A line is damaged.
    """
    ledger = folder / LEDGER
    return [commit for _, commit in commits(ledger, whole_lines(ledger))]


def look(folder: Path) -> Snapshot:
    """A pool at a glance, from its manifest and ledger; nothing is locked, cut or written.

    But a removal of tasks that was cut short is finished first, where nobody holds the pool.

    Raises:
        PoolError: It is no pool, or a file in it is damaged.
    """
    manifest = read_manifest(folder) if folder.is_dir() else None
    if manifest is None:
        raise PoolError(f"{folder}: is no pool (it has no manifest.json).")
    removing.settle(folder)
    snapshot = Snapshot(manifest, Position())
    ledger = folder / LEDGER
    for _, commit in commits(ledger, whole_lines(ledger)):
        snapshot.take(commit)
    position = snapshot.position
    sizes = {folder / name: extent.bytes for name, extent in position.extents.items()}
    snapshot.whole = all(size_of(path) >= size for path, size in sizes.items())
    return snapshot
