"""Requests that failed for good in one run, and are asked again by the next.

The data are a sequence that only grows, so a failed request keeps its place and its reject; what
is asked again gets a request number of its own, behind all that were asked before. A line of the
ledger says which number stands for which failure before anything is asked, so that a killed run
goes on with the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from selfinstruct.lineage import Lineage, Origin
from selfinstruct.tasks import Reason

MOST_TRIES = 3  # runs in which one request may fail; then it is left


@dataclass(frozen=True, slots=True)
class Failure:
    """A request that failed for good.

    Attributes:
        origin: The number of the request that failed first, and of the accepted candidate whose
            follow-up failed; None where the request itself did.
        instruction: The candidate's instruction, or "".
        at: The number of the request that failed last.
        tries: In how many runs it failed.
    """

    origin: Origin
    instruction: str
    at: int
    tries: int


def failure(row: Mapping[str, Any]) -> Failure | None:
    """The failure that a line of ``rejects.jsonl`` tells of, if it tells of any.

    Raises:
        KeyError: The line is not one that this package wrote; likewise TypeError, ValueError.
    """
    if row["reason"] not in (Reason.REQUEST_FAILED, Reason.NOT_STORED):
        return None
    told = Lineage(row["detail"])
    accepted = told.is_accepted
    own: Origin = (int(row["request"]), int(row["candidate"]) if accepted else None)
    again = told.retry_of
    if again is None or (again[1] is not None) is not accepted:
        # a follow-up that failed within a request asked again is a failure of its own
        return Failure(own, str(row["text"]), own[0], 1)
    return Failure(again, str(row["text"]), own[0], told.tries)


class Retries:
    """Which request numbers stand for failures of earlier runs.

    Args:
        failures: All failures on disk, in order.
        assigned: By request number, what it was said to stand for.
        committed: The first request number that is not wholly committed.
    """

    def __init__(
        self, failures: Iterable[Failure], assigned: Mapping[int, Origin], committed: int
    ) -> None:
        self._assigned = dict(assigned)
        last = {failure.origin: failure for failure in failures}
        for number, origin in assigned.items():
            if number < committed and origin in last and last[origin].at < number:
                del last[origin]  # asked again since, and it went well
        self._open = last
        self.active: dict[int, Failure] = {
            number: last[origin]
            for number, origin in assigned.items()
            if number >= committed and origin in last
        }

    @property
    def waiting(self) -> bool:
        """Whether anything is to be asked again."""
        return bool(self.active) or any(one.tries < MOST_TRIES for one in self._open.values())

    def assign(self, first: int) -> dict[int, Origin]:
        """Give numbers from ``first`` on to the failures that have none; returns the new ones."""
        taken = {failure.origin for failure in self.active.values()}
        waiting = [
            failure
            for origin, failure in self._open.items()
            if origin not in taken and failure.tries < MOST_TRIES
        ]
        first = max([first, *(number + 1 for number in self.active)])
        new = dict(enumerate(waiting, first))
        self.active |= new
        self._assigned |= {number: failure.origin for number, failure in new.items()}
        return {number: failure.origin for number, failure in new.items()}

    @property
    def again(self) -> dict[int, int]:
        """Of each request that asks a failure again, the number that had failed first."""
        return {number: self.drafted_as(number) for number in self._assigned}

    def drafted_as(self, number: int) -> int:
        """The number under which request ``number`` was drafted first."""
        while number in self._assigned:
            number = self._assigned[number][0]
        return number

    def recalled(self) -> dict[int, int]:
        """By number of an earlier request, the number of the one that may need its replies."""
        needed: dict[int, int] = {}
        for number, failed in self.active.items():
            for earlier in (failed.origin[0], failed.at, self.drafted_as(number)):
                needed[earlier] = max(number, needed.get(earlier, 0))
        return needed
