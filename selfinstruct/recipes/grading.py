"""Grading a finished task by further calls: null where a judge gave no grade that can be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from selfinstruct.bootstrap import Ask
from selfinstruct.parsing import excerpt
from selfinstruct.recipes.replies import verdict
from selfinstruct.requests import gather_all
from selfinstruct.teachers import Prompt

_LONGEST_UNCLEAR = 200  # characters of a judge's reply that could not be read

Question = tuple[Prompt, Callable[[str], object]]
"""What a judge is asked, and what reads the answer; None where it cannot."""


async def graded(
    ask: Ask, questions: Sequence[Question], edition: int
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The grades by step, and the steps of which no reply could be read.

    Args:
        ask: Asks them.
        questions: What is asked.
        edition: Of the recipe's rules; later ones keep what a judge said instead.

    Raises:
        RequestError: A call failed for good.
    """
    found = await gather_all(verdict(ask, prompt, read, edition) for prompt, read in questions)
    grades: dict[str, Any] = {}
    unread: tuple[str, ...] = ()
    unclear: dict[str, str] = {}
    for (prompt, _), one in zip(questions, found, strict=True):
        key = str(prompt.step)
        grades[key] = one.value
        unread += one.unread
        if one.value is None and edition > 1:
            unclear[key] = excerpt(one.reply.text, _LONGEST_UNCLEAR)
    return grades | ({"unclear": unclear} if unclear else {}), unread
