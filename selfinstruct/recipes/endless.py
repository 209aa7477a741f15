"""What recipes have in common that go on until a target is reached."""

from __future__ import annotations

from selfinstruct.recipes.lag import growing_lag


class Endless:
    """A recipe without an end, whose failed requests are all asked again.

    Attributes:
        end: None: there is always one more request.
        retries_from: 0.
    """

    end: int | None = None
    retries_from: int | None = 0

    def visible(self, number: int) -> int:
        """A lag that starts small and grows: see :class:`selfinstruct.bootstrap.Recipe`."""
        return growing_lag(number)
