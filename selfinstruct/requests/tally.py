"""What a run has done so far: counted here, shown elsewhere."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

from selfinstruct.journal import StepCount
from selfinstruct.log import LOG
from selfinstruct.requests.forecast import Forecast
from selfinstruct.tasks import Reason
from selfinstruct.teachers.shutdown import Shutdown


@dataclass(slots=True)
class Tally:
    """Counts of one run.

    Attributes:
        target: Finished tasks wanted in the pool.
        unbounded: Whether the run goes on behind the target, to the recipe's end.
        tasks: Finished tasks in the pool.
        instances: Their instances.
        accepted: Tasks added by this run.
        rejected: Rejects by reason, of this run.
        requests: Requests committed by this run.
        steps: What calls used, by step, in this run.
        in_flight: Calls under way now.
        failures: Requests that failed for good.
        last_failure: The error of the last of them.
        priced: Whether it is known what tokens cost.
        forecast: How many calls are left.
        requests_left: Requests that are left, where these end the run; None where tasks do.
        shutdown: The end of the run.
    """

    target: int = 0
    unbounded: bool = False
    tasks: int = 0
    instances: int = 0
    accepted: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    steps: dict[str, StepCount] = field(default_factory=dict)
    in_flight: int = 0
    failures: int = 0
    last_failure: str = ""
    priced: bool = False
    forecast: Forecast = field(default_factory=Forecast)
    requests_left: float | None = None
    shutdown: Shutdown = field(default_factory=Shutdown)

    @property
    def ending(self) -> bool:
        """Whether nothing new is asked any more."""
        return self.shutdown.requested

    def used(self, step: str, count: StepCount) -> None:
        """Count what one call used."""
        self.steps.setdefault(step, StepCount()).add(count)

    def failed(self, error: str) -> None:
        """Count a request that failed for good, and remember why."""
        self.failures += 1
        self.last_failure = error
        LOG.warning("A request failed: %s", error)

    @property
    def goal(self) -> float:
        """Finished tasks at which the run ends."""
        return math.inf if self.unbounded else self.target

    @property
    def total(self) -> StepCount:
        """What all calls used."""
        whole = StepCount()
        for count in self.steps.values():
            whole.add(count)
        return whole

    @property
    def candidates(self) -> int:
        """Tasks and rejects of this run together, without what could not be read as either."""
        unread = sum(self.rejected[reason.value] for reason in Reason if reason.of_no_candidate)
        return self.accepted + sum(self.rejected.values()) - unread

    @property
    def calls_left(self) -> float:
        """How many calls the run will probably still make."""
        missing = max(0, self.target - self.tasks)
        return max(self.in_flight, self.forecast.calls_left(missing, self.requests_left))
