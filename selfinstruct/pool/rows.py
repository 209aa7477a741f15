"""The lines of a pool's tasks and rejects, as far as going on with the pool needs them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfinstruct.journal.lines import damaged
from selfinstruct.lineage import Lineage
from selfinstruct.pool.failures import Failure, failure
from selfinstruct.pool.files import TASKS
from selfinstruct.tasks import Reason, Reject, Task

IMPORTED = -1
"""In the place of a candidate: not of a reply, but imported before this request was asked."""

_REASONS = frozenset(Reason)


@dataclass(frozen=True, slots=True)
class Accepted:
    """An instruction that had passed the filters, in the order of acceptance.

    Attributes:
        request: The request whose reply held it.
        candidate: Its place in that reply.
        instruction: The text that novelty is judged on: with ``judged`` in its provenance, the
            input of its instance.
        task_id: The id of the finished task; None where no task came of it.
        again: Whether its instruction stands earlier already, where a follow-up had failed.
        row: The place of the task in ``tasks.jsonl``, from 0; of a task that was taken out, that in
            the order of removal, counted down from −1.
        until: Of a task that was taken out, the request that came next then: requests that draw
            from the pool as it stood up to there had been asked with it, and still draw it.
        since: Of a task that lost some of its instances, the request that came next then: only
            requests that draw from the pool as it stood behind that draw what is left of it.
        order: Its place among the imported ones of the same request.
        failed: Whether no task came of it because a follow-up got no reply.
    """

    request: int
    candidate: int
    instruction: str
    task_id: str | None
    again: bool = False
    row: int = 0
    until: int | None = None
    since: int | None = None
    failed: bool = False
    order: int = 0


def accepted_task(path: Path, number: int, row: dict[str, Any]) -> Accepted:
    """What a line of ``tasks.jsonl`` says of its instruction.

    Raises:
        PoolError: The line is damaged.
    """
    try:
        came = row["provenance"]
        told = Lineage(came)
        text = row["instances"][0]["input"] if told.judges_input else row["instruction"]
        place = came["request"], told.candidate
        return Accepted(
            *place,
            text,
            row["id"],
            _again(told),
            number - 1,
            since=told.since,
            order=told.order,
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise damaged(path, number) from error


def read_reject(
    path: Path, number: int, row: dict[str, Any]
) -> tuple[Accepted | None, Failure | None]:
    """What a line of ``rejects.jsonl`` says: of an accepted instruction, and of a failure.

    Raises:
        PoolError: The line is damaged.
    """
    try:
        detail = row["detail"]
        told = Lineage(detail)
        failed = row["reason"] in (Reason.REQUEST_FAILED, Reason.NOT_STORED)
        request, candidate = int(row["request"]), row["candidate"]
        accepted = Accepted(request, candidate, row["text"], None, _again(told), failed=failed)
        counts = told.is_accepted
        if row["reason"] in _REASONS:  # a later version may know more of them
            counts = Reject(row["text"], Reason(row["reason"]), detail).instruction_accepted
        return accepted if counts else None, failure(row)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise damaged(path, number) from error


def _again(told: Lineage) -> bool:
    return told.retry_of is not None and told.retry_of[1] is not None


def task_at(folder: Path, offset: int) -> Task:
    """The finished task that begins at byte ``offset`` of ``tasks.jsonl``."""
    with (folder / TASKS).open("rb") as file:
        file.seek(offset)
        return Task.model_validate_json(file.readline())
