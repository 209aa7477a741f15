"""The novelty rule as a filter: keeps, or refuses with the nearest earlier text and its score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from selfinstruct.novelty import Match, NoveltyIndex, SimilarityTable
from selfinstruct.tasks import Reason


class NoveltyRule:
    """Refuses what is too near to anything kept before (Self-Instruct, section 2.2).

    Args:
        index: An empty index; it is filled with what is kept.
        table: An empty table for :meth:`similar`, where that is wanted; filled likewise.
        same: Makes one text of those that count as the same, where duplicates are refused apart.
        differ: Says of two near texts that they are about different things all the same, where
            that is asked.
    """

    def __init__(
        self,
        index: NoveltyIndex,
        table: SimilarityTable | None = None,
        same: Callable[[str], str] | None = None,
        differ: Callable[[str, str], bool] | None = None,
    ) -> None:
        self._index = index
        self._table = table
        self._same = same
        self._differ = differ
        self._seen: dict[str, int] = {}  # by what ``same`` makes of a text, its row
        self._texts: list[str] = []  # by row of the index

    def __len__(self) -> int:
        return len(self._texts)

    def keep(self, text: str) -> None:
        """Count ``text`` as kept, without judging it."""
        self._index.add(text)
        self._note(text)

    def keep_many(self, texts: Sequence[str]) -> None:
        """Count all ``texts`` as kept, without judging them; faster than one by one."""
        self._index.add_many(texts)
        for text in texts:
            self._note(text)

    def refuse(self, text: str) -> tuple[Reason, dict[str, Any]] | None:
        """Why ``text`` is refused, with the nearest text and its score; None when it is kept."""
        if self._same is not None and (row := self._seen.get(self._same(text))) is not None:
            return Reason.DUPLICATE, {"duplicate_of": self._texts[row]}
        match = self._index.admit(text) if self._differ is None else self._admit(text)
        if match is None:
            self._note(text)
            return None
        return Reason.TOO_SIMILAR, {"nearest": self._texts[match.row], "score": match.score}

    def similar(self, text: str) -> dict[str, Any]:
        """The reference's figures for ``text``, asked before it is judged; {} without a table.

        ``most_similar`` gives the most similar texts with their scores, best first, and
        ``avg_similarity_score`` the mean score over all that was kept.
        """
        if self._table is None:
            return {}
        found = self._table.similar(text)
        return {
            "most_similar": {self._texts[row]: score for row, score in found.most},
            "avg_similarity_score": found.mean,
        }

    def _admit(self, text: str) -> Match | None:
        """Add ``text`` and return None, or return the nearest that is about the same thing.

        All near texts are looked at: the nearest may ask for another capital, and the next one be
        the same question in other words.
        """
        for match in self._index.near(text):
            if self._differ is None or not self._differ(text, self._texts[match.row]):
                return match
        self._index.add(text)
        return None

    def _note(self, text: str) -> None:
        if self._same is not None:
            self._seen.setdefault(self._same(text), len(self._texts))
        self._texts.append(text)
        if self._table is not None:
            self._table.add(text)
