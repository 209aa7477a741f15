"""What recipes have in common that go on until a target is reached."""

from __future__ import annotations

from selfinstruct.recipes.lag import LARGEST_LAG, blind_growth, growing_lag


class Endless:
    """A recipe without an end, whose failed requests are all asked again.

    Attributes:
        end: None: there is always one more request.
        retries_from: 0.
        lag: The most requests that may be under way; None where a draft shows nothing of them.
        depth: How many calls of a request follow one another, each with what the last brought.
    """

    end: int | None = None
    retries_from: int | None = 0
    lag: int | None = LARGEST_LAG
    depth: int = 1

    def visible(self, number: int) -> int:
        """A lag that starts small and grows: see :class:`selfinstruct.bootstrap.Recipe`."""
        if self.lag is None:
            return blind_growth(number)
        return growing_lag(number, self.lag)
