"""What a request draws from: seeds, finished tasks up to a fixed point, and random numbers."""

from __future__ import annotations

import hashlib
import random
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence

from selfinstruct.bootstrap.recipe import View
from selfinstruct.pool import Accepted
from selfinstruct.tasks import Task


class Source:
    """What requests of one pool draw from.

    Args:
        seeds: The seed tasks.
        seed: Where the pool's random numbers start.
        finished: Reads a finished task of the pool, by its place.
    """

    def __init__(self, seeds: Sequence[Task], seed: int, finished: Callable[[int], Task]) -> None:
        self._seeds = seeds
        self._seed = seed
        self._finished = finished
        self._machine: list[Accepted] = []
        self._requests = array("Q")

    def add(self, accepted: Accepted) -> None:
        """Add a finished task, in the order of commits."""
        self._machine.append(accepted)
        self._requests.append(accepted.request)

    def texts(self) -> set[str]:
        """What novelty was judged on, of all finished tasks."""
        return {accepted.instruction for accepted in self._machine}

    def view(self, visible: int) -> View:
        """The pool as it stood when the requests below ``visible`` were committed."""
        count = bisect_left(self._requests, visible)
        return View(self._seeds, self._machine, count, self._requests, self._finished)

    def random(self, number: int) -> random.Random:
        """The random numbers of request ``number``: none is saved, and none depends on timing."""
        digest = hashlib.sha256(f"{self._seed}:{number}".encode()).digest()
        return random.Random(digest)
