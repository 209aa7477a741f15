"""In which script a text is, by the share of its tokens."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from selfinstruct.languages import UnicodeTokenizer
from selfinstruct.languages.rules import Script


class ScriptRule:
    """Refuses texts in another script.

    Args:
        script: The wanted one, and how much of a text must be in it.
    """

    def __init__(self, script: Script) -> None:
        self._least = script.least
        self._tokens = UnicodeTokenizer()
        self._own = in_ranges(script.ranges)
        self._required = in_ranges(script.required) if script.required else None

    def refuse(self, text: str) -> dict[str, Any] | None:
        """Why ``text`` is refused, as figures; None to keep. Texts of numbers alone are kept."""
        tokens = [token for token in self._tokens.tokenize(text) if not token.isdecimal()]
        if not tokens:
            return None
        share = sum(bool(self._own.fullmatch(token)) for token in tokens) / len(tokens)
        if share < self._least:
            return {"own_script": round(share, 3)}
        if self._required and not self._required.search(unicodedata.normalize("NFKC", text)):
            return {"own_script": round(share, 3), "lacks": self._required.pattern}
        return None


def in_ranges(ranges: Sequence[str]) -> re.Pattern[str]:
    """A pattern of texts whose characters all lie in inclusive ranges such as ``a-z``."""
    inside = "".join(f"{re.escape(one[0])}-{re.escape(one[-1])}" for one in ranges)
    return re.compile(f"[{inside}]+")
