"""A question with few answers: asked, and asked once more where the reply cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from selfinstruct.parsing import answer
from selfinstruct.requests.asking import Ask
from selfinstruct.teachers import Prompt, Reply

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Verdict(Generic[Read]):
    """What was read of the reply to a question with few answers.

    Attributes:
        value: What it says; None where it cannot be read.
        reply: The last reply.
        unread: The question's step, once for each reply that could not be read.
    """

    value: Read | None
    reply: Reply
    unread: tuple[str, ...]


async def verdict(
    ask: Ask, prompt: Prompt, read: Callable[[str], Read | None], again: Prompt | None
) -> Verdict[Read]:
    """Ask, and ask ``again`` where the reply cannot be read.

    Args:
        ask: What asks.
        prompt: The question.
        read: Reads the answer, without the thoughts before it.
        again: What is asked then; None for nothing.

    Raises:
        RequestError: A call failed for good.
    """
    reply = await ask(prompt)
    value = read(answer(reply.text))
    if value is not None:
        return Verdict(value, reply, ())
    unread: tuple[str, ...] = (prompt.step,)
    if again is not None:
        reply = await ask(again)
        value = read(answer(reply.text))
        unread += () if value is not None else (prompt.step,)
    return Verdict(value, reply, unread)
