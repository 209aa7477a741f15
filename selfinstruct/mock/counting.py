"""How often each text came, in bounded memory."""

from __future__ import annotations

import hashlib

_MOST = 1 << 18


class Counts:
    """Counts texts by short digests; those that did not come for longest are forgotten first.

    Args:
        most: How many texts are told apart.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._counts: dict[bytes, int] = {}

    def of(self, text: bytes) -> int:
        """How often ``text`` was counted."""
        return self._counts.get(_digest(text), 0)

    def add(self, text: bytes) -> int:
        """Count ``text`` once more, and return how often it was counted now."""
        key = _digest(text)
        count = self._counts.pop(key, 0) + 1
        self._counts[key] = count  # at the end: the latest
        if len(self._counts) > self._most:
            del self._counts[next(iter(self._counts))]
        return count


def _digest(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=12).digest()
