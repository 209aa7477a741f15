"""Jobs whose rows are derived from the stored replies, and from nothing else.

Their items do not depend on each other, so the store is all the state there is: what stands in a
file of such a job is made anew from it, whole and in the order of items. A killed run, a better
parser or a deleted file cost nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from selfinstruct.batching.desk import Waves
from selfinstruct.errors import NotStoredError, RequestError
from selfinstruct.journal import Stream
from selfinstruct.requests.asking import Ask
from selfinstruct.requests.items import Item, Mapped
from selfinstruct.requests.mapping import MappingRun
from selfinstruct.requests.running import Outcome, Traffic
from selfinstruct.requests.stored import stored_only
from selfinstruct.teachers import Teacher
from selfinstruct.teachers.budget import Price
from selfinstruct.teachers.pacing import Pace

_PAUSE_EVERY = 64  # items between two chances for others in the loop

Row = Mapping[str, Any]

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Derived:
    """What came of one item.

    Attributes:
        rows: What is written of it.
        unread: The steps whose replies could not be read, once for each such reply.
    """

    rows: tuple[Row, ...]
    unread: tuple[str, ...] = ()


class DerivedJob(Protocol[T_contra]):
    """What is asked about an item, and which rows come of the replies."""

    @property
    def event(self) -> str:
        """What the ledger calls its commits."""
        ...

    async def rows(self, item: T_contra, ask: Ask) -> Derived:
        """Ask what is to be asked about ``item``, and read the replies.

        It may depend on nothing but the item and the replies.

        Raises:
            RequestError: A call failed for good.
        """
        ...

    def failed(self, item: T_contra, error: RequestError) -> tuple[Row, ...]:
        """What is written of an item of which a request failed for good."""
        ...


async def derive(
    items: Iterable[Item[T]], job: DerivedJob[T], ask: Ask
) -> dict[str, tuple[Row, ...]]:
    """The rows of each item that is settled, by its id.

    Args:
        items: What is asked about.
        job: The job.
        ask: Asks the store: see :func:`stored_only`.
    """
    found: dict[str, tuple[Row, ...]] = {}
    for place, item in enumerate(items):
        if place % _PAUSE_EVERY == 0:
            await asyncio.sleep(0)
        try:
            found[item.id] = (await job.rows(item.content, ask)).rows
        except NotStoredError:
            continue
        except RequestError as error:
            found[item.id] = job.failed(item.content, error)
    return found


class _Asking(Generic[T]):
    """The job as a :class:`MappingJob`: it only fills the store."""

    def __init__(self, job: DerivedJob[T]) -> None:
        self._job = job
        self.event = job.event

    async def answer(self, item: Item[T], ask: Ask) -> Mapped:
        return Mapped({}, (await self._job.rows(item.content, ask)).unread)

    def failed(self, item: Item[T], error: RequestError) -> Mapped:
        del item, error
        return Mapped({})


class DerivedRun(Generic[T]):
    """One run of such a job: what is not stored is asked, then all rows are made.

    Make it with :meth:`prepared`.

    Attributes:
        asking: The part of it that asks.
        left: The items that were still to be asked about.
    """

    def __init__(
        self,
        asking: MappingRun[T],
        items: Sequence[Item[T]],
        left: Sequence[Item[T]],
        settled: dict[str, tuple[Row, ...]],
        job: DerivedJob[T],
        stream: Stream,
        teacher: Teacher,
    ) -> None:
        self.asking = asking
        self._items = items
        self._settled = settled
        self._job = job
        self._stream = stream
        self._teacher = teacher
        self.left = left

    @classmethod
    async def prepared(
        cls,
        stream: Stream,
        job: DerivedJob[T],
        items: Sequence[Item[T]],
        teacher: Teacher,
        traffic: Traffic,
        price: Price | None = None,
        pace: Pace | None = None,
        waves: Waves | None = None,
    ) -> DerivedRun[T]:
        """The run, which knows what the store answers already.

        Args:
            stream: Where replies go.
            job: What is asked, and what comes of it.
            items: What is asked about, in order, each id once.
            teacher: Who answers; retries and budget are wrapped around it already.
            traffic: How the run goes.
            price: What tokens cost, if that is known.
            pace: See :class:`selfinstruct.requests.Run`.
            waves: Likewise.
        """
        settled = await derive(items, job, stored_only(stream.replies, teacher))
        left = [item for item in items if item.id not in settled]
        asking = MappingRun(stream, _Asking(job), left, teacher, traffic, price, pace, waves)
        return cls(asking, items, left, settled, job, stream, teacher)

    async def run(self) -> Outcome:
        """Ask about what is left, or until that cannot go on.

        Raises:
            DiskError: The store cannot be written.
        """
        return await self.asking.run()

    async def rows(self) -> list[Row]:
        """The rows of all items that are settled or have failed, in the order of items."""
        ask = stored_only(self._stream.replies, self._teacher, tries=1)
        found = self._settled | await derive(self.left, self._job, ask)
        return [row for item in self._items for row in found.get(item.id, ())]
