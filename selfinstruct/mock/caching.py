"""The mock's prompt cache: which part of a prompt was seen before, as OpenAI counts it."""

from __future__ import annotations

import hashlib

from selfinstruct.mock.teacher import CHARACTERS_PER_TOKEN, tokens

SHORTEST = 1024  # tokens of the shortest prefix that is kept
BLOCK = 128  # tokens by which longer ones grow
_MOST_PREFIXES = 1 << 16


class Cache:
    """Remembers digests of the prefixes of prompts; those least lately used are forgotten first.

    Args:
        most: How many digests are kept.
    """

    def __init__(self, most: int = _MOST_PREFIXES) -> None:
        self._most = most
        self._seen: dict[bytes, None] = {}

    def take(self, text: str) -> tuple[int, int]:
        """Tokens of ``text`` read from the cache, and written to it; ``text`` is now known.

        Of a prompt of 1,024 tokens or more, whole blocks are read up to the longest prefix known,
        and the others are written.
        """
        whole = tokens(text) // BLOCK * BLOCK
        if whole < SHORTEST:
            return 0, 0
        digests = _prefixes(text, whole)
        read = max((length for length, digest in digests if digest in self._seen), default=0)
        for _, digest in digests:
            self._seen.pop(digest, None)
            self._seen[digest] = None
        while len(self._seen) > self._most:
            del self._seen[next(iter(self._seen))]
        return read, whole - read


def _prefixes(text: str, whole: int) -> list[tuple[int, bytes]]:
    running = hashlib.blake2b(digest_size=16)
    found, start = [], 0
    for length in range(SHORTEST, whole + 1, BLOCK):
        end = length * CHARACTERS_PER_TOKEN
        running.update(text[start:end].encode("utf-8", "surrogatepass"))
        found.append((length, running.digest()))
        start = end
    return found
