"""Tasks from elsewhere, taken into a pool: through its rules and its novelty, asking nobody.

An imported task counts as made just before the request that comes next, so requests drawn from now
on may show it, while those already asked (their replies are paid for) stay what they were.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from selfinstruct import jsonl, lineage
from selfinstruct.bootstrap.recipe import Recipe
from selfinstruct.filters import NoveltyRule, Soundness, valid_instances
from selfinstruct.journal import rows_of
from selfinstruct.parsing import collapse, excerpt
from selfinstruct.pool import IMPORTED, REJECTS, Pool, Position
from selfinstruct.tasks import Candidate, Instance, Provenance, Reason, Reject, Task, task_id

RECIPE = "import"
_CHUNK = 1000  # tasks a commit
_MOST = 64  # instances of an imported task that are looked at; gains level off there


class Intake:
    """Takes tasks into one pool.

    Args:
        pool: The open pool.
        seeds: Its seed tasks.
        recipe: The pool's.
        novelty: The novelty rule, with nothing kept yet; it is filled from seeds and pool.
        filtered: Whether rules and novelty are asked; else only the form is checked.

    Attributes:
        accepted: Tasks taken in.
        instances: Their instances.
        rejected: Refused tasks and instances, by reason.
        present: Tasks that the pool held already, from an earlier import or otherwise.
    """

    def __init__(
        self,
        pool: Pool,
        seeds: Sequence[Task],
        recipe: Recipe,
        novelty: NoveltyRule,
        *,
        filtered: bool,
        sound: Soundness | None = None,
    ) -> None:
        self._pool = pool
        self._recipe = recipe
        self._novelty = novelty
        self._filtered = filtered
        self._sound = sound
        self._tasks: list[Task] = []
        self._rejects: list[tuple[int, int, Reject]] = []
        self.accepted = 0
        self.instances = 0
        self.rejected: Counter[str] = Counter()
        self.present = 0
        self._written = Counter(_refused_before(pool))
        # Imported tasks so far, those that were taken out again among them.
        self._order = sum(item.candidate == IMPORTED for item in pool.accepted())
        self._ids = {item.task_id for item in pool.accepted() if item.row >= 0} - {None}
        novelty.keep_many([text for seed in seeds for text in recipe.known(seed)])
        novelty.keep_many([item.instruction for item in pool.accepted() if not item.again])
        # A pool of examples of one task judges their inputs; each example is a task of its own.
        self._instruction = next(
            (seed.instruction for seed in seeds if recipe.known(seed) != [seed.instruction]), None
        )
        if pool.position == Position():
            # Else a pool that is killed in its first commit holds tasks of which no ledger tells,
            # and nothing but the input makes them again: it would be taken for a damaged one.
            self._commit()

    def take(self, task: Task, **source: Any) -> None:
        """Judge ``task`` and take it in, or write down why not.

        Args:
            task: As it was read.
            source: Where it comes from, for its provenance or its refusal.
        """
        if self._instruction is None:
            self._take(task, None, source)
        elif task.instruction != self._instruction:
            detail = {"wanted": self._instruction} | source
            self.refuse(task.instruction, Reason.OTHER_TASK, detail)
        else:
            for case in task.instances:
                self._take(task.model_copy(update={"instances": (case,)}), case.input, source)

    def refuse(self, text: str, reason: Reason, detail: dict[str, Any]) -> None:
        """Write down what was not taken in, and why; once, however often a file is imported."""
        self.rejected[reason.value] += 1
        reject = Reject(excerpt(text), reason, detail)
        if self._written[key := _key(reject.row(0))]:
            self._written[key] -= 1
            return
        self._rejects.append((self._pool.position.request, IMPORTED, reject))
        self._commit_if_many()

    def close(self) -> None:
        """Commit what is left, and make everything durable."""
        self._commit()
        self._pool.sync()

    def _take(self, task: Task, judged: str | None, source: dict[str, Any]) -> None:
        text = collapse(task.instruction if judged is None else judged)
        cases = task.instances
        if self._filtered:
            judge = self._sound.judge(task.instruction) if self._sound else None
            cases, flawed = valid_instances(task.instruction, cases, most=_MOST, judge=judge)
            for one in flawed:
                self.refuse(one.text, one.reason, one.detail | source)
            if not cases:
                self.refuse(text, Reason.NO_VALID_INSTANCE, dict(source))
                return
        kind = task.is_classification
        identity = task_id(task.instruction, cases, is_classification=kind)
        if identity in self._ids:
            self.present += 1
            return
        self._ids.add(identity)
        if self._filtered:
            whole = Candidate(text if judged is None else task.instruction, 0, judged=judged)
            refusal = self._recipe.refuse(whole) or self._novelty.refuse(text)
            if refusal is not None:
                self.refuse(text, refusal[0], refusal[1] | source)
                return
        else:
            self._novelty.keep(text)
        self._tasks.append(self._made(task, identity, cases, judged, source))
        self.accepted += 1
        self.instances += len(cases)
        self._commit_if_many()

    def _made(
        self,
        task: Task,
        identity: str,
        cases: tuple[Instance, ...],
        judged: str | None,
        source: dict[str, Any],
    ) -> Task:
        extra = dict(task.model_extra or {})
        made = extra.pop(lineage.MADE, None)
        more = source | ({lineage.MADE: made} if made else {})
        more |= lineage.judging_input() if judged is not None else {}
        provenance = Provenance(
            recipe=RECIPE,
            teacher="",
            model="",
            request=self._pool.position.request,
            demonstrations=(),
            **lineage.placed(IMPORTED, self._order + len(self._tasks)),
            **more,
        )
        return Task(
            id=identity,
            instruction=task.instruction,
            is_classification=task.is_classification,
            instances=cases,
            provenance=provenance,
            **extra,
        )

    def _commit_if_many(self) -> None:
        if len(self._tasks) + len(self._rejects) >= _CHUNK:
            self._commit()

    def _commit(self) -> None:
        after = self._pool.position.after
        self._pool.commit(self._tasks, self._rejects, after, teacher="", model="", event="import")
        self._order += len(self._tasks)
        self._tasks, self._rejects = [], []


def _refused_before(pool: Pool) -> Iterator[bytes]:
    path = pool.folder / REJECTS
    for _, _, row in rows_of(path, pool.position.rejects_bytes):
        if row.get("candidate") == IMPORTED:
            yield _key(row)


def _key(row: Mapping[str, Any]) -> bytes:
    """What a refusal is: which text, of which row of a file, why. What is nearest may change."""
    detail = row["detail"]
    said = [row["text"], row["reason"], *(detail.get(name) for name in ("source", "error", "row"))]
    return hashlib.blake2b(jsonl.dumps(said).encode(), digest_size=16).digest()
