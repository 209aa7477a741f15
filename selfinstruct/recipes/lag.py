"""The lag: how many requests may be under way before the next must see what they brought."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# How many requests may be under way before the next must see what they brought. It grows with
# the pool, so that a run for 50 tasks bootstraps from its own instructions and a long run keeps
# hundreds of calls in flight.
_BLIND = 4
LARGEST_LAG = 256
BATCH_LAG = 16_384
"""That of new pools that are bought by batches: each wave may be so large."""
LAG = "lag"
"""The setting of a recipe that says so."""


def growing_lag(number: int, largest: int = LARGEST_LAG) -> int:
    """How many requests must be committed before request ``number`` draws."""
    return 0 if number < _BLIND else max(number // 4, number - largest)


def blind_growth(number: int) -> int:
    """The same where a draft shows nothing of what earlier requests brought: they only may grow."""
    return 0 if number < _BLIND else number // 4


def rounds(first: int, requests: int, largest: int) -> int:
    """How often requests must wait for all that went before, where each such wait is a long one.

    Args:
        first: The number of the first request that is not committed.
        requests: How many are to come.
        largest: The lag.
    """
    count, known = 0, first
    while known < first + requests:
        number = known  # the last that may be asked with what is known, and the next waits
        while number < first + requests and growing_lag(number, largest) <= known:
            number += 1
        count, known = count + 1, number
    return count


def kept_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a recipe as a manifest has them: the usual lag is not mentioned.

    Pools from before it could be set do not mention it, and go on as they are.
    """
    return {name: value for name, value in settings.items() if (name, value) != (LAG, LARGEST_LAG)}
