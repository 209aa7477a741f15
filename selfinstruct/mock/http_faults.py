"""What servers do wrong, at stated rates, so that a run can be tried against it.

Which call meets which fault depends on the seed, the request, and how often that same request was
made before: never on the order of arrival. So two runs through the same faults get the same data.
"""

from __future__ import annotations

import hashlib
import random
from collections import deque
from collections.abc import Mapping

from selfinstruct.errors import SettingsError
from selfinstruct.mock.counting import Counts
from selfinstruct.mock.reply_flaws import pick

# By name, what happens to the call.
FAULTS: Mapping[str, str] = {
    "429": "refused for the rate limit, now with Retry-After and now without",
    "500": "an internal error",
    "timeout": "no answer at all, and after a while the connection is closed",
    "disconnect": "the connection is closed",
    "truncate": "the text is cut off and says so",
    "garbage": "a body that is no completion",
    "flex": "a call for the flex tier is refused for want of capacity; others are answered",
}


def parse_faults(text: str) -> dict[str, float]:
    """Rates by fault, written as ``429=0.2,500=0.05``.

    Raises:
        SettingsError: A name is not known, or the rates are none.
    """
    rates: dict[str, float] = {}
    for part in filter(None, text.split(",")):
        name, _, value = part.strip().partition("=")
        if name not in FAULTS:
            raise SettingsError(f"There is no fault {name!r}: use {', '.join(FAULTS)}.")
        try:
            rates[name] = float(value)
        except ValueError as error:
            raise SettingsError(f"The rate of {name!r} must be a number, not {value!r}.") from error
    if not all(0 <= rate <= 1 for rate in rates.values()) or sum(rates.values()) > 1:
        raise SettingsError("Rates of faults lie between 0 and 1 and sum up to at most 1.")
    return rates


class Trouble:
    """Draws the fault of each call.

    Args:
        rates: By fault, in [0, 1].
        seed: Where the random numbers start.
    """

    def __init__(self, rates: Mapping[str, float], seed: int) -> None:
        self._rates = rates
        self._seed = seed
        self._seen = Counts()

    def draw(self, prompt: str) -> tuple[str | None, random.Random]:
        """The fault of this call, or None; and random numbers for its details.

        Args:
            prompt: What is asked. Limits and the like do not count: what a client has learned of
                this server by then, which changes them, depends on what arrived first.
        """
        digest = hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).digest()
        rng = random.Random(f"{self._seed} {self._seen.add(digest)} {digest.hex()}")
        return pick(self._rates, rng), rng


class Allowance:
    """A real quota: so many requests in any span of sixty seconds.

    Args:
        rpm: The quota.
    """

    def __init__(self, rpm: int) -> None:
        self.rpm = rpm
        self._taken: deque[float] = deque()

    def take(self, now: float) -> bool:
        """Whether one more request is within the quota at ``now``; if so, it is counted."""
        while self._taken and now - self._taken[0] >= 60:
            self._taken.popleft()
        if len(self._taken) >= self.rpm:
            return False
        self._taken.append(now)
        return True

    def headers(self, now: float) -> dict[str, str]:
        """What the server says about it, in the names of the OpenAI API."""
        reset = max(0.0, 60 - (now - self._taken[0])) if self._taken else 0.0
        return {
            "x-ratelimit-limit-requests": str(self.rpm),
            "x-ratelimit-remaining-requests": str(self.rpm - len(self._taken)),
            "x-ratelimit-reset-requests": f"{round(reset * 1000)}ms",
        }


def garbage(rng: random.Random) -> tuple[str, str]:
    """A body that is no completion, and its content type."""
    return rng.choice(
        [
            ("<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html"),
            ('{"id": "mock-0", "object": "chat.completion", "choi', "application/json"),
            ('{"choices": []}', "application/json"),
            ("null", "application/json"),
            ("", "application/json"),
        ]
    )
