"""An ordered window: ask concurrently, judge in order, finish concurrently, commit in order.

Requests are numbered. Replies may arrive in any order, but request k is judged after k − 1 and
committed after k − 1, so results do not depend on timing. Started work goes first: calls wait
for room in the order of their request numbers, and a new request starts only when room is left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from selfinstruct.errors import SelfInstructError
from selfinstruct.teachers.slots import ClosedError, Slots

_STEP = 0.1  # seconds between two looks at the clock while a run ends


class Stages(Protocol):
    """What happens to a request. ``Any`` stands for what one stage hands to the next."""

    def visible(self, number: int) -> int:
        """How many requests must be committed before request ``number`` may start."""
        ...

    def may_start(self, number: int, running: int) -> bool:
        """Whether request ``number`` is wanted now; with ``running == 0`` False ends the run."""
        ...

    async def ask(self, number: int) -> Any:
        """Make the prompt and ask the teacher; concurrent."""
        ...

    def judge(self, number: int, asked: Any) -> Any:
        """Read and judge the reply; in order, one at a time."""
        ...

    async def finish(self, number: int, judged: Any) -> Any:
        """Ask what follows from accepted candidates; concurrent."""
        ...

    def commit(self, number: int, finished: Any) -> bool:
        """Write the request down; in order, one at a time. False ends the run."""
        ...


class Window:
    """Drives the stages until a commit says that it is enough, or :meth:`stop` is called.

    Args:
        stages: What happens to a request.
        slots: Where calls wait for room.
        first: The number of the first request.
    """

    def __init__(self, stages: Stages, slots: Slots, first: int) -> None:
        self.slots = slots
        slots.freed = self._changed
        self.committed = first
        self._stages = stages
        self._next = first
        self._judged = first
        self._asked: dict[int, Any] = {}
        self._finished: dict[int, Any] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._done = False
        self._failure: BaseException | None = None

    @property
    def started(self) -> int:
        """The number of the request that would start next."""
        return self._next

    def stop(self) -> None:
        """End the run: nothing new is asked, calls in flight may still end."""
        self._done = True
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
            while not self._done:
                if self._wanted():
                    number, self._next = self._next, self._next + 1
                    self._spawn(self._work(number))
                    await asyncio.sleep(0)  # it takes its room before the next one is considered
                elif self._running:
                    self._wake.clear()
                    await self._wake.wait()
                else:
                    break
        finally:
            self.slots.close()
            await self._drain(grace)
        if self._failure is not None:
            raise self._failure

    def _wanted(self) -> bool:
        return (
            (self.slots.free > 0 or not self._running)
            and self._stages.visible(self._next) <= self.committed
            and self._stages.may_start(self._next, len(self._running))
        )

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, ClosedError):
            self._failure = self._failure or error
            self._done = True
        self._changed()

    async def _work(self, number: int) -> None:
        self._asked[number] = await self._stages.ask(number)
        while self._judged in self._asked and not self._done:
            due, self._judged = self._judged, self._judged + 1
            judged = self._stages.judge(due, self._asked.pop(due))
            self._spawn(self._finish(due, judged))

    async def _finish(self, number: int, judged: Any) -> None:
        self._finished[number] = await self._stages.finish(number, judged)
        while self.committed in self._finished and not self._done:
            if self._stages.commit(self.committed, self._finished.pop(self.committed)):
                self.committed += 1
            else:
                self._done = True

    def _changed(self) -> None:
        self._wake.set()

    async def _drain(self, grace: Callable[[], float]) -> None:
        started = asyncio.get_running_loop().time()
        # In short steps: an interruption while waiting shortens the grace.
        while self._running and asyncio.get_running_loop().time() - started < grace():
            await asyncio.wait(self._running, timeout=_STEP)
        for task in self._running:
            task.cancel()
        if self._running:
            await asyncio.gather(*self._running, return_exceptions=True)
