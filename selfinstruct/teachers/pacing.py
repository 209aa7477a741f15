"""Pacing: how many calls the teacher takes just now, and when the next may start.

In-flight calls grow by one for each full round of answers and are halved when the server refuses
for its rate limit (once for all the calls that had started before); the server's own figures
(``Retry-After``, ``x-ratelimit-*``) and ``--rpm`` and ``--tpm`` decide when a call may start. When
several different requests fail one after another and nothing succeeds, the circuit opens: one
call at a time tries whether the teacher is back, until ``--give-up-after``.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

from selfinstruct.errors import AdaptedError, SelfInstructError, TeacherError, TransientError
from selfinstruct.teachers.base import Prompt, Reply, Teacher
from selfinstruct.teachers.pulse import Pulse
from selfinstruct.teachers.rates import Meter, Rates
from selfinstruct.teachers.shutdown import Shutdown, current
from selfinstruct.teachers.slots import Slots

__all__ = ["Pace", "Paced", "Rates"]

# The circuit opens when so many different requests failed within so many seconds or more,
# and nothing else succeeded: then it is not the requests that are at fault.
_OPEN_REQUESTS = 3
_OPEN_SECONDS = 5.0
_FIRST_PROBE, _LAST_PROBE = 1.0, 30.0  # seconds between tries while the circuit is open

_ENDING = (
    "(--give-up-after), so the run ends here; everything up to now is kept. Run the same command "
    "again to go on."
)


class Pace:
    """The pace of one teacher, over all the runs that ask it.

    Args:
        ceiling: The most calls in flight.
        rates: Further limits.
        clock: Seconds that only ever go forward; a jump of the time of day changes nothing.
        nap: What waits.
        ending: What is said when nothing was answered for too long: how long that is, as an option
            says it, and what to do.

    Attributes:
        slots: Room for the calls that the teacher takes just now.
        pulse: How calls go, where whoever makes them tells.
        failures: Calls that failed in a way that may pass, refusals for the rate limit apart.
        last: Why the last call failed.
        known: Whether the teacher has answered before, in an earlier run.
    """

    def __init__(
        self,
        ceiling: int,
        rates: Rates,
        clock: Callable[[], float] = time.monotonic,
        nap: Callable[[float], Awaitable[None]] = asyncio.sleep,
        ending: str = _ENDING,
    ) -> None:
        self._ending = ending
        self.slots = Slots(ceiling)
        self.pulse = Pulse(clock)
        self.failures = 0
        self.last = ""
        self.known = False
        self._ceiling = ceiling
        self._rates = rates
        self._clock = clock
        self._nap = nap
        self._meter = Meter(rates)
        self._run: Shutdown | None = None  # the run that asked last
        self._started = 0
        self._answered = 0  # since the limit last grew
        self._cut_at = 0  # calls up to this one had started before the last cut
        self._grow_fast_to = ceiling
        self._not_before = self._held = 0.0
        self._failing_since: float | None = None
        self._silent_since: float | None = None  # earlier, where what failed had been waited for
        self._heard_at = clock()
        self._failing: set[str] = set()
        self._probe = _FIRST_PROBE

    @property
    def patience(self) -> float:
        """Seconds without any answer after which the run ends."""
        return self._rates.give_up_after

    @property
    def open(self) -> bool:
        """Whether the teacher as a whole fails, rather than single requests."""
        since = self._failing_since
        long = since is not None and self._clock() - since >= _OPEN_SECONDS
        return long and len(self._failing) >= _OPEN_REQUESTS

    async def start(self, prompt: Prompt) -> int:
        """Wait until a call may start, and take its place; returns its number.

        Raises:
            ClosedError: The run is ending.
            TeacherError: Nothing was answered for too long.
        """
        self._begin(current())
        await self.slots.acquire(prompt.request)
        with contextlib.ExitStack() as unless_started:
            unless_started.callback(self.slots.release)
            await self._turn(prompt)
            unless_started.pop_all()
        self._started += 1
        return self._started

    def succeeded(self, number: int, prompt: Prompt, reply: Reply) -> None:
        """A call ended with ``reply``: more may be in flight, as far as the server lets them."""
        self._failing_since = self._silent_since = None
        self._heard_at, self._probe = self._clock(), _FIRST_PROBE
        self._failing.clear()
        self._answered += 1
        limit = self.slots.limit
        if limit < self._ceiling and (limit < self._grow_fast_to or self._answered >= limit):
            self.slots.limit, self._answered = limit + 1, 0
        self._meter.ended(prompt, reply)
        quota = reply.quota
        if quota is None:
            return
        later = self._started - number  # calls that the server may not have counted yet
        if quota.left is not None and quota.left - later <= 0:
            self._wait_for(quota.reset)
        if quota.tokens_left is not None:
            each = self._meter.tokens(prompt)
            if quota.tokens_left - later * each < each:
                self._wait_for(quota.tokens_reset)

    def failed(self, number: int, prompt: Prompt, error: TransientError) -> None:
        """A call failed in a way that may pass."""
        now = self._clock()
        self.last = str(error)
        self.failures += not (error.throttled or error.scarce)
        if self._failing_since is None:
            self._failing_since = now
            self._silent_since = min(now, max(self._heard_at, now - error.took))
        if error.scarce:
            return  # waited out by each call for itself; it says nothing of the others
        self._failing.add(f"{prompt.request} {prompt.step} {prompt.text}")
        if error.throttled:
            self._cut(number)
            if error.retry_after is not None:
                self._wait_for(error.retry_after)
        if self.open:
            if self.slots.limit > 1:
                self._grow_fast_to = max(1, self.slots.limit // 2)
                self.slots.limit = 1
            if self._not_before <= now:
                self._wait_for(self._probe)
                self._probe = min(_LAST_PROBE, self._probe * 2)

    async def sleep(self, seconds: float) -> None:
        """Wait, but not longer than the teacher is given.

        Raises:
            ClosedError: The run is ending.
        """
        shutdown = current()
        shutdown.check()
        left = self._deadline() - self._clock()
        await shutdown.wait(asyncio.ensure_future(self._nap(max(0.0, min(seconds, left)))))

    def news(self) -> str:
        """What a person who watches should know about waiting; "" for nothing."""
        now = self._clock()
        wait = self._not_before - now
        if self.open:
            left = max(0.0, self._deadline() - now)
            return f"the teacher answers nothing, giving up in {left:.0f} s: {self.last}"
        return f"waiting {wait:.0f} s for the rate limit" if wait >= 1 else ""

    def check(self) -> None:
        """Give up once nothing was answered for too long.

        Raises:
            TeacherError: That is so.
        """
        if self._clock() < self._deadline():
            return
        seconds = self._rates.give_up_after
        wait = self._not_before - self._clock()
        asked = f"The server asks to wait another {wait:.0f} seconds." if wait > 1 else ""
        raise TeacherError(
            f"{self.last or asked} Nothing was answered for {seconds:g} seconds {self._ending}"
        )

    def _deadline(self) -> float:
        since = [one for one in (self._silent_since, self._held_since()) if one is not None]
        return min(since, default=float("inf")) + self._rates.give_up_after

    def _held_since(self) -> float | None:
        """Since when the server's own word holds everything back, while it does."""
        return self._held if self._clock() < self._not_before else None

    def _begin(self, run: Shutdown) -> None:
        """What an ended run had waited for in vain is no reason to give the next one up."""
        if self._run is not run and self._run is not None and self._run.requested:
            self._failing_since = self._silent_since = None
            self._failing.clear()
            self._heard_at, self._probe = self._clock(), _FIRST_PROBE
        self._run = run

    async def _turn(self, prompt: Prompt) -> None:
        self.check()
        while (at := max(self._not_before, self._meter.next_start)) > self._clock():
            await self.sleep(at - self._clock())
            self.check()
        self._meter.start(prompt, self._clock())

    def _cut(self, number: int) -> None:
        if number <= self._cut_at:
            return
        self._cut_at = self._started
        self._grow_fast_to = self.slots.limit = max(1, self.slots.limit // 2)
        self._answered = 0

    def _wait_for(self, seconds: float) -> None:
        now = self._clock()
        if self._not_before <= now:
            self._held = now
        self._not_before = max(self._not_before, now + seconds)


class Paced:
    """A teacher whose calls keep to a pace.

    Args:
        teacher: Who is asked.
        pace: The pace; several wrappers and several runs may share it.
    """

    def __init__(self, teacher: Teacher, pace: Pace) -> None:
        self.name, self.model = teacher.name, teacher.model
        self.api, self.more = teacher.api, teacher.more
        self._teacher = teacher
        self._pace = pace

    async def complete(self, prompt: Prompt) -> Reply:
        """The teacher's reply, once a call may start.

        Raises:
            ClosedError: The run is ending.
            TeacherError: As the teacher does, or when it has been failing for too long.
        """
        try:
            number = await self._pace.start(prompt)
        except SelfInstructError as error:
            error.made = False
            raise
        try:
            reply = await self._teacher.complete(prompt)
        except AdaptedError:
            raise  # it is sent again at once
        except TransientError as error:
            self._pace.failed(number, prompt, error)
            raise
        finally:
            self._pace.slots.release()
        self._pace.succeeded(number, prompt, reply)
        return reply

    async def close(self) -> None:
        """Close the teacher inside."""
        await self._teacher.close()
