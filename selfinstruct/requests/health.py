"""Whether the requests of each step are taken, and their replies can be read at all.

A run whose every request is refused alike, or that reads nothing, ends early: going on would buy
what cannot become a task.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from selfinstruct.errors import RequestError, TeacherError
from selfinstruct.parsing import collapse
from selfinstruct.requests.asking import Ask
from selfinstruct.teachers import Prompt, Reply
from selfinstruct.teachers.shutdown import Shutdown

_FIRST = 20  # replies of a step; when none of so many can be read, none will be
_QUOTED = 120  # characters of one of them
_IN_A_ROW = 10  # requests of a step; when so many are refused alike, all of them will be

_NEXT_STEPS = {
    RequestError.CONTEXT: "Give the server a larger context, or ask for less: --per-request, "
    "--human, --max-tokens, or max_tokens of this step under [decoding] in the settings file.",
    RequestError.CONTENT: "Try another model, or other seeds.",
    RequestError.OTHER: "See what check says, and try another model or other settings.",
}


class Health:
    """Counts the refusals of each step in a row, and its replies until one is read.

    Args:
        shutdown: Requested before the run is ended, so that nothing more is bought meanwhile.
    """

    def __init__(self, shutdown: Shutdown) -> None:
        self._shutdown = shutdown
        self._refused: dict[str, tuple[str, int]] = {}
        self._healthy: set[str] = set()
        self._unread: Counter[str] = Counter()

    async def asked(self, ask: Ask, prompt: Prompt) -> Reply:
        """The reply that ``ask`` brings, and whether it was refused noted.

        Raises:
            TeacherError: See :meth:`refused`; and as ``ask`` does.
        """
        try:
            reply = await ask(prompt)
        except RequestError as error:
            self.refused(prompt.step, error)
            raise
        self._refused.pop(prompt.step, None)
        return reply

    def refused(self, step: str, error: RequestError) -> None:
        """A request of ``step`` cannot be answered.

        Raises:
            TeacherError: So were the last ten, and all for the same kind of reason.
        """
        if not error.kind:
            return
        kind, count = self._refused.get(step, (error.kind, 0))
        count = count + 1 if kind == error.kind else 1
        self._refused[step] = (error.kind, count)
        if count >= _IN_A_ROW:
            self._shutdown.request()
            raise TeacherError(
                f"The last {count} requests of the step {str(step)!r} were all refused alike. "
                f"{error} The run ends here, and everything up to now is kept; what was refused is "
                f"asked again by the next run. {_NEXT_STEPS[kind]}"
            ) from error

    def read(self, step: str) -> None:
        """A reply of ``step`` was read."""
        self._healthy.add(step)

    def heard(self, replies: Sequence[tuple[str, Reply]], unread: Sequence[str]) -> None:
        """Replies came, each to a step; each step in ``unread`` stands for one that was not read.

        Raises:
            TeacherError: See :meth:`unread`.
        """
        left = Counter(unread)
        for step, reply in replies:
            if left[step]:
                left[step] -= 1
                self.unread(step, reply)
            else:
                self.read(step)

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
        self._shutdown.request()
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
