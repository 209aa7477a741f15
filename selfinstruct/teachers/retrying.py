"""Retrying: a teacher around a teacher. tenacity owns the waiting."""

from __future__ import annotations

import asyncio
import dataclasses
import random

import tenacity

from selfinstruct.errors import (
    AdaptedError,
    EndingError,
    TeacherError,
    TransientError,
    UnreachableError,
)
from selfinstruct.teachers.base import Prompt, Reply, Teacher
from selfinstruct.teachers.pacing import Pace
from selfinstruct.teachers.retry_policy import Patience
from selfinstruct.teachers.shutdown import ClosedError, current

_BELIEVED = 3  # so many times a Retry-After is taken at its word


class Retrying:
    """A teacher that asks again while failures may pass, and says in the reply how often.

    Refusals for the rate limit, a lost server, and failures of several requests alike do not count
    against a request: they are waited out, for as long as the pace allows.

    Args:
        teacher: Who is asked.
        patience: How long.
        pace: What waits, and what knows how the teacher as a whole is doing.
        jitter: Random numbers for the waits only: they never touch the data.
    """

    def __init__(
        self, teacher: Teacher, patience: Patience, pace: Pace, jitter: random.Random
    ) -> None:
        self.name, self.model = teacher.name, teacher.model
        self.api, self.more = teacher.api, teacher.more
        self._teacher = teacher
        self._patience = patience
        self._pace = pace
        self._jitter = jitter
        self._heard = False

    async def complete(self, prompt: Prompt) -> Reply:
        """The first reply that comes.

        Raises:
            TeacherError: The last failure, when attempts are used up or another cannot help.
            EndingError: The run is ending.
        """
        attempt = blamed = lost = beside = 0

        def spent(state: tenacity.RetryCallState) -> bool:
            nonlocal blamed, lost
            error = state.outcome.exception() if state.outcome else None
            blamed += self._blames(error)
            lost += isinstance(error, TransientError) and error.maybe_billed
            return blamed >= self._most()

        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(TransientError),
            stop=spent,
            wait=self._pause,
            sleep=self._pace.sleep,
            reraise=True,
        )
        try:
            async for trial in retrying:
                with trial:
                    attempt = trial.retry_state.attempt_number
                    try:
                        reply = await self._teacher.complete(prompt)
                    except TeacherError as error:
                        beside, lost = beside + error.beside, lost + error.beside_lost
                        raise
        except EndingError as error:
            error.attempts, error.lost = attempt - (not error.made) + beside, lost
            raise
        except asyncio.CancelledError:
            if attempt < 2 or not current().requested:
                raise
            ending = ClosedError("closed")  # the attempts before this one belong to the ledger
            ending.attempts, ending.lost = attempt - 1 + beside, lost
            raise ending from None
        except TeacherError as error:
            final: TeacherError = error
            if isinstance(error, TransientError) and not self._answered:
                final = TeacherError(str(error))
            final.attempts, final.lost = attempt - (not error.made) + beside, lost
            raise final from error.__cause__
        self._heard = True
        attempts = attempt - 1 + reply.attempts + beside
        return dataclasses.replace(reply, attempts=attempts, lost=lost + reply.lost)

    async def close(self) -> None:
        """Close the teacher inside."""
        await self._teacher.close()

    @property
    def _answered(self) -> bool:
        """Whether the teacher has answered anything, in this run or an earlier one."""
        return self._heard or self._pace.known

    def _blames(self, error: BaseException | None) -> bool:
        """Whether a failure counts against the request rather than the teacher."""
        if not isinstance(error, TransientError) or isinstance(error, AdaptedError):
            return False
        if error.throttled or error.scarce:
            return False
        if not self._answered:
            return True
        return not (isinstance(error, UnreachableError) or self._pace.open)

    def _most(self) -> int:
        patience = self._patience
        return patience.attempts if self._answered else patience.first_attempts

    def _pause(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, AdaptedError):
            return 0.0
        asked = error.retry_after if isinstance(error, TransientError) else None
        doubled: float = self._patience.wait * 2.0 ** min(20, state.attempt_number - 1)
        wait = min(doubled, self._patience.most_wait) * self._jitter.uniform(0.5, 1.0)
        if asked is None:
            return wait
        # Never earlier than asked; a little later, so that all do not come back at once, and much
        # later where the server keeps saying "now" and refusing.
        return max(asked + min(wait, 1.0) * 0.2, wait if state.attempt_number > _BELIEVED else 0)
