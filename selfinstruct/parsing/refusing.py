"""Texts in which a model declines, going by the words of a language."""

from __future__ import annotations

from collections.abc import Iterable


class Refusals:
    """What such texts say.

    Args:
        openings: With what they begin.
        phrases: What they say anywhere; none where the language names none.
    """

    def __init__(self, openings: Iterable[str], phrases: Iterable[str]) -> None:
        self._openings = tuple(text.casefold() for text in openings)
        self._phrases = tuple(text.casefold() for text in phrases)

    def begins(self, text: str) -> bool:
        """Whether ``text`` begins as such texts do."""
        return text.casefold().replace("’", "'").startswith(self._openings)

    def says(self, text: str) -> bool:
        """Whether ``text`` holds a phrase that such texts hold."""
        low = text.casefold()
        return any(phrase in low for phrase in self._phrases)

    def begins_and_says(self, text: str) -> bool:
        """Whether ``text`` begins so, and holds a phrase too where the language names any.

        A letter of apology begins so as well.
        """
        return (not self._phrases or self.says(text)) and self.begins(text)
