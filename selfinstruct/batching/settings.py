"""How a run buys by batches: nothing here changes the data of a pool that there is."""

from __future__ import annotations

from dataclasses import dataclass

from selfinstruct.errors import SettingsError
from selfinstruct.teachers.budget import Price

TRANSPORTS = ("openai", "files")
MOST_LINES = 50_000
_LEAST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is asked by batches, and how.

    Attributes:
        transport: ``openai`` for a server's Files and Batches, ``files`` for a folder in which
            somebody else answers.
        least: Waves with fewer requests are asked directly; None for 200, or for none where nobody
            need be there to be asked.
        size: The most requests of one batch.
        tokens: The most tokens of prompts that may be outstanding; None for no limit.
        price: Dollars per million tokens by batch; None for what is known of the teacher.
        wait: Minutes that batches are waited for; 0 to leave at once, None for as long as it takes.
    """

    transport: str = "openai"
    least: int | None = None
    size: int = MOST_LINES
    tokens: int | None = None
    price: Price | tuple[float, float] | None = None
    wait: float | None = 0.0

    def __post_init__(self) -> None:
        """Refuse what makes no sense.

        Raises:
            SettingsError: It does not.
        """
        if self.transport not in TRANSPORTS:
            known = " or ".join(TRANSPORTS)
            raise SettingsError(f"--batch-transport is {known}, not {self.transport!r}.")
        if not 1 <= self.size <= MOST_LINES:
            raise SettingsError(f"--batch-size lies between 1 and {MOST_LINES:,}, not {self.size}.")
        if (self.least or 0) < 0 or (self.tokens is not None and self.tokens < 1):
            raise SettingsError("--batch-min must be at least 0, and --batch-tokens at least 1.")
        if self.wait is not None and not self.wait >= 0:
            raise SettingsError(f"--wait is a number of minutes, not {self.wait}.")

    @property
    def smallest(self) -> int:
        """Waves with fewer requests are asked directly."""
        if self.least is not None:
            return self.least
        return _LEAST if self.transport == "openai" else 0

    @property
    def priced(self) -> Price | None:
        """The price that somebody named."""
        price = self.price
        return Price(prompt=price[0], completion=price[1]) if isinstance(price, tuple) else price
