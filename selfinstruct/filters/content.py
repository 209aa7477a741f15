"""Whether two short texts that share most of their words are about different things.

"What is the capital of Japan?" and "What is the capital of Australia?" reach a ROUGE-L F1 of 0.83
and are two questions; "What's the capital city of Japan?" is the first one again.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection
from functools import lru_cache

from selfinstruct.languages import Tokenizer

# Words; of a longer text one is too small a part to make it another. Two tokens of one character,
# as in scripts that are judged by these, weigh about as much as a word.
_SHORT = 12
_REMEMBERED = 1 << 14  # texts
_STEM = 4  # letters that two forms of a word share at least
_ENDING = 3  # letters that its endings have at most


class ContentRule:
    """Tells texts apart by the words that only one of them holds.

    Two texts differ where each says something that the other does not: one content word has taken
    the place of another. What one says besides ("the capital *city*") makes no difference, nor do
    words without content, nor two forms of a word.

    Args:
        tokenizer: What novelty is judged with.
        small_words: Its tokens that carry no content.
    """

    def __init__(self, tokenizer: Tokenizer, small_words: Collection[str]) -> None:
        self._tokenize = tokenizer.tokenize
        self._small = frozenset(small_words)
        # Near texts are often many, such as all questions of one frame, and come again and again.
        self._read = lru_cache(_REMEMBERED)(self._said)

    def differ(self, one: str, other: str) -> bool:
        """Whether two near texts are about different things; never where one of them is long."""
        mine, theirs = self._read(one), self._read(other)
        if mine is None or theirs is None:
            return False
        return self._says_more(mine, theirs) and self._says_more(theirs, mine)

    def _said(self, text: str) -> frozenset[str] | None:
        """The tokens of ``text``; None where it is long."""
        tokens = self._tokenize(text)
        return None if _length(tokens) >= _SHORT else frozenset(tokens)

    def _says_more(self, tokens: frozenset[str], others: frozenset[str]) -> bool:
        own = tokens - others - self._small
        return any(not any(_is_form(token, word) for word in others) for token in own)


def _length(tokens: list[str]) -> float:
    return sum(0.5 if len(token) == 1 and not token.isascii() else 1 for token in tokens)


def _is_form(one: str, other: str) -> bool:
    """Whether two words differ in their endings alone; numbers never do."""
    if one[:_STEM] != other[:_STEM] or min(len(one), len(other)) < _STEM:
        return False
    pairs = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    shared = sum(1 for _ in pairs)
    longest = max(len(one), len(other)) - shared
    return longest <= _ENDING and not any(map(str.isdecimal, one + other))
