"""The novelty rule as a filter: keeps, or refuses with the nearest earlier text and its score."""

from __future__ import annotations

from typing import Any

from selfinstruct.novelty import NoveltyIndex
from selfinstruct.tasks import Reason


class NoveltyRule:
    """Refuses what is too near to anything kept before (Self-Instruct, section 2.2).

    Args:
        index: An empty index; it is filled with what is kept.
    """

    def __init__(self, index: NoveltyIndex) -> None:
        self._index = index
        self._texts: list[str] = []  # by row of the index

    def __len__(self) -> int:
        return len(self._texts)

    def keep(self, text: str) -> None:
        """Count ``text`` as kept, without judging it."""
        self._index.add(text)
        self._texts.append(text)

    def refuse(self, text: str) -> tuple[Reason, dict[str, Any]] | None:
        """Why ``text`` is refused, with the nearest text and its score; None when it is kept."""
        match = self._index.admit(text)
        if match is None:
            self._texts.append(text)
            return None
        return Reason.TOO_SIMILAR, {"nearest": self._texts[match.row], "score": match.score}
