"""Asking: the store first, then the teacher when there is room; each outcome goes to disk."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from weakref import WeakValueDictionary

from selfinstruct.batching.desk import Desk
from selfinstruct.errors import (
    EndingError,
    NotStoredError,
    RequestError,
    StarvedError,
    TeacherError,
    is_fatal,
)
from selfinstruct.journal import ReplyStore, StepCount
from selfinstruct.requests.tally import Tally
from selfinstruct.teachers import Decoding, Prompt, Reply, Teacher
from selfinstruct.teachers.base import PROBE
from selfinstruct.teachers.budget import Price
from selfinstruct.teachers.replies import decided
from selfinstruct.teachers.shutdown import current
from selfinstruct.teachers.slots import Slots

Ask = Callable[[Prompt], Awaitable[Reply]]
"""Asks one prompt: see :meth:`Asker.ask`."""

# So many requests in a row may fail before the run gives up on the teacher.
_MOST_FAILURES = 8
_MOST_FIRST_FAILURES = 3
_MOST_STARVED = 16  # replies to one request; room doubles, so fewer are enough

# Asked once of a teacher whose first reply may begin with thoughts that nothing marks as such:
# whatever it thinks about this, a closing tag in its reply is none that it was asked for.
_PROBE = Prompt(
    "Reply with the word OK and nothing else.",
    Decoding(temperature=0, top_p=0, max_tokens=16),
    PROBE,
    0,
)


class Asker:
    """Answers prompts from the store or the teacher.

    Args:
        teacher: Who is asked when the store has no reply.
        store: The store of replies.
        slots: Where calls wait for room.
        tally: Where calls are counted.
        price: What tokens cost, if that is known.
        desk: Where what is to come by batches is noted, if anything is.
    """

    def __init__(
        self,
        teacher: Teacher,
        store: ReplyStore,
        slots: Slots,
        tally: Tally,
        price: Price | None,
        desk: Desk | None = None,
    ) -> None:
        self._teacher = teacher
        self._store = store
        self._slots = slots
        self._tally = tally
        self._price = price
        self._desk = desk
        self._failures = 0
        self._answered = False
        self._probing = asyncio.Lock()
        self._under_way: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def key(self, prompt: Prompt) -> str:
        """The digest under which the reply to ``prompt`` is stored."""
        return prompt.key(self._teacher.model, self._teacher.api, self._teacher.more)

    def stored(self, key: str) -> Reply | None:
        """The stored reply under ``key``, if it is there."""
        return self._store.find(key)

    async def ask(self, prompt: Prompt) -> Reply:
        """The reply to ``prompt``, from the store if it is there.

        The same request is never under way twice: who asks it meanwhile waits for that reply. A
        reply that ran out of tokens before its answer began is no answer: it is counted and on
        disk, and the request is made again with more room.

        Raises:
            StarvedError: No more room may be given.
            RequestError: The request failed for good, and that is on disk.
            TeacherError: The teacher is of no use any more: the run must end.
            NotYetError: The reply is to come by a batch.
            EndingError: The run is ending.
        """
        key = self.key(prompt)
        one_at_a_time = self._under_way.setdefault(key, asyncio.Lock())
        async with one_at_a_time:
            reply = await self._answered_once(key, prompt)
        self._tally.forecast.replied(prompt.request)
        return reply

    async def _answered_once(self, key: str, prompt: Prompt) -> Reply:
        reply = self._store.find(key)
        if reply is not None:
            self._answered = True
        asked = False
        for _ in range(_MOST_STARVED):
            if reply is not None and reply.undecided:
                reply = await self._decided(key, prompt, reply)
            if reply is not None and (reply.hopeless or not reply.starved):
                break
            reply, asked = await self._fetched(key, prompt), True
        if reply is None or reply.starved:
            raise StarvedError(
                "The reply ran out of tokens before its answer began. Give it more with "
                "--reasoning-tokens, or let it think less with --reasoning-effort.",
                step=prompt.step,
                asked=asked,
            )
        return reply

    async def _decided(self, key: str, prompt: Prompt, reply: Reply) -> Reply:
        """``reply`` taken apart, once it is known whether its teacher marks thoughts at all."""
        async with self._probing:
            probe = await self.ask(dataclasses.replace(_PROBE, request=prompt.request))
        found = decided(reply, unopened=bool(probe.thoughts))
        self._store.keep_again(key, prompt, found)
        return found

    async def _fetched(self, key: str, prompt: Prompt) -> Reply:
        """The teacher's reply, on disk."""
        if self._desk is not None:
            current().check()
            self._desk.admit(key, prompt)
        await self._slots.acquire(prompt.request)
        self._tally.in_flight += 1
        try:
            reply = await self._teacher.complete(prompt)
            teacher = self._teacher
            used = self._store.keep(
                key, prompt, reply, self._price, teacher=teacher.name, model=teacher.model
            )
        except EndingError as error:
            if error.attempts:  # calls were made, and belong to the ledger
                why, attempts = "The run ended.", error.attempts
                used = self._store.keep_failure(
                    key, prompt, why, attempts, lost=error.lost, final=False
                )
                self._tally.used(prompt.step, used)
            raise
        except NotStoredError:
            raise  # nothing was asked
        except TeacherError as error:
            used = self._store.keep_failure(
                key, prompt, str(error), error.attempts, lost=error.lost
            )
            self._tally.used(prompt.step, used)
            if is_fatal(error):
                raise
            self._tally.failed(str(error))
            self._count_failure(error)
            kind = error.kind if isinstance(error, RequestError) else ""
            if self._desk is not None:
                self._desk.fail(key, RequestError(str(error), kind=kind))
            raise RequestError(str(error), kind=kind) from error
        finally:
            self._tally.in_flight -= 1
            self._slots.release()
        self._failures, self._answered = 0, True
        self._tally.used(prompt.step, used)
        return reply

    def note(self, step: str, *, unreadable: int) -> None:
        """Count replies of ``step`` that held nothing that could be read."""
        self._store.note(step, unreadable=unreadable)
        self._tally.used(step, StepCount(unreadable=unreadable))

    def _count_failure(self, error: TeacherError) -> None:
        # A prompt that is refused says nothing about others, once the teacher has answered any.
        if self._answered and isinstance(error, RequestError):
            return
        self._failures += 1
        most = _MOST_FAILURES if self._answered else _MOST_FIRST_FAILURES
        if self._failures >= most:
            raise TeacherError(
                f"{error} The last {self._failures} requests all failed; the run ends here, and "
                "everything up to now is kept."
            ) from error
