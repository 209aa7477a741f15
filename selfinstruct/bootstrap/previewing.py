"""The first prompt that a run would send, and what it may use; the pool is read without a lock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from selfinstruct.bootstrap.drawing import Source
from selfinstruct.bootstrap.estimate import Range, StepEstimate, reply_tokens, tokens
from selfinstruct.bootstrap.recipe import Draft, Recipe
from selfinstruct.journal import rows_of, whole_lines
from selfinstruct.pool import REPLIES, scan, task_at
from selfinstruct.tasks import Task
from selfinstruct.teachers import Prompt

KeyOf = Callable[[Prompt], str]
"""Gives the digest under which a reply is stored."""


@dataclass(frozen=True, slots=True)
class First:
    """The first request of a run.

    Attributes:
        number: Its number.
        draft: What is asked, and what of the pool is shown in it.
        stored: Whether its reply was bought before, so that only what follows from it is asked.
        used: What its prompt and the reply may come to.
    """

    number: int
    draft: Draft
    stored: bool
    used: StepEstimate


def first_request(
    folder: Path | None, recipe: Recipe, seeds: list[Task], seed: int, key_of: KeyOf
) -> First | None:
    """The first request whose reply is not stored, as the pool stands; None where all are made.

    Where what comes next draws on tasks that are not committed yet, it is the last request that is
    known, and its reply is ``stored``.

    Args:
        folder: The pool; None where there is none yet.
        recipe: How prompts are made.
        seeds: What it starts from.
        seed: Where its random numbers start.
        key_of: The digest of a prompt, for its teacher.

    Raises:
        PoolError: A file of the pool is damaged.
    """
    source, number, bought, drafted_as = _read(folder, seeds, seed)
    start, found = number, None
    while recipe.end is None or number < recipe.end:
        if recipe.visible(number) > start:
            break
        origin = drafted_as(number)
        view = source.view(recipe.visible(origin))
        draft = recipe.draft(origin, source.random(origin), view)
        draft = replace(draft, prompt=replace(draft.prompt, request=number))
        stored = key_of(draft.prompt) in bought
        found = First(number, draft, stored, _used(recipe, draft, source))
        if not stored:
            break
        number += 1
    return found


def _read(
    folder: Path | None, seeds: list[Task], seed: int
) -> tuple[Source, int, set[str], Callable[[int], int]]:
    """What requests draw from, the next one's number, and the digests of replies that are there."""
    if folder is None:
        return Source(seeds, seed, _nothing), 0, set(), lambda number: number
    found = scan(folder)

    def finished(row: int) -> Task:
        return found.removed[-row - 1] if row < 0 else task_at(folder, found.offsets[row])

    source = Source(seeds, seed, finished)
    for one in found.accepted:
        if one.task_id is not None:
            source.add(one)
    rows = rows_of(folder / REPLIES, whole_lines(folder / REPLIES))
    bought = {str(row["key"]) for _, _, row in rows if "key" in row and "error" not in row}
    return source, found.position.request, bought, found.retries.drafted_as


def _nothing(place: int) -> Task:
    raise LookupError(place)  # a new pool holds no tasks, so none is asked for


def _used(recipe: Recipe, draft: Draft, source: Source) -> StepEstimate:
    """What the prompt comes to, and a reply about as long as the recipe foresees."""
    number, prompt = draft.prompt.request, draft.prompt
    outlook = recipe.foresee(number, source.random(number), source.view(0))
    texts = (call.reply for call in outlook.calls if call.prompt.step == prompt.step)
    reply = reply_tokens(next(texts, ""), prompt.decoding.max_tokens)
    return StepEstimate(Range(1, 1, 1), tokens(prompt.text), reply)
