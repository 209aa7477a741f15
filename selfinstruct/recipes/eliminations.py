"""The eliminations of Evol-Instruct (section 3.2) that need no judge."""

from __future__ import annotations

import re

from selfinstruct.languages.rules import LengthUnit
from selfinstruct.languages.words import Answers
from selfinstruct.tasks import Reason

_WORD = re.compile(r"\w+(?:['’]\w+)?")
_UNSPACED = re.compile("[\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff]+")  # Han, kana


class Eliminations:
    """What is not worth keeping, by the words of one language.

    Args:
        answers: The language's words.
    """

    def __init__(self, answers: Answers) -> None:
        self._words = answers
        self._apology = _any_of(answers.apologies)
        unspaced = [word for word in answers.stop_words if _UNSPACED.fullmatch(word)]
        self._lengths = sorted({len(word) for word in unspaced})

    def leak(self, text: str, parent: str) -> str | None:
        """Words of the evolving prompt in ``text`` that its parent does not hold; None for none."""
        low, before = text.casefold(), parent.casefold()
        return next(
            (words for words in self._words.leaks if words in low and words not in before), None
        )

    def of_answer(self, answer: str) -> Reason | None:
        """Why an answer eliminates its instruction; None when it does not.

        It declines: an apology in few words. Or it says nothing: punctuation and stop words only.
        """
        if self._says_nothing(answer):
            return Reason.ANSWER_EMPTY
        few = self._length(answer) < self._words.declined_below
        if few and self._apology and self._apology.search(answer):
            return Reason.ANSWER_DECLINED
        return None

    def _says_nothing(self, answer: str) -> bool:
        words = [word.casefold().replace("’", "'") for word in _WORD.findall(answer)]
        return all(
            word in self._words.stop_words
            # A script without spaces writes several of them as one run.
            or bool(_UNSPACED.fullmatch(word) and self._is_run(word))
            for word in words
        )

    def _is_run(self, text: str) -> bool:
        """Whether ``text`` is made of stop words alone, one after another; in linear time."""
        reached = {0}
        for start in range(len(text)):
            if start in reached:
                ends = (start + length for length in self._lengths)
                reached |= {end for end in ends if text[start:end] in self._words.stop_words}
        return len(text) in reached

    def _length(self, answer: str) -> int:
        if self._words.unit is LengthUnit.WORDS:
            return len(answer.split())
        return sum(not character.isspace() for character in answer)


def _any_of(words: tuple[str, ...]) -> re.Pattern[str] | None:
    if not words:
        return None
    # A word of letters that know spaces stands alone; others ("죄송") stand anywhere.
    each = (rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in words)
    return re.compile("|".join(each), re.IGNORECASE)
