"""The items of a mapping job, what comes of them, and which of them are still to be asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from selfinstruct.errors import RequestError
from selfinstruct.requests.asking import Ask

ITEM, STATUS, TRIES, FAILED = "item", "status", "tries", "failed"
"""What :func:`waiting` reads of a row: which item, and of a failure that it is one, and which."""

MOST_TRIES = 3  # runs in which one item may fail; then it is left

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Item(Generic[T]):
    """What is asked about.

    Attributes:
        id: What its rows call it; what must not change about it belongs in here.
        content: Whatever the job makes its requests of.
        tries: In how many runs it has failed.
    """

    id: str
    content: T
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Mapped:
    """What came of one item.

    Attributes:
        rows: What is appended, by the name of the file.
        unread: The steps whose replies could not be read, once for each such reply.
    """

    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    unread: tuple[str, ...] = ()


class MappingJob(Protocol[T_contra]):
    """What is asked about an item, and what is written of it.

    Attributes:
        event: What the ledger calls its commits.
    """

    event: str

    async def answer(self, item: T_contra, ask: Ask) -> Mapped:
        """Ask what is to be asked about ``item``, one call or several, and read the replies.

        It may depend on nothing but the item and the replies. Where several are asked at once, see
        :func:`selfinstruct.requests.gather_all`.

        Raises:
            RequestError: A call failed for good; :meth:`failed` says what is written then.
        """
        ...

    def failed(self, item: T_contra, error: RequestError) -> Mapped:
        """What is written of an item that could not be asked about; see :func:`waiting`."""
        ...


def waiting(items: Iterable[Item[T]], rows: Iterable[Mapping[str, Any]]) -> list[Item[T]]:
    """The items that a run has still to ask about, in their order; pure.

    Args:
        items: All that are wanted.
        rows: The rows that there are. Each names its ``item``; one with ``status: failed`` is a
            failure, and says by ``tries`` in how many runs. The last row of an item counts.
    """
    failed = {str(row[ITEM]): _tries(row) for row in rows}
    return [
        replace(item, tries=failed.get(item.id) or 0)
        for item in items
        if item.id not in failed or 0 < (failed[item.id] or 0) < MOST_TRIES
    ]


def _tries(row: Mapping[str, Any]) -> int | None:
    return int(row.get(TRIES, 1)) if row.get(STATUS) == FAILED else None
