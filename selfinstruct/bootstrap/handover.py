"""What one stage of a request hands to the next, and the task at the end of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from selfinstruct import lineage
from selfinstruct.bootstrap.recipe import Developed, Draft
from selfinstruct.tasks import Candidate, Provenance, Reject, Task, task_id
from selfinstruct.teachers import Reply, Teacher


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was asked.

    Attributes:
        draft: The request.
        key: The digest of its prompt.
        reply: What came back; None where nothing did.
        failure: Why nothing did.
        again: A candidate that an earlier run had accepted, and whose follow-up had failed.
    """

    draft: Draft
    key: str
    reply: Reply | None
    failure: Reject | None = None
    again: Candidate | None = None


@dataclass(frozen=True, slots=True)
class JudgedItem:
    """One item of a reply, judged.

    Attributes:
        place: Its number.
        item: The accepted candidate, or why there is none.
        more: Further keys of the task that becomes of it.
    """

    place: int
    item: Candidate | Reject
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """A request whose reply was read and judged.

    Attributes:
        draft: The request.
        key: The digest of its prompt.
        base: The number of the reply's first candidate.
        items: Its candidates and rejects.
        reply: The reply.
        unread: The step, where nothing could be read of the reply.
    """

    draft: Draft
    key: str
    base: int
    items: list[JudgedItem]
    reply: Reply | None = None
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one item of a reply.

    Attributes:
        place: The item's number.
        task: The finished task, if one came of it.
        rejects: What was refused.
        unread: The steps of its follow-ups that could not be read.
    """

    place: int
    task: Task | None
    rejects: tuple[Reject, ...]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """A request of which all follow-ups were asked.

    Attributes:
        key: The digest of its prompt.
        base: The number of the reply's first candidate.
        rows: What came of each item.
        unread: The step, where nothing could be read of the reply.
    """

    key: str
    base: int
    rows: list[Row]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """How a task was made.

    Attributes:
        recipe: The recipe's name.
        teacher: Who answered, where the reply does not say.
        request: The number of the request.
        candidate: The place of its instruction in the reply.
        again: Which failure was asked again, if one was.
    """

    recipe: str
    teacher: Teacher
    request: int
    candidate: int
    again: Mapping[str, Any]


def task_of(
    candidate: Candidate,
    developed: Developed,
    judged: Judged,
    made: Made,
    more: Mapping[str, Any],
) -> Task:
    """The finished task; pure.

    Args:
        candidate: The accepted instruction.
        developed: What came of it.
        judged: The request whose reply held it.
        made: How it was made.
        more: Further keys of the task.
    """
    kind, instances = developed.is_classification, developed.instances
    reply = judged.reply
    provenance = Provenance(
        recipe=made.recipe,
        teacher=(reply and reply.teacher) or made.teacher.name,
        model=(reply and reply.model) or made.teacher.model,
        request=made.request,
        demonstrations=judged.draft.demonstrations,
        **lineage.placed(made.candidate),
        **developed.lineage,
        **made.again,
    )
    return Task(
        id=task_id(candidate.instruction, instances, is_classification=kind),
        instruction=candidate.instruction,
        is_classification=kind,
        instances=instances,
        provenance=provenance,
        **more,
        **developed.extra,
    )


def counted(row: Row) -> bool:
    """Whether this candidate had been accepted, and so counted as pending."""
    return row.task is not None or any(reject.instruction_accepted for reject in row.rejects)
