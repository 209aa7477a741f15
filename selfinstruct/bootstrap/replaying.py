"""Replaying: the requests of one pool asked again of its stored replies, for another pool.

A request is drafted as the first pool drafted it, from that pool's own tasks, so what was asked is
known to the letter; everything behind it (reading, rules, novelty, follow-ups) is the new pool's.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from selfinstruct.bootstrap.drawing import Source
from selfinstruct.bootstrap.recipe import Developed, Draft, Outlook, Recipe, View
from selfinstruct.errors import NotStoredError
from selfinstruct.pool import Archive
from selfinstruct.requests import Ask
from selfinstruct.tasks import Candidate, Reason, Reject, Task
from selfinstruct.teachers import Api, Prompt, Reply, Teacher


class Replayed:
    """A teacher that answers from an archive.

    Args:
        archive: The stored replies.
        api: The kind of endpoint that they came from.
        teacher: Who is asked where none is stored, or None to ask nobody.
    """

    def __init__(self, archive: Archive, api: Api, teacher: Teacher | None) -> None:
        self.name = teacher.name if teacher else archive.teacher
        self.model = teacher.model if teacher else archive.model
        self.api, self.more = api, teacher.more if teacher else ""
        self._archive = archive
        self._teacher = teacher

    async def complete(self, prompt: Prompt) -> Reply:
        """The stored reply, or that of the teacher.

        Raises:
            NotStoredError: None is stored and nobody is to be asked.
            TeacherError: As the teacher does.
        """
        if found := self._archive.find(prompt):
            await asyncio.sleep(0)
            return found
        if self._teacher is None:
            raise NotStoredError("No reply to this is stored, and the teacher was not to be asked.")
        return await self._teacher.complete(prompt)

    async def close(self) -> None:
        """Close the teacher inside."""
        if self._teacher is not None:
            await self._teacher.close()


class ReplayedRecipe:
    """The new pool's recipe, with requests as the first pool drafted them.

    Args:
        recipe: Of the new pool.
        drafted: Of the first pool.
        source: What that pool's requests drew from.
        again: Of that pool's requests which only asked failures again, the number that had failed
            first. Replies are found under that, so nothing is read under these.
        end: The number behind its last request.
        asks: Whether the run may go on behind that.
    """

    def __init__(
        self,
        recipe: Recipe,
        drafted: Recipe,
        source: Source,
        again: Mapping[int, int],
        end: int,
        *,
        asks: bool,
    ) -> None:
        self.name = recipe.name
        self.end = recipe.end if asks else end
        # Numbers below belong to requests that are still to be replayed.
        self.retries_from = max(end, recipe.retries_from or 0) if asks else None
        self._recipe = recipe
        self._drafted = drafted
        self._source = source
        self._again = again
        self._replayed = end

    def visible(self, number: int) -> int:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        return self._recipe.visible(number)

    def draft(self, number: int, rng: random.Random, view: View) -> Draft:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        if number >= self._replayed:
            return self._recipe.draft(number, rng, view)
        first = self._again.get(number, number)
        seen = self._source.view(self._drafted.visible(first))
        draft = self._drafted.draft(first, self._source.random(first), seen)
        return replace(draft, prompt=replace(draft.prompt, request=number))

    def read(self, reply: Reply, draft: Draft) -> list[Candidate | Reject]:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        if draft.prompt.request in self._again:
            return []
        return self._recipe.read(reply, draft)

    def copied(self, candidate: Candidate, draft: Draft) -> Reject | None:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        return self._recipe.copied(candidate, draft)

    def refuse(self, candidate: Candidate) -> tuple[Reason, dict[str, Any]] | None:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        return self._recipe.refuse(candidate)

    def foresee(self, number: int, rng: random.Random, view: View) -> Outlook:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        return self._recipe.foresee(number, rng, view)

    def understands(self, step: str, reply: Reply, draft: Draft) -> bool:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        return self._recipe.understands(step, reply, draft)

    def known(self, seed: Task) -> list[str]:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        return self._recipe.known(seed)

    async def develop(self, candidate: Candidate, draft: Draft, number: int, ask: Ask) -> Developed:
        """See :class:`selfinstruct.bootstrap.Recipe`."""
        return await self._recipe.develop(candidate, draft, number, ask)
