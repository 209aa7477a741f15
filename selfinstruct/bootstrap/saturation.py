"""Saturation: how many tasks the last requests brought, and whether that is still worth it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

# Before anything is known: a guess too low only means a few more requests at the end.
FIRST_GUESS = 4.0  # tasks a request
_LEAST_GUESS = 0.5


class AcceptanceRate:
    """What the last requests brought, over all runs of a pool.

    Args:
        requests: How many of the last requests count.
        least: Share of accepted candidates, in [0, 1], under which the run is saturated.
        before: Of earlier requests, by number: tasks, and tasks and rejects together.
    """

    def __init__(self, requests: int, least: float, before: Mapping[int, tuple[int, int]]) -> None:
        self._least = least
        self._last: deque[tuple[int, int, int]] = deque(maxlen=requests)
        self.saturated = False
        for number, (tasks, candidates) in sorted(before.items()):
            self._last.append((number, tasks, candidates))

    def add(self, request: int, tasks: int, candidates: int) -> None:
        """Count a committed request."""
        if self._last and self._last[-1][0] == request:
            _, tasks_before, before = self._last.pop()  # the first half, cut off by a target
            tasks, candidates = tasks + tasks_before, candidates + before
        self._last.append((request, tasks, candidates))
        if len(self._last) == self._last.maxlen:
            accepted = sum(tasks for _, tasks, _ in self._last)
            judged = sum(candidates for _, _, candidates in self._last)
            self.saturated = accepted < self._least * max(1, judged)

    @property
    def tasks_a_request(self) -> float:
        """How many tasks the next request will bring, going by the last ones."""
        if not self._last:
            return FIRST_GUESS
        return max(_LEAST_GUESS, sum(tasks for _, tasks, _ in self._last) / len(self._last))
