"""Which requests are wanted: how many there are, what they bring, and when enough are asked."""

from __future__ import annotations

import math

from selfinstruct.bootstrap.drawing import Source
from selfinstruct.bootstrap.recipe import Outlook, Recipe, foreseen
from selfinstruct.bootstrap.saturation import AcceptanceRate
from selfinstruct.pool import Pool
from selfinstruct.requests import Forecast, Tally

_FORESEEN = 4  # requests that are drafted to see how many calls one takes


class Scheduling:
    """Counts what is under way, and keeps the figures of what is left.

    Args:
        pool: The open pool.
        recipe: Whose requests they are.
        source: What they draw from.
        tally: Where the run is counted.
        rate: What the last requests brought.

    Attributes:
        asking: The numbers of requests whose reply has not been judged.
        pending: Accepted candidates on their way to becoming tasks.
    """

    def __init__(
        self, pool: Pool, recipe: Recipe, source: Source, tally: Tally, rate: AcceptanceRate
    ) -> None:
        self.asking: set[int] = set()
        self.pending = 0
        self._pool = pool
        self._recipe = recipe
        self._source = source
        self._tally = tally
        self._rate = rate
        tally.forecast = Forecast(*foreseen(self._outlooks()))
        tally.requests_left = self._requests_left(pool.position.request)

    @property
    def end(self) -> float:
        """The number behind the last request there is."""
        if self._recipe.end is None:
            return math.inf
        return max([self._recipe.end, *(number + 1 for number in self._pool.retries)])

    def may_start(self, number: int, running: int) -> bool:
        """Whether the requests under way will not suffice: nothing is bought for naught."""
        if number >= self.end:
            return False
        if not running:
            return True
        expected = self.pending + len(self.asking) * self._rate.tasks_a_request
        return self._tally.tasks + expected < self._tally.goal

    def committed(self, number: int, tasks: int, candidates: int) -> None:
        """Request ``number`` is committed, and brought so many tasks of so many candidates."""
        self._tally.forecast.committed(number, tasks)
        self._tally.requests_left = self._requests_left(number + 1)
        self._rate.add(number, tasks, candidates)

    @property
    def is_over(self) -> bool:
        """Whether the target is reached, or hardly anything comes any more."""
        return self._tally.tasks >= self._tally.goal or self._rate.saturated

    def _outlooks(self) -> list[Outlook]:
        """What the last requests of a recipe with an end, or the first of another, will take."""
        end = self._recipe.end
        first = self._pool.position.request if end is None else max(0, end - _FORESEEN)
        numbers = range(first, first + _FORESEEN if end is None else end)
        view = self._source.view(0)
        return [self._recipe.foresee(one, self._source.random(one), view) for one in numbers]

    def _requests_left(self, number: int) -> float | None:
        """How many requests are left behind those below ``number``; None where there is no end."""
        return max(0.0, self.end - number) if self._recipe.end is not None else None
