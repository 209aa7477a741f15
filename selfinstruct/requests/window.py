"""An ordered window: ask concurrently, judge in order, finish concurrently, commit in order.

Requests are numbered. Replies may arrive in any order, but request k is judged after k − 1 and
committed after k − 1, so results do not depend on timing. Started work goes first: calls wait
for room in the order of their request numbers, and a new request starts only when room is left.

A run ends in one of two ways. *Enough*: a commit said so, and nothing more is judged. *Closing*:
nothing new is asked, but what is bought is judged and committed as far as order allows: replies
that still arrive, and those in the store, also of requests that only an earlier run had asked. A
request that would need a call ends there, and order with it.

Where replies come by batches, a request whose reply is still to come is *stuck*: it neither fails
nor ends the order, and the others go on. When nothing can go on any more, all that is wanted is one
wave; if some of it is brought (see :class:`selfinstruct.batching.Waves`), what is stuck is begun
again, and finds its reply in the store.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Generic, Protocol, TypeVar

from selfinstruct.batching.desk import Waves
from selfinstruct.errors import NotYetError, SelfInstructError
from selfinstruct.teachers.shutdown import ClosedError, Shutdown
from selfinstruct.teachers.slots import Slots

_STEP = 0.1  # seconds between two looks at the clock while a run ends

# What one stage hands to the next.
AskedT = TypeVar("AskedT")
JudgedT = TypeVar("JudgedT")
FinishedT = TypeVar("FinishedT")


class Stages(Protocol[AskedT, JudgedT, FinishedT]):
    """What happens to a request; the types are what one stage hands to the next."""

    def visible(self, number: int) -> int:
        """How many requests must be committed before request ``number`` may start."""
        ...

    def may_start(self, number: int, running: int) -> bool:
        """Whether request ``number`` is wanted now; with ``running == 0`` False ends the run.

        Args:
            number: The request that would be next.
            running: How many are under way; with waves, all that are not committed.
        """
        ...

    async def ask(self, number: int) -> AskedT:
        """Make the prompt, and ask the store and then the teacher; concurrent.

        It is begun anew after a :class:`NotYetError`, as is :meth:`finish`.
        """
        ...

    def judge(self, number: int, asked: AskedT) -> JudgedT:
        """Read and judge the reply; in order, one at a time."""
        ...

    async def finish(self, number: int, judged: JudgedT) -> FinishedT:
        """Ask what follows from accepted candidates; concurrent."""
        ...

    def commit(self, number: int, finished: FinishedT) -> bool:
        """Write the request down; in order, one at a time. False ends the run."""
        ...


class Window(Generic[AskedT, JudgedT, FinishedT]):
    """Drives the stages until a commit says that it is enough, or :meth:`stop` is called.

    Args:
        stages: What happens to a request.
        slots: Where calls wait for room.
        first: The number of the first request.
        shutdown: The end of the run, which :meth:`stop` requests.
        waves: What brings replies by batches, if that is how they come.
    """

    def __init__(
        self,
        stages: Stages[AskedT, JudgedT, FinishedT],
        slots: Slots,
        first: int,
        shutdown: Shutdown,
        waves: Waves | None = None,
    ) -> None:
        self.slots = slots
        slots.when_free(self._changed)
        self._shutdown = shutdown
        self.committed = first
        self._stages = stages
        self._waves = waves
        self._stuck: list[Callable[[], Coroutine[object, None, None]]] = []
        self._next = first
        self._judged = first
        self._asked: dict[int, AskedT] = {}
        self._finished: dict[int, FinishedT] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._closed_at: float | None = None
        self._enough = False
        self._until: float = math.inf  # the lowest request that ended before it was committed
        self._failure: BaseException | None = None

    @property
    def started(self) -> int:
        """The number of the request that would start next."""
        return self._next

    @property
    def stuck(self) -> bool:
        """Whether requests wait for replies that are to come by batches."""
        return bool(self._stuck)

    def stop(self) -> None:
        """End the run: nothing new is asked, what is bought is still judged."""
        if self._closed_at is None:
            self._closed_at = asyncio.get_running_loop().time()
            self._shutdown.request()
        self._changed()

    def fail(self, error: SelfInstructError) -> None:
        """End the run with ``error``."""
        self._failure = self._failure or error
        self.stop()

    async def run(self, grace: Callable[[], float]) -> None:
        """Work until it is enough.

        Args:
            grace: Seconds to wait for calls in flight when the run ends; asked again and again.

        Raises:
            SelfInstructError: The first failure of a stage, once calls in flight have ended.
        """
        try:
            while not self._enough:
                if self._wanted():
                    number, self._next = self._next, self._next + 1
                    self._spawn(self._work(number))
                    await asyncio.sleep(0)  # it takes its room before the next one is considered
                elif not self._running:
                    if not await self._goes_on_by_a_wave():
                        break
                elif self._waited(grace):
                    break
                else:
                    await self._change()
        finally:
            self.stop()
            await self._drain(grace)
        if self._failure is not None:
            raise self._failure

    def _wanted(self) -> bool:
        if self._closed_at is None:
            # What is only noted takes no room.
            room = self.slots.free > 0 or not self._running or self._waves is not None
        else:  # the store may hold its reply, as long as all those before it were there
            room = self._next < self._until
        under_way = len(self._running) if self._waves is None else self._next - self.committed
        return (
            room
            and self._stages.visible(self._next) <= self.committed
            and self._stages.may_start(self._next, under_way)
        )

    async def _goes_on_by_a_wave(self) -> bool:
        """Whether something of what was wanted is there now; then what is stuck begins anew."""
        if self._waves is None or not self._stuck or self._closed_at is not None:
            return False
        if not await self._waves.turn():
            return False
        stuck, self._stuck = self._stuck, []
        for work in stuck:
            self._spawn(work())
        return True

    def _waited(self, grace: Callable[[], float]) -> bool:
        """Whether calls in flight have had their time, and nothing goes on but these."""
        if self._closed_at is None or not self.slots.in_use or self._wake.is_set():
            return False
        return asyncio.get_running_loop().time() - self._closed_at >= grace()

    async def _change(self) -> None:
        self._wake.clear()
        # In short steps while the run ends: an interruption meanwhile shortens the grace.
        step = None if self._closed_at is None else _STEP
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), step)

    def _spawn(self, work: Coroutine[object, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, ClosedError):
            self._failure = self._failure or error
            self.stop()
        self._changed()

    async def _work(self, number: int) -> None:
        with self._in_order(number):
            try:
                self._asked[number] = await self._stages.ask(number)
            except NotYetError:
                self._stuck.append(partial(self._work, number))
                return
        while self._judged in self._asked and self._goes_on(self._judged):
            due, self._judged = self._judged, self._judged + 1
            with self._in_order(due):
                judged = self._stages.judge(due, self._asked.pop(due))
            self._spawn(self._finish(due, judged))

    async def _finish(self, number: int, judged: JudgedT) -> None:
        with self._in_order(number):
            try:
                self._finished[number] = await self._stages.finish(number, judged)
            except NotYetError:
                self._stuck.append(partial(self._finish, number, judged))
                return
        while self.committed in self._finished and self._goes_on(self.committed):
            due = self.committed
            with self._in_order(due):
                goes_on = self._stages.commit(due, self._finished.pop(due))
            if goes_on:
                self.committed += 1
            else:
                self._enough = True

    def _goes_on(self, number: int) -> bool:
        return not self._enough and number < self._until

    @contextmanager
    def _in_order(self, number: int) -> Iterator[None]:
        """Nothing behind ``number`` is judged or committed when this fails."""
        try:
            yield
        except BaseException:  # a cancelled request ends the order as a failed one does
            self._until = min(self._until, number)
            raise

    def _changed(self) -> None:
        self._wake.set()

    async def _drain(self, grace: Callable[[], float]) -> None:
        """Let calls in flight end, which are paid for, and cancel what takes too long."""
        while self._running and not self._waited(grace):
            await self._change()
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.gather(*self._running, return_exceptions=True)
