"""Whether a text is in a language: by its script, and by the small words that every text has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from selfinstruct.languages import LanguagePack, UnicodeTokenizer

_LEAST_SHARE = 0.5  # of the tokens in the language's script
_LONG = 8  # tokens from which a text must hold small words
_LEAST_SMALL = 0.08  # share of them


class LanguageRule:
    """Tells texts of one language from those of others, roughly: it looks words up, no more.

    Languages that share a script are told apart where the pack lists stop words, and only in texts
    of some length.

    Args:
        pack: The language.
    """

    def __init__(self, pack: LanguagePack) -> None:
        self._tokens = UnicodeTokenizer()
        self._own = in_ranges(pack.first_character.ranges)
        self._small = pack.answers.stop_words

    def refuse(self, text: str) -> dict[str, Any] | None:
        """Why ``text`` is not in the language, as figures; None where it is, or nobody can tell."""
        tokens = [token for token in self._tokens.tokenize(text) if not token.isdecimal()]
        if not tokens:
            return None
        share = sum(bool(self._own.fullmatch(token)) for token in tokens) / len(tokens)
        if share < _LEAST_SHARE:
            return {"own_script": round(share, 3)}
        small = sum(token in self._small for token in tokens) / len(tokens)
        if self._small and len(tokens) >= _LONG and small < _LEAST_SMALL:
            return {"small_words": round(small, 3)}
        return None


def in_ranges(ranges: Sequence[str]) -> re.Pattern[str]:
    """A pattern of texts whose characters all lie in inclusive ranges such as ``a-z``."""
    inside = "".join(f"{re.escape(one[0])}-{re.escape(one[-1])}" for one in ranges)
    return re.compile(f"[{inside}]+")
