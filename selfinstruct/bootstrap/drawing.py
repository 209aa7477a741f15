"""What a request draws from: seeds, finished tasks up to a fixed point, and random numbers.

Tasks that were taken out of the pool again stay visible to requests that draw from the pool as it
stood before: they had been asked with them, and their replies are paid for.
"""

from __future__ import annotations

import hashlib
import random
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence

from selfinstruct.bootstrap.recipe import View
from selfinstruct.pool import Accepted
from selfinstruct.tasks import Task


class _Machine:
    """Finished tasks in the order of commits."""

    def __init__(self) -> None:
        self.tasks: list[Accepted] = []
        self.requests = array("Q")

    def add(self, accepted: Accepted) -> None:
        self.tasks.append(accepted)
        self.requests.append(accepted.request)


class Source:
    """What requests of one pool draw from.

    Args:
        seeds: The seed tasks.
        seed: Where the pool's random numbers start.
        finished: Reads a finished task of the pool, by :attr:`Accepted.row`.
    """

    def __init__(self, seeds: Sequence[Task], seed: int, finished: Callable[[int], Task]) -> None:
        self._seeds = seeds
        self._seed = seed
        self._finished = finished
        self._all: list[Accepted] = []
        self._ends: list[int] = []  # up to which request what was taken out is seen, in order
        self._machines: dict[int, _Machine] = {0: _Machine()}  # by how many of these lie behind

    def add(self, accepted: Accepted) -> None:
        """Add a finished task, in the order of commits."""
        self._all.append(accepted)
        # What is left of a task is seen from where the whole of it is no longer.
        ends = [one for one in (accepted.until, accepted.since) if one is not None]
        if not set(ends) <= set(self._ends):
            self._ends = sorted({*self._ends, *ends})
            self._machines.clear()  # each is made again when it is drawn from
            return
        for behind, machine in self._machines.items():
            if self._is_seen(accepted, behind):
                machine.add(accepted)

    def view(self, visible: int) -> View:
        """The pool as it stood when the requests below ``visible`` were committed."""
        machine = self._machine(bisect_left(self._ends, visible))
        count = bisect_left(machine.requests, visible)
        tasks = machine.tasks
        return View(
            self._seeds,
            tasks,
            count,
            machine.requests,
            lambda place: self._finished(tasks[place].row),
        )

    def random(self, number: int) -> random.Random:
        """The random numbers of request ``number``: none is saved, and none depends on timing."""
        digest = hashlib.sha256(f"{self._seed}:{number}".encode()).digest()
        return random.Random(digest)

    def _machine(self, behind: int) -> _Machine:
        """The tasks as they are seen behind so many of the ends."""
        if behind not in self._machines:
            machine = self._machines[behind] = _Machine()
            for accepted in self._all:
                if self._is_seen(accepted, behind):
                    machine.add(accepted)
        return self._machines[behind]

    def _is_seen(self, accepted: Accepted, behind: int) -> bool:
        """Whether a view behind so many ends, all of them at or below it, sees the task."""
        gone = accepted.until is not None and self._ends.index(accepted.until) < behind
        return not gone and (accepted.since is None or self._ends.index(accepted.since) < behind)
