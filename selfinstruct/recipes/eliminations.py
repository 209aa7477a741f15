"""The eliminations of Evol-Instruct (section 3.2) that need no judge."""

from __future__ import annotations

import re

from selfinstruct.languages.pack import Answers
from selfinstruct.tasks import Reason

_WORD = re.compile(r"\w+(?:['’]\w+)?")


class Eliminations:
    """What is not worth keeping, by the words of one language.

    Args:
        answers: The language's words.
    """

    def __init__(self, answers: Answers) -> None:
        self._words = answers
        self._apology = _any_of(answers.apologies)

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
        words = [word.casefold().replace("’", "'") for word in _WORD.findall(answer)]
        if all(word in self._words.stop_words for word in words):
            return Reason.ANSWER_EMPTY
        few = len(answer.split()) < self._words.declined_below
        if few and self._apology and self._apology.search(answer):
            return Reason.ANSWER_DECLINED
        return None


def _any_of(words: tuple[str, ...]) -> re.Pattern[str] | None:
    if not words:
        return None
    # A word of letters that know spaces stands alone; others ("죄송") stand anywhere.
    each = (rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in words)
    return re.compile("|".join(each), re.IGNORECASE)
