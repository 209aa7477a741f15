"""How many of what, as a sentence says it: "1 task", "1,204 tasks"."""

from __future__ import annotations


def counted(count: int, one: str, more: str = "") -> str:
    """``count`` with the noun that it counts, and whatever goes with that.

    Args:
        count: How many.
        one: What follows a 1: "task", or "reply is".
        more: What follows any other number; by default ``one`` and an s.
    """
    return f"{count:,} {one if count == 1 else more or f'{one}s'}"
