"""Asking once more beside a call that hangs, so that it does not hold up what waits for it.

Replies are judged in order, so one call that its server has forgotten holds up all that come after.
A call that takes far longer than it could need, while calls that began later are answered, is made
again beside the first: the first answer counts, the other call is ended. Where nothing is answered
(an outage), or calls are slow because replies are long or wait in a queue, nothing is made again.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from selfinstruct.errors import AdaptedError, EndingError, TeacherError, TransientError
from selfinstruct.teachers.base import Prompt, Reply, Teacher
from selfinstruct.teachers.pacing import Pace
from selfinstruct.teachers.shutdown import current
from selfinstruct.teachers.timing import USUAL

_LOOKED_EVERY = 0.5  # seconds
_SOONEST = 3.0  # seconds before which no call hangs
_TIMES_OTHERS = 5.0  # what most of the last calls took
_TIMES_TOKENS = 2.0  # what all tokens that a reply may have need at the speed that was seen
_AT_FIRST = 8.0  # the same, while fewer than the following were answered
_ANSWERED = 5
_OVERTAKEN = 3  # calls that began later and were answered
_FEW, _SHARE = 4, 0.05  # so many calls are made beside others, or this share of all


@dataclass(slots=True, eq=False)
class _Call:
    """A call under way, and the one beside it.

    Attributes:
        prompt: What is asked.
        task: Who waits for it.
        scope: Ends the first call when the one beside it was answered.
        beside: What makes the call beside it, once there is one.
        attempt: Ends the call beside it, when that one hangs too.
        made: How often it was made beside the first.
        lost: How many of all its calls may have been billed without a reply.
        tried: Whether one was made beside it that could not help.
    """

    prompt: Prompt
    task: asyncio.Task[object]
    scope: asyncio.Timeout
    beside: asyncio.Task[Reply] | None = None
    attempt: asyncio.Timeout | None = None
    made: int = 0
    lost: int = 0
    tried: bool = False


class Hedged:
    """A teacher that is asked again beside a call that hangs.

    Args:
        teacher: Who is asked; calls beside others keep to pace and budget as any other.
        pace: The pace, which knows how calls go.
        tell: Called once with a sentence, when a call is made beside another.
    """

    def __init__(
        self, teacher: Teacher, pace: Pace, tell: Callable[[str], None] | None = None
    ) -> None:
        self.name, self.model = teacher.name, teacher.model
        self.api, self.more = teacher.api, teacher.more
        self._teacher = teacher
        self._pace = pace
        self._tell = tell
        self._calls = 0
        self._beside = 0
        self._open: dict[asyncio.Task[object], _Call] = {}
        self._alarm: asyncio.TimerHandle | None = None

    async def complete(self, prompt: Prompt) -> Reply:
        """The first reply; its ``attempts`` are all calls that were made for it.

        Raises:
            TeacherError: As the teacher does; ``beside`` says what else was made.
        """
        task = asyncio.current_task()
        if task is None:
            return await self._teacher.complete(prompt)
        self._calls += 1
        call = _Call(prompt, task, asyncio.timeout(None))
        self._open[task] = call
        self._watch()
        try:
            reply = await self._answered(call)
        except TeacherError as error:
            await self._end(call)
            error.beside, error.beside_lost = call.made, call.lost
            raise
        finally:
            self._open.pop(task, None)
            await self._end(call)
        return (
            dataclasses.replace(reply, attempts=reply.attempts + call.made, lost=call.lost)
            if call.made
            else reply
        )

    async def close(self) -> None:
        """Close the teacher inside."""
        if self._alarm is not None:
            self._alarm.cancel()
        await self._teacher.close()

    def due(self, prompt: Prompt) -> float:
        """Seconds after which a call for ``prompt`` hangs; infinite while nobody can say."""
        pulse = self._pace.pulse
        usual, speed = pulse.latency(0.95), pulse.speed
        if usual is None:
            return math.inf
        soonest = _SOONEST if pulse.answered >= _ANSWERED else _AT_FIRST
        needed = _TIMES_TOKENS * prompt.most_tokens / speed if speed else USUAL
        return max(soonest, _TIMES_OTHERS * usual, needed)

    def look(self) -> None:
        """Make each call again that hangs, as far as few enough were."""
        pulse = self._pace.pulse
        ages = {call: age for call in self._open.values() if (age := pulse.age(call.task))}
        late = [call for call, age in ages.items() if age > self.due(call.prompt)]
        # Where all that is in flight hangs, nothing can overtake it: one call tries whether the
        # server is away, or has forgotten these.
        alone = len(late) == len(ages) and not any(call.beside for call in ages)
        for call in ages:
            if call.beside and call.attempt and self._may():
                age = pulse.age(call.beside) or 0.0
                if age > 2**call.made * self.due(call.prompt):
                    call.attempt.reschedule(asyncio.get_running_loop().time())
        for call in late:
            if call.beside or call.tried or not self._may():
                continue
            if alone or pulse.overtaken(call.task) >= _OVERTAKEN:
                alone = False
                self._say(ages[call])
                self._beside += 1
                call.beside = asyncio.create_task(self._again(call))
                call.beside.add_done_callback(partial(self._settle, call))
        # The pace may have made room smaller than what hangs: that must not keep out what helps.
        beside = [call.beside for call in ages if call.beside]
        waiting = any(pulse.age(one) is None for one in beside)
        self._pace.slots.lent = len(late) if waiting else len(beside)

    def _watch(self) -> None:
        if self._alarm is None:
            self._alarm = asyncio.get_running_loop().call_later(_LOOKED_EVERY, self._wake)

    def _wake(self) -> None:
        self._alarm = None
        self._pace.slots.lent = 0
        if self._open:
            self.look()
            self._watch()

    def _may(self) -> bool:
        return self._beside < max(_FEW, _SHARE * self._calls) and not current().requested

    async def _answered(self, call: _Call) -> Reply:
        """The reply of the first call or of the one beside it, whichever comes first."""
        try:
            async with call.scope:
                return await self._teacher.complete(call.prompt)
        except TimeoutError:
            if call.beside is None or not call.scope.expired():
                raise
            call.lost += 1
        except TransientError as error:
            if call.beside is None or call.beside.done():
                raise
            call.lost += error.maybe_billed
        # The first is one of the calls that were made; the reply counts itself.
        return await call.beside

    async def _again(self, call: _Call) -> Reply:
        """The reply of a call beside the first, asked for again while that may help."""
        wait = 1.0
        while True:
            call.made += 1
            try:
                async with asyncio.timeout(None) as call.attempt:
                    return await self._teacher.complete(call.prompt)
            except TimeoutError:
                call.lost += 1  # this one hung too
                self._beside += 1
            except EndingError as error:
                call.made -= not error.made
                raise
            except AdaptedError:
                continue
            except TransientError as error:
                call.lost += error.maybe_billed
                self._beside += error.maybe_billed  # a call that was refused costs nothing
                if not self._may():
                    raise
                await self._pace.sleep(max(wait, error.retry_after or 0.0))
                wait *= 2

    def _settle(self, call: _Call, beside: asyncio.Task[Reply]) -> None:
        """End the first call, if the one beside it came to something."""
        if beside.cancelled():
            return
        error = beside.exception()
        waited_for = self._open.get(call.task) is call and self._pace.pulse.age(call.task)
        if isinstance(error, TransientError | EndingError):
            call.tried = True
            if waited_for is not None:
                call.beside = None  # the first goes on alone
        elif waited_for is not None:
            call.scope.reschedule(asyncio.get_running_loop().time())

    async def _end(self, call: _Call) -> None:
        beside, call.beside = call.beside, None
        if beside is None or beside.done():
            return
        sent = self._pace.pulse.age(beside) is not None
        call.made -= not sent  # it was still waiting for its turn
        call.lost += sent
        beside.cancel()
        with contextlib.suppress(asyncio.CancelledError, TeacherError, EndingError):
            await beside

    def _say(self, age: float) -> None:
        if self._tell is None:
            return
        usual = self._pace.pulse.latency(0.95) or 0.0
        self._tell(
            f"A call has taken {age:.0f} s, and others take {usual:.1f} s: it is made again beside "
            "the first. Calls that hang are, from now on; the first answer counts, and both may be "
            "billed (--no-hedge)."
        )
        self._tell = None
