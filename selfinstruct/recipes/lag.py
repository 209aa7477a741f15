"""The lag: how many requests may be under way before the next must see what they brought."""

from __future__ import annotations

# How many requests may be under way before the next must see what they brought. It grows with
# the pool, so that a run for 50 tasks bootstraps from its own instructions and a long run keeps
# hundreds of calls in flight.
_BLIND = 4
LARGEST_LAG = 256


def growing_lag(number: int) -> int:
    """How many requests must be committed before request ``number`` draws."""
    return 0 if number < _BLIND else max(number // 4, number - LARGEST_LAG)
