"""Whether a text is in a language: by its script, and by the small words that every text has."""

from __future__ import annotations

from typing import Any

from selfinstruct.filters.scripts import ScriptRule
from selfinstruct.languages import LanguagePack, UnicodeTokenizer
from selfinstruct.languages.rules import Script

_LEAST_SHARE = 0.5  # of the tokens in the language's script, where the pack names none
_LONG = 8  # tokens from which a text must hold small words
_LEAST_SMALL = 0.08  # share of them


class LanguageRule:
    """Tells texts of one language from those of others, roughly: it looks words up, no more.

    A language with a script of its own is told by that. Where several share one, as Latin letters,
    texts of some length must hold the stop words of the language.

    Args:
        pack: The language.
    """

    def __init__(self, pack: LanguagePack) -> None:
        self._tokens = UnicodeTokenizer()
        shared = Script(ranges=pack.first_character.ranges, least=_LEAST_SHARE)
        self._script = ScriptRule(pack.script or shared)
        self._small = pack.answers.stop_words if pack.script is None else frozenset()

    def refuse(self, text: str) -> dict[str, Any] | None:
        """Why ``text`` is not in the language, as figures; None where it is, or nobody can tell."""
        if figures := self._script.refuse(text):
            return figures
        tokens = [token for token in self._tokens.tokenize(text) if not token.isdecimal()]
        if not self._small or len(tokens) < _LONG:
            return None
        share = sum(token in self._small for token in tokens) / len(tokens)
        return {"small_words": round(share, 3)} if share < _LEAST_SMALL else None
