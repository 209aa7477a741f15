"""Whether the replies of each step can be read at all: a run that reads nothing ends early."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from selfinstruct.errors import TeacherError
from selfinstruct.parsing import collapse
from selfinstruct.teachers import Reply

_FIRST = 20  # replies of a step; when none of so many can be read, none will be
_QUOTED = 120  # characters of one of them


class Health:
    """Counts the replies of each step until one is read.

    Args:
        stop: Called before a run is ended, so that nothing more is bought meanwhile.
    """

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop
        self._healthy: set[str] = set()
        self._unread: Counter[str] = Counter()

    def read(self, step: str) -> None:
        """A reply of ``step`` was read."""
        self._healthy.add(step)

    def unread(self, step: str, reply: Reply | None) -> None:
        """A reply of ``step`` could not be read; None for one that was starved.

        Raises:
            TeacherError: So could none of the first twenty.
        """
        if step in self._healthy or (reply is not None and not reply.attempts):
            return  # a replay has paid for nothing, and goes to its end
        self._unread[step] += 1
        if self._unread[step] < _FIRST:
            return
        self._stop()
        if reply is None:
            said = "ran out of tokens before an answer began"
            step_ = "Give more with --reasoning-tokens, or try --reasoning-effort none."
        elif reply.cut_off:
            said = "were cut off by their token limit"
            step_ = "Raise max_tokens for this step in the settings file: see [decoding]."
        else:
            text = collapse(reply.text or reply.thoughts)[:_QUOTED]
            said = f"cannot be read; the last one begins: {text!r}" if text else "are empty"
            step_ = "See what check says, and try another model or --prompts."
        raise TeacherError(
            f"The first {_FIRST} replies to the step {str(step)!r} {said}. The run ends here, and "
            f"everything up to now is kept. {step_}"
        )
