"""Learning a teacher's dialect while it is asked: by one call, while the others wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any

from selfinstruct.log import LOG
from selfinstruct.teachers.base import Reply
from selfinstruct.teachers.dialect import FIRST_ROOM, MOST_ROOM, Dialect
from selfinstruct.teachers.refusals import Refusal


class Learner:
    """What is known of a teacher just now, and who is told when more is.

    Args:
        dialect: What was known before.
        by_hand: Fields that were set by hand, and are never given up.
        room: Tokens for thoughts, where somebody said how many; None to learn it.
        keep: Called with the dialect when it has changed.
        tell: Called with what was learned, said of the teacher: "takes no stop, …".
    """

    def __init__(
        self,
        dialect: Dialect | None = None,
        *,
        by_hand: Collection[str] = (),
        room: int | None = None,
        keep: Callable[[Dialect], None] | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.dialect = (dialect or Dialect()).without(by_hand)
        self.by_hand = frozenset(by_hand)
        self._room = room
        self._keep = keep or _nobody
        self._told = tell or _nobody
        self._trying = False
        self._changed = asyncio.Condition()

    @property
    def room(self) -> int:
        """Tokens that thoughts are given just now."""
        return self.dialect.room if self._room is None else self._room

    @property
    def most_room(self) -> int:
        """The most that they may be given."""
        return MOST_ROOM if self._room is None else self._room

    @asynccontextmanager
    async def turn(self, body: Mapping[str, Any]) -> AsyncIterator[dict[str, Any]]:
        """Wait until ``body`` may be sent, and give it as it is to be sent.

        A request with fields that the teacher has not taken yet is sent alone: the others like it
        wait for what comes of it.
        """
        async with self._changed:
            while not (known := self.dialect.knows(fitted := self.dialect.fitted(body))):
                if not self._trying:
                    self._trying = True
                    break
                await self._changed.wait()
        try:
            yield fitted
        finally:
            if not known:
                async with self._changed:
                    self._trying = False
                    self._changed.notify_all()

    def took(self, body: Mapping[str, Any]) -> None:
        """The teacher answered a request with the fitted ``body``."""
        self._set(self.dialect.having_taken(body))

    def refused(self, body: Mapping[str, Any], sent: Mapping[str, Any], refusal: Refusal) -> bool:
        """Whether the request may be sent again in another form.

        Args:
            body: As it is meant.
            sent: As it was sent.
            refusal: What the server said.
        """
        if self.dialect.fitted(body) != sent:
            return True  # another call has learned it since
        found = self.dialect.learned(sent, refusal, self.by_hand)
        if found is None:
            return False
        dialect, said = found
        self._set(dialect)
        self._tell(f"{said}. It said: {refusal.words}")
        return True

    def heard(self, reply: Reply) -> None:
        """What ``reply`` tells of how the teacher thinks."""
        thought = bool(reply.thoughts) or bool(reply.usage and reply.usage.reasoning_tokens)
        if thought and not self.dialect.thinks:
            room = max(self.dialect.room, FIRST_ROOM)
            self._set(self.dialect.model_copy(update={"thinks": True, "room": room}))
            if self._room is None:
                self._tell(f"thinks before it answers: {room:,} more tokens are given for that.")
        elif self.dialect.thinks is None and reply.finish == "stop" and not reply.undecided:
            self._set(self.dialect.model_copy(update={"thinks": False}))

    def heard_unopened(self, *, unopened: bool) -> None:
        """Whether the teacher's thoughts are ended by nothing but a closing tag."""
        self._set(self.dialect.model_copy(update={"unopened": unopened}))

    def more_room(self, had: int) -> bool:
        """Whether thoughts that had no more than ``had`` tokens get more now."""
        if self.room > had:
            return True
        if had >= self.most_room:
            return False
        room = min(self.most_room, max(FIRST_ROOM, 2 * had))
        self._set(self.dialect.model_copy(update={"room": room, "thinks": True}))
        self._tell(f"needs more tokens for its thoughts: {room:,} are given now.")
        return True

    def _tell(self, what: str) -> None:
        LOG.info("The teacher %s", what)
        self._told(what)

    def _set(self, dialect: Dialect) -> None:
        if dialect != self.dialect:
            self.dialect = dialect
            self._keep(dialect)


def _nobody(_: object) -> None:
    """Nobody wants to know."""
