"""``status``: a pool at a glance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfinstruct import recipes
from selfinstruct.api.batches import BatchAtAGlance, outstanding_in
from selfinstruct.api.judgings import JudgingAtAGlance, at_a_glance
from selfinstruct.api.results import Result, Usage
from selfinstruct.api.reviews import ReviewerAtAGlance, reviewers_at_a_glance
from selfinstruct.figures import evolution, last_failure, yield_curve
from selfinstruct.formats import records
from selfinstruct.pool import (
    REJECTS,
    TASKS,
    Disagreement,
    Snapshot,
    StepCount,
    disagreements,
    look,
)
from selfinstruct.recipes import SeedsAre
from selfinstruct.tasks import Reason


@dataclass(frozen=True, slots=True)
class StatusResult(Result):
    """A pool over all its runs.

    Attributes:
        pool: The pool's folder.
        recipe: Its recipe.
        language: Its language.
        tokenizer: What novelty is judged with.
        threshold: The ROUGE-L F1 from which an instruction is refused.
        seed: What its random numbers start from.
        models: The models that answered.
        unapplied: By model, the sampling fields that it did not take as they were meant.
        tasks: The tasks that it holds.
        instances: Their instances.
        rejects: What was refused.
        rejected: The same by reason, the commonest first.
        requests: The requests that were committed.
        usage: What all calls came to.
        steps: The same by step, as in the ledger.
        yield_curve: Tasks per 100 candidates over its life.
        runs: How many there were.
        last_time: When something was last written; None for never.
        last_failure: Why the last of the requests failed that did.
        evolution: Of evolved pools, what became of rounds and operations.
        judgements: What models said of its tasks, by judging.
        reviews: What people said of them, by reviewer.
        batches: Those that are outstanding, of it and of its judgings.
        damage: The files that are not what the ledger says: ``file``, ``what``, ``remedy``.
    """

    pool: Path
    recipe: str
    language: str
    tokenizer: str
    threshold: float
    seed: int
    models: Sequence[str]
    unapplied: Mapping[str, Sequence[str]]
    tasks: int
    instances: int
    rejects: int
    rejected: Mapping[str, int]
    requests: int
    usage: Usage
    steps: Mapping[str, Mapping[str, Any]]
    yield_curve: Sequence[Mapping[str, float]]
    runs: int
    last_time: str | None
    last_failure: str | None
    evolution: Mapping[str, Any] | None
    judgements: tuple[JudgingAtAGlance, ...] = ()
    reviews: tuple[ReviewerAtAGlance, ...] = ()
    batches: tuple[BatchAtAGlance, ...] = ()
    damage: Sequence[Mapping[str, str]] = ()

    def row(self) -> dict[str, Any]:
        """See :class:`selfinstruct.api.results.Result`; only evolved pools have an evolution.

        And only pools that were judged have judgements, those that people looked at reviews, and
        those that are bought by batches some that are outstanding.
        """
        row = Result.row(self)
        if not self.judgements:
            del row["judgements"]
        if not self.reviews:
            del row["reviews"]
        if not self.batches:
            del row["batches"]
        if self.evolution is None:
            del row["evolution"]
        return row


def status(pool: str | Path) -> StatusResult:
    """A pool at a glance; nothing is locked or written, so it may be growing.

    Raises:
        PoolError: It is no pool, or a file of it is damaged.
    """
    folder = Path(pool)
    snapshot, damage = _looked(folder)
    manifest, at = snapshot.manifest, snapshot.position
    return StatusResult(
        pool=folder,
        recipe=manifest.recipe,
        language=manifest.language,
        tokenizer=manifest.tokenizer,
        threshold=manifest.threshold,
        seed=manifest.seed,
        models=snapshot.models,
        unapplied={model: sorted(names) for model, names in snapshot.unapplied.items()},
        tasks=at.tasks,
        instances=at.instances,
        rejects=at.rejects,
        rejected=dict(snapshot.rejected.most_common()),
        requests=at.request,
        usage=_usage(snapshot),
        steps={step: count.model_dump() for step, count in snapshot.steps.items()},
        yield_curve=yield_curve(snapshot.yields),
        runs=snapshot.runs,
        last_time=snapshot.last_time or None,
        last_failure=_failure(folder, snapshot),
        evolution=_evolution(folder, manifest.recipe),
        judgements=tuple(at_a_glance(folder)),
        reviews=tuple(reviewers_at_a_glance(folder)),
        batches=tuple(outstanding_in(folder)),
        damage=[{"file": one.path.name, "what": one.what, "remedy": one.remedy} for one in damage],
    )


def _looked(folder: Path) -> tuple[Snapshot, list[Disagreement]]:
    """The pool at a glance, and which of its files are not what the ledger says."""
    snapshot = look(folder)
    if not (damage := list(disagreements(folder, snapshot.position, snapshot.edited))):
        return snapshot, damage
    # Perhaps tasks were taken out just between the two looks.
    snapshot = look(folder)
    return snapshot, list(disagreements(folder, snapshot.position, snapshot.edited))


def _usage(snapshot: Snapshot) -> Usage:
    together = StepCount()
    for count in snapshot.steps.values():
        together.add(count)
    return Usage.of(together)


def _failure(folder: Path, snapshot: Snapshot) -> str | None:
    failed = snapshot.rejected.get(Reason.REQUEST_FAILED, 0)
    return last_failure(_rows(folder / REJECTS)) if failed else None


def _evolution(folder: Path, recipe: str) -> Mapping[str, Any] | None:
    kind = recipes.known(recipe)
    if kind is None or kind.seeds is not SeedsAre.SOURCES:
        return None
    return evolution(_rows(folder / TASKS), _rows(folder / REJECTS))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    # A run may be writing its last line just now; what else is wrong, `validate` names.
    if not path.exists():
        return iter(())
    told_in = "detail" if path.name == REJECTS else "provenance"
    found = (record.row for record in records(str(path)) if not record.flaw)
    return (row for row in found if isinstance(row.get(told_in), dict))
