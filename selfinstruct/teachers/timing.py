"""How long a call may take: as long as its tokens need at the speed that was seen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from selfinstruct.log import LOG
from selfinstruct.teachers.base import Prompt, Usage
from selfinstruct.teachers.pulse import Pulse

USUAL = 180.0  # seconds that any call may take before anybody wonders
_MARGIN = 2.0  # to what its tokens need at the speed of the last calls


class Timing:
    """The limits of one teacher's calls.

    A call that outruns what was expected is paid for, and its server still works at it: unless
    somebody set a limit by hand, it is waited for as long as a teacher may answer nothing.

    Args:
        pulse: How calls go.
        given: Seconds after which a call is given up, where somebody said so.
        patience: Seconds without any answer after which a run ends.
        tell: Called once with a sentence, when a call takes longer than expected.
    """

    def __init__(
        self,
        pulse: Pulse,
        given: float | None = None,
        patience: float = 600.0,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.pulse = pulse
        self._given = given
        self._patience = patience
        self._tell: Callable[[str], None] | None = tell or _nobody

    @property
    def option(self) -> str:
        """The option that set the limit."""
        return "--give-up-after" if self._given is None else "--timeout"

    @property
    def any(self) -> float:
        """Seconds that a call may take which asks for no reply of a model."""
        return USUAL if self._given is None else self._given

    def expected(self, prompt: Prompt) -> float:
        """Seconds that the call may well take: twice what its token limit needs, 180 at least."""
        speed = self.pulse.speed
        return max(USUAL, _MARGIN * prompt.most_tokens / speed) if speed else USUAL

    def most(self, prompt: Prompt) -> float:
        """Seconds after which the call is given up."""
        if self._given is not None:
            return self._given
        return max(self._patience, self.expected(prompt))

    @contextmanager
    def call(self, prompt: Prompt) -> Iterator[Callable[[Usage | None], None]]:
        """A call under way; yields what to call with its usage once it was answered."""
        maker = asyncio.current_task()
        number = self.pulse.began(maker)
        answered = False

        def ended(usage: Usage | None) -> None:
            nonlocal answered
            answered = True
            self.pulse.ended(number, usage.completion_tokens if usage else None)

        expected = self.expected(prompt)
        loop = asyncio.get_running_loop()
        late = loop.call_later(expected, self._outran, expected, self.most(prompt))
        try:
            yield ended
        finally:
            late.cancel()
            self.pulse.forget(maker)
            if not answered:
                self.pulse.failed(number)

    def _outran(self, expected: float, most: float) -> None:
        if self._tell is None or most <= expected:
            return
        tell, self._tell = self._tell, None
        said = (
            f"A call has taken {expected:.0f} s. It is waited for, up to {most:.0f} s "
            "(--give-up-after); --timeout gives slow calls up sooner, to make them again."
        )
        LOG.warning("%s", said)
        tell(said)


def _nobody(_: str) -> None:
    """Nobody wants to know."""
