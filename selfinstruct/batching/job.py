"""What everything that is done with the batches of one folder shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from selfinstruct.batching.desk import Desk
from selfinstruct.batching.journal import BatchJournal, Known
from selfinstruct.journal import ReplyStore, StepCount
from selfinstruct.teachers.batching import Lines, Seen, Transport
from selfinstruct.teachers.budget import Budgeted, Price

SETTLED = 600.0  # seconds after which a batch that was ordered stands on its server's list


class Hears(Protocol):
    """Who counts what batches bring: see :class:`selfinstruct.requests.Tally`."""

    def used(self, step: str, count: StepCount) -> None:
        """Count what one call used."""
        ...

    def failed(self, error: str) -> None:
        """Count a request that failed for good."""
        ...


class _Remembers:
    """Hears before the run is there that counts."""

    def __init__(self) -> None:
        self.counts: list[tuple[str, StepCount]] = []
        self.errors: list[str] = []

    def used(self, step: str, count: StepCount) -> None:
        self.counts.append((step, count))

    def failed(self, error: str) -> None:
        self.errors.append(error)

    def tell(self, other: Hears) -> None:
        for step, count in self.counts:
            other.used(step, count)
        for error in self.errors:
            other.failed(error)


@dataclass(slots=True)
class Job:
    """The batches of one folder, and who they are bought from.

    Attributes:
        journal: What was done with them.
        store: Where replies go.
        desk: What is wanted and what is outstanding.
        lines: Makes and reads their lines; None where nobody can.
        transports: How they go out, by name.
        price: What tokens cost by batch, if that is known.
        budget: What has room for them; None where there is no cap.
        tell: Called with each sentence about what was done.
        warn: Called with each about what a person should see to.
        settled: See :data:`SETTLED`.
        hears: Who counts.
        seen: By number, what servers said last of those that are outstanding.
        ordered: By number, the batches that this process has ordered.
    """

    journal: BatchJournal
    store: ReplyStore
    desk: Desk
    lines: Lines | None
    transports: Mapping[str, Transport]
    price: Price | None
    budget: Budgeted | None
    tell: Callable[[str], None]
    warn: Callable[[str], None]
    settled: float = SETTLED
    hears: Hears = field(default_factory=_Remembers)
    seen: dict[str, Seen] = field(default_factory=dict)
    ordered: set[str] = field(default_factory=set)

    @property
    def folder(self) -> Path:
        """The folder of the job."""
        return self.journal.folder

    def heard_by(self, hears: Hears) -> None:
        """From now on ``hears`` counts, also what was counted before it was there."""
        before, self.hears = self.hears, hears
        if isinstance(before, _Remembers):
            before.tell(hears)

    def transport_of(self, batch: Known) -> Transport | None:
        """How this batch comes back; None where who is asked now cannot reach it."""
        planned = batch.planned
        found = self.transports.get(planned.transport)
        return found if found is not None and found.address == planned.address else None

    def age(self, batch: Known) -> float:
        """Seconds since something was last written down of it."""
        now, then = (datetime.fromisoformat(one) for one in (self.journal.now(), batch.time))
        return (now - then).total_seconds()

    def tries(self) -> Counter[str]:
        """By digest, how many batches brought nothing of a request."""
        return Counter(key for row in self.journal.collected for key in row.again)
