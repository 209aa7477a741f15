"""Retrying: a teacher around a teacher. tenacity owns the waiting."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Awaitable, Callable

import tenacity

from selfinstruct.errors import TeacherError, TransientError, UnreachableError
from selfinstruct.teachers.base import Prompt, Reply, Teacher
from selfinstruct.teachers.patience import Patience

Sleep = Callable[[float], Awaitable[None]]


class Retrying:
    """A teacher that asks again while failures may pass, and says in the reply how often.

    Args:
        teacher: Who is asked.
        patience: How long.
        sleep: What waits; tests pass their own.
        jitter: Random numbers for the waits only: they never touch the data.
    """

    def __init__(
        self,
        teacher: Teacher,
        patience: Patience,
        sleep: Sleep,
        jitter: random.Random,
    ) -> None:
        self.name, self.model, self.api = teacher.name, teacher.model, teacher.api
        self._teacher = teacher
        self._patience = patience
        self._sleep = sleep
        self._jitter = jitter
        self._answered = False

    async def complete(self, prompt: Prompt) -> Reply:
        """The first reply that comes.

        Raises:
            TeacherError: The last failure, when attempts are used up or another cannot help.
        """
        attempt = 0
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(TransientError),
            stop=self._spent,
            wait=self._pause,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            async for trial in retrying:
                with trial:
                    attempt = trial.retry_state.attempt_number
                    reply = await self._teacher.complete(prompt)
        except TeacherError as error:
            final: TeacherError = error
            if isinstance(error, UnreachableError) and not self._answered:
                final = TeacherError(str(error))
            final.attempts = attempt
            raise final from error.__cause__
        self._answered = True
        return dataclasses.replace(reply, attempts=attempt)

    async def close(self) -> None:
        """Close the teacher inside."""
        await self._teacher.close()

    def _spent(self, state: tenacity.RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        unreachable = isinstance(error, UnreachableError) and not self._answered
        most = self._patience.first_attempts if unreachable else self._patience.attempts
        return state.attempt_number >= most

    def _pause(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after if isinstance(error, TransientError) else None
        doubled: float = self._patience.wait * 2.0 ** (state.attempt_number - 1)
        wait = min(doubled, self._patience.most_wait) * self._jitter.uniform(0.5, 1.0)
        if asked is None:
            return wait
        # Never earlier than asked; a little later, so that all do not come back at once.
        return min(asked, self._patience.obey) + wait * 0.2
