"""Room for thoughts: a teacher around a teacher, whose replies get more tokens than answers do."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from selfinstruct.teachers.base import PROBE, Prompt, Reply, Teacher
from selfinstruct.teachers.dialect import FIRST_ROOM
from selfinstruct.teachers.learning import Learner


class Thinking:
    """A teacher that is given room to think, and says when that was not enough.

    Args:
        teacher: Who is asked.
        learner: What is known of it.
        unsent: Sampling fields that are not sent to it at all.
    """

    def __init__(self, teacher: Teacher, learner: Learner, unsent: Sequence[str] = ()) -> None:
        self.name, self.model = teacher.name, teacher.model
        self.api, self.more = teacher.api, teacher.more
        self.learner = learner
        self._unsent = tuple(unsent)
        self._teacher = teacher

    @property
    def unapplied(self) -> tuple[str, ...]:
        """The sampling fields that the teacher does not take as they are meant."""
        return tuple(dict.fromkeys((*self._unsent, *self.learner.dialect.unapplied)))

    async def complete(self, prompt: Prompt) -> Reply:
        """The reply; ``hopeless`` where it is starved and no more room may be given.

        Raises:
            TeacherError: As the teacher does.
        """
        room = self.learner.room
        if prompt.step == PROBE:
            room = max(room, FIRST_ROOM)
        reply = await self._teacher.complete(dataclasses.replace(prompt, room=room))
        if reply.starved and not self.learner.more_room(room):
            return dataclasses.replace(reply, hopeless=True)
        return reply

    async def close(self) -> None:
        """Close the teacher inside."""
        await self._teacher.close()
