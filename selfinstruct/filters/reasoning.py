"""Whether thoughts that are to be kept speak of the prompt instead of the task. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

_WORD = re.compile(r"\w+")
_RUN = 8  # words in a row that are no accident


def leak(thoughts: str, prompt: str, task: str, words: Collection[str]) -> str | None:
    """What in ``thoughts`` is of the prompt's frame; None where nothing is.

    Args:
        thoughts: What the teacher thought.
        prompt: The whole prompt.
        task: What of it is the task itself, which thoughts may quote.
        words: What thoughts say that speak of demonstrations or of the form they were shown.
    """
    low = thoughts.casefold()
    if found := next((text for text in words if text.casefold() in low), None):
        return found
    frame = _runs(prompt) - _runs(task)
    spoken = [word.casefold() for word in _WORD.findall(thoughts)]
    for place in range(len(spoken) - _RUN + 1):
        if (run := tuple(spoken[place : place + _RUN])) in frame:
            return " ".join(run)
    return None


def _runs(text: str) -> set[tuple[str, ...]]:
    words = [word.casefold() for word in _WORD.findall(text)]
    return {tuple(words[place : place + _RUN]) for place in range(len(words) - _RUN + 1)}
