"""How many calls a run will still make: a figure that moves only when something is committed.

Requests under way are counted with what such a request usually takes and brings, not with what has
come of them so far: with a slow teacher nothing may be committed for minutes, and then much.
"""

from __future__ import annotations

from collections import Counter

_TRUST = 2.0  # requests; so many are believed to go as the recipe foresees
_LEAST_TASKS = 0.05  # a request, in the reckoning: nobody can say when nothing comes at all


class Forecast:
    """Counts the replies that requests took, and the tasks that they brought.

    Args:
        calls: How many calls a request will make, with those of what follows from it.
        tasks: How many tasks it will bring.
    """

    def __init__(self, calls: float = 1.0, tasks: float = 1.0) -> None:
        self._calls = calls
        self._tasks = tasks
        self._requests = 0
        self._replies = 0
        self._brought = 0
        self._under_way: Counter[int] = Counter()

    def replied(self, request: int) -> None:
        """A reply that belongs to ``request`` is there, bought or stored."""
        self._under_way[request] += 1

    def committed(self, request: int, tasks: int) -> None:
        """Request ``request`` is committed, and brought so many tasks."""
        self._requests += 1
        self._replies += self._under_way.pop(request, 0)
        self._brought += tasks

    def calls_left(self, missing: float, requests: float | None = None) -> float:
        """Calls until so many more tasks are there, or behind so many more requests.

        Args:
            missing: Tasks that are wanted.
            requests: Requests that are left, where these and not tasks end the run.
        """
        known = _TRUST + self._requests
        each = (_TRUST * self._calls + self._replies) / known
        if requests is None:
            brought = (_TRUST * self._tasks + self._brought) / known
            requests = missing / max(_LEAST_TASKS, brought)
        return max(0.0, requests * each - self._under_way.total())
