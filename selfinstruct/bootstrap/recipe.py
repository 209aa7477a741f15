"""What the loop asks of a recipe: make prompts, read replies, finish tasks. No loop of its own."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from selfinstruct.pool import Accepted
from selfinstruct.requests import Ask
from selfinstruct.tasks import Candidate, Instance, Reason, Reject, Task
from selfinstruct.teachers import Prompt, Reply


@dataclass(frozen=True, slots=True)
class View:
    """What a request may draw from: the seeds, and the pool as it stood at a fixed point.

    Attributes:
        seeds: The seed tasks.
        machine: Accepted instructions with a finished task, in order; only the first ``count``
            may be used.
        count: How many of them were committed at the point that belongs to this request.
        requests: The requests that they came from, in the same order.
        finished: Reads one of the finished tasks, by its place.
    """

    seeds: Sequence[Task]
    machine: Sequence[Accepted]
    count: int
    requests: Sequence[int]
    finished: Callable[[int], Task]

    def made_by(self, number: int) -> Accepted | None:
        """The first finished task that request ``number`` brought, if it brought any."""
        place = bisect_left(self.requests, number, hi=self.count)
        found = place < self.count and self.requests[place] == number
        return self.machine[place] if found else None


@dataclass(frozen=True, slots=True)
class Draft:
    """A request, ready to be asked.

    Attributes:
        prompt: What to ask.
        demonstrations: Ids of the tasks shown, in order.
        shown: Their instructions as shown, in order.
        details: What else the recipe wants to remember until the reply comes.
        lineage: What every reject of this request tells in its detail.
    """

    prompt: Prompt
    demonstrations: tuple[str, ...]
    shown: tuple[str, ...]
    details: Mapping[str, Any] = field(default_factory=dict)
    lineage: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Developed:
    """What came of an accepted candidate.

    Attributes:
        is_classification: Whether the task is a classification task.
        instances: The valid instances; empty when the task is refused.
        rejects: Refused instances and, last, the refusal of the task if it was refused.
        extra: Further keys for the task.
        lineage: Further keys for its provenance.
        unread: The steps whose replies could not be read, once for each such reply.
    """

    is_classification: bool
    instances: tuple[Instance, ...]
    rejects: tuple[Reject, ...]
    extra: Mapping[str, Any] = field(default_factory=dict)
    lineage: Mapping[str, Any] = field(default_factory=dict)
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A call that a run will make, with what the reply might be.

    Attributes:
        prompt: As it would be sent.
        reply: A text of about the length of a reply.
        per_request: How many such calls each request makes.
        per_accepted: How many such calls each accepted candidate makes.
    """

    prompt: Prompt
    reply: str
    per_request: float = 0.0
    per_accepted: float = 0.0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one request will bring and cost.

    Attributes:
        candidates: How many candidates it asks for.
        calls: The calls of the request and of what follows from it.
        passing: The share of candidates that pass the rules: most, likely, least.
    """

    candidates: int
    calls: tuple[Foreseen, ...]
    passing: tuple[float, float, float] = (0.85, 0.6, 0.3)


def foreseen(outlooks: Sequence[Outlook]) -> tuple[float, float]:
    """Calls and tasks of a request, going by what a recipe foresees of some of them."""
    calls = tasks = 0.0
    for outlook in outlooks:
        passing = outlook.candidates * outlook.passing[1]
        calls += sum(one.per_request + one.per_accepted * passing for one in outlook.calls)
        tasks += passing
    return calls / max(1, len(outlooks)), tasks / max(1, len(outlooks))


class Recipe(Protocol):
    """How prompts are made and replies are read.

    Attributes:
        name: As in ``--recipe``.
        end: The number behind its last request, or None where there is no end.
        retries_from: The lowest number under which a failed request may be asked again; None
            where none may.
    """

    name: str
    end: int | None
    retries_from: int | None

    def visible(self, number: int) -> int:
        """How many requests must be committed before request ``number`` draws.

        It depends on the number alone, never on concurrency: so results do not depend on timing.
        """
        ...

    def known(self, seed: Task) -> list[str]:
        """What of a seed task new candidates must differ from."""
        ...

    def draft(self, number: int, rng: random.Random, view: View) -> Draft:
        """The prompt of request ``number``; pure."""
        ...

    def read(self, reply: Reply, draft: Draft) -> list[Candidate | Reject]:
        """The items of a reply, in order, not yet judged; pure, and never raises.

        A reject stands for what is no item: a piece without its fields, a reply without any.
        """
        ...

    def copied(self, candidate: Candidate, draft: Draft) -> Reject | None:
        """Its refusal where ``candidate`` is no answer to its prompt, but made of that. Pure."""
        ...

    def refuse(self, candidate: Candidate) -> tuple[Reason, dict[str, Any]] | None:
        """Why a rule refuses ``candidate``, with details; None to go on to novelty. Pure."""
        ...

    def foresee(self, number: int, rng: random.Random, view: View) -> Outlook:
        """What request ``number`` might bring and cost; pure."""
        ...

    def understands(self, step: str, reply: Reply, draft: Draft) -> bool:
        """Whether ``reply`` to a call of ``step`` holds what that step asks for; pure."""
        ...

    async def develop(self, candidate: Candidate, draft: Draft, number: int, ask: Ask) -> Developed:
        """Make a task of an accepted candidate, asking what is needed."""
        ...
