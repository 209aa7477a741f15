"""Which of two answers stands first: decided here, and told to nobody before the vote."""

from __future__ import annotations

from collections.abc import Sequence

from selfinstruct.judging.sampling import rank

BLOCK = 10
"""So many pairs in a row have as many turned as not: the last ones of a sample likewise."""


def turned_sides(items: Sequence[str], seed: int, reviewer: str) -> list[bool]:
    """Whether each of ``items``, in this order, is shown with its second answer first.

    Within each block of ten exactly half are turned, so that half of all are (one less where their
    number is odd) however early somebody stops. Which ones depends on the seed, the item and the
    reviewer: two people see different sides, and the same person always the same.
    """
    found = []
    for start in range(0, len(items), BLOCK):
        block = items[start : start + BLOCK]
        order = sorted(block, key=lambda item: rank(seed, item, reviewer, "side"))
        chosen = set(order[: len(block) // 2])
        found += [item in chosen for item in block]
    return found
