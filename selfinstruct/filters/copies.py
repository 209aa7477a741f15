"""Whether a text copies one that was shown: it holds that text, or is held by it, word for word.

Equality misses a copy with an answer glued on, and ROUGE-L misses it as well, since the surplus
lowers the score. Here the share counts of the shorter text's words that stand in the other one, in
order and close together; words at the edges of the longer text make no difference.

Among the seed tasks, which are different tasks, no two share more than 0.50 (English 0.43, Korean
0.50, Japanese 0.37, Chinese 0.33), far below the 0.8 that makes a copy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import ceil

from rapidfuzz.distance import LCSseq

LEAST = 0.8  # of the shorter text's words
_SPREAD = 2  # so many times as long as the shorter text is the stretch that its words stand in
_EQUAL_ONLY = 4  # words; of fewer, a share says nothing
_ALL_OF = 8  # words; of fewer, one other word is another task: "a poem about autumn"
_CHARACTER = 0.4  # of a word; what a character weighs where each is a token


def weight(words: Sequence[str]) -> float:
    """How many words a text has, where a character of Han, kana or Hangul is part of one."""
    if "".join(words).isascii():
        return len(words)
    characters = sum(len(word) == 1 and not word.isascii() for word in words)
    return len(words) - characters * (1 - _CHARACTER)


def share(one: Sequence[str], other: Sequence[str]) -> float:
    """The share, in [0, 1], of the shorter text's words that stand in the other one, in order.

    They stand there in a stretch at most twice as long as the shorter text: any long text holds
    the words of a short one somewhere. The share is symmetric; of an empty text it is 0.
    """
    shorter, longer = sorted((one, other), key=lambda words: (len(words), words))
    return _held(shorter, longer, 1) / len(shorter) if shorter else 0.0


def held(text: Sequence[str], other: Sequence[str]) -> float:
    """The share, in [0, 1], of the words of ``text`` that stand in ``other`` in order, anywhere."""
    return int(LCSseq.similarity(text, other)) / len(text) if text else 0.0


def is_copy(one: Sequence[str], other: Sequence[str], least: float = LEAST) -> bool:
    """Whether one of two texts is a copy of the other, or holds one.

    Fewer than 4 words are a copy where they are all there is; fewer than 8 where all of them stand
    in the other text; else the share must reach ``least``.
    """
    if list(one) == list(other):
        return True
    shorter, longer = sorted((one, other), key=lambda words: (len(words), words))
    size = weight(shorter)
    if size < _EQUAL_ONLY:
        return False
    needed = len(shorter) if size < _ALL_OF else ceil(least * len(shorter) - 1e-9)
    if sum((Counter(shorter) & Counter(longer)).values()) < needed:
        return False  # most pairs end here, without a look at the order
    return _held(shorter, longer, needed) >= needed


def _held(shorter: Sequence[str], longer: Sequence[str], needed: int) -> int:
    """How many words of ``shorter`` a stretch of ``longer`` holds in order; 0 below ``needed``."""
    size = _SPREAD * len(shorter)
    if len(longer) <= size:
        return int(LCSseq.similarity(shorter, longer, score_cutoff=needed))
    step = max(1, len(shorter) // 4)
    starts = [*range(0, len(longer) - size, step), len(longer) - size]
    return max(
        int(LCSseq.similarity(shorter, longer[start : start + size], score_cutoff=needed))
        for start in starts
    )


class Shown:
    """Texts that were shown to a teacher.

    Args:
        words: Makes the words of a text.
        texts: The texts.
    """

    def __init__(self, words: Callable[[str], list[str]], texts: Iterable[str]) -> None:
        self._words = words
        made = [(text, words(text)) for text in dict.fromkeys(texts) if text.strip()]
        self._texts = [(text, text.casefold(), told, frozenset(told)) for text, told in made]

    def copied(self, text: str, least: float = LEAST) -> str | None:
        """The shown text that ``text`` copies; None where it copies none."""
        said, folded = self._words(text), text.casefold()
        different = frozenset(said)
        for shown, shown_folded, words, shown_different in self._texts:
            if folded == shown_folded:
                return shown
            # Most pairs end here: too few of the shorter one's words stand in the other at all.
            fewer, there = (
                (said, shown_different) if len(said) <= len(words) else (words, different)
            )
            if sum(map(there.__contains__, fewer)) < ceil(least * len(fewer) - 1e-9):
                continue
            if is_copy(said, words, least):
                return shown
        return None
