"""How much a run may use, and how it goes: nothing here changes the data."""

from __future__ import annotations

from dataclasses import dataclass

from selfinstruct import bootstrap
from selfinstruct.batching.settings import Batch
from selfinstruct.errors import SettingsError
from selfinstruct.teachers.budget import Caps
from selfinstruct.teachers.pacing import Rates


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one run; None means that there is none.

    Attributes:
        budget_usd: Dollars that may be spent; the teacher needs a price.
        max_calls: Calls that may be made, attempts included.
        max_tokens: Tokens that may be used, of prompts and replies together.
        min_yield: Share of accepted candidates under which a run ends as saturated.
        concurrency: The most calls in flight.
        rpm: The most requests a minute.
        tpm: The most tokens a minute.
        give_up_after: Seconds without any answer after which a run ends.
        budget_pool: Dollars that may be spent over the whole life of the pool, what is outstanding
            included; the teacher needs a price.
        batch: How calls are bought by batches; None to make them one by one.
    """

    budget_usd: float | None = None
    max_calls: int | None = None
    max_tokens: int | None = None
    min_yield: float = 0.01
    concurrency: int = 16
    rpm: float | None = None
    tpm: float | None = None
    give_up_after: float = 600.0
    budget_pool: float | None = None
    batch: Batch | None = None

    def caps(self) -> Caps:
        """What the budget keeps.

        Raises:
            SettingsError: A cap is no number of its kind.
        """
        try:
            return Caps(
                dollars=self.budget_usd,
                calls=self.max_calls,
                tokens=self.max_tokens,
                lifetime=self.budget_pool,
            )
        except ValueError as error:
            raise SettingsError(
                "--budget and --budget-pool must be numbers of dollars, not "
                f"{self.budget_usd} and {self.budget_pool}."
            ) from error

    def rates(self) -> Rates:
        """How the teacher is paced.

        Raises:
            SettingsError: A rate is no number that makes sense.
        """
        try:
            return Rates(rpm=self.rpm, tpm=self.tpm, give_up_after=self.give_up_after)
        except ValueError as error:
            raise SettingsError("--rpm, --tpm and --give-up-after must be numbers.") from error

    def of_run(self, timeout: float | None) -> bootstrap.Limits:
        """How the loop goes.

        Args:
            timeout: Seconds after which one call is given up, where somebody said so.

        Raises:
            SettingsError: A limit is no number that makes sense.
        """
        try:
            return bootstrap.Limits(
                concurrency=self.concurrency,
                min_yield=self.min_yield,
                drain_most=timeout or self.give_up_after,
            )
        except ValueError as error:
            raise SettingsError(
                "concurrency must be at least 1, and min_yield lie between 0 and 1."
            ) from error


NO_LIMITS = Limits()
