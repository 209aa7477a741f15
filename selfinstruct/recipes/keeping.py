"""Keeping what a teacher thought with the outputs that came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from selfinstruct.filters.reasoning import leak
from selfinstruct.parsing import excerpt
from selfinstruct.tasks import Instance, Reason, Reject

FIELD = "reasoning"
"""The key of an instance that holds its thoughts."""


@dataclass(frozen=True, slots=True)
class Thoughts:
    """What is done with thoughts.

    Attributes:
        keep: Whether they are kept at all.
        leaks: Whether those are kept, too, that speak of the prompt.
        words: What such thoughts say, in the language's words.
    """

    keep: bool = False
    leaks: bool = False
    words: tuple[str, ...] = ()

    def kept(
        self, instances: Sequence[Instance], thoughts: str, prompt: str, instruction: str
    ) -> tuple[tuple[Instance, ...], list[Reject]]:
        """The instances with the thoughts that led to them, and a reject for what is not kept.

        Args:
            instances: The outputs of one reply.
            thoughts: What the teacher thought before it.
            prompt: What was asked.
            instruction: The task's instruction.
        """
        if not self.keep or not thoughts or not instances:
            return tuple(instances), []
        task = "\n".join((instruction, *(case.input for case in instances)))
        match = None if self.leaks else leak(thoughts, prompt, task, self.words)
        if match is not None:
            detail = {"reasoning": excerpt(thoughts), "match": match}
            return tuple(instances), [Reject(instruction, Reason.REASONING_LEAK, detail)]
        return tuple(with_thoughts(case, thoughts) for case in instances), []


NOTHING = Thoughts()
"""Thoughts are not kept."""


def with_thoughts(case: Instance, thoughts: str) -> Instance:
    """``case`` with its thoughts; without any, where there are none."""
    extra = {key: value for key, value in case.model_dump().items() if key != FIELD}
    return Instance.model_validate(extra | ({FIELD: thoughts} if thoughts else {}))
