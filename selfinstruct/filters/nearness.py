"""The novelty rule as a filter: keeps, or refuses with the nearest earlier text and its score."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selfinstruct.languages import ROUGE, LanguagePack, Tokenizer
from selfinstruct.novelty import Match, NoveltyIndex, SimilarityTable
from selfinstruct.novelty.scoring import Bar, with_ties
from selfinstruct.tasks import Reason


class NoveltyRule:
    """Refuses what is too near to anything kept before (Self-Instruct, section 2.2).

    Args:
        index: An empty index; it is filled with what is kept.
        table: An empty table for :meth:`similar`, where that is wanted; filled likewise.
        same: Makes one text of those that count as the same, where duplicates are refused apart.
        differ: Says of two near texts that they are about different things all the same, where
            that is asked.
        spared: Says of two near texts, by their score, that they are too short for it to count.
    """

    def __init__(
        self,
        index: NoveltyIndex,
        table: SimilarityTable | None = None,
        same: Callable[[str], str] | None = None,
        differ: Callable[[str, str], bool] | None = None,
        spared: Callable[[str, str, float], bool] | None = None,
    ) -> None:
        self._index = index
        self._table = table
        self._same = same
        self._differ = differ
        self._spared = spared
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
        plain = self._differ is None and self._spared is None
        match = self._index.admit(text) if plain else self._admit(text)
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
            other = self._texts[match.row]
            spared = self._spared is not None and self._spared(text, other, match.score)
            if not spared and (self._differ is None or not self._differ(text, other)):
                return match
        self._index.add(text)
        return None

    def _note(self, text: str) -> None:
        if self._same is not None:
            self._seen.setdefault(self._same(text), len(self._texts))
        self._texts.append(text)
        if self._table is not None:
            self._table.add(text)


@dataclass(frozen=True, slots=True)
class Nearness:
    """What besides its threshold decides whether two texts are near.

    Attributes:
        exact: Whether texts at just the threshold are near, however rouge-score's formula rounds;
            with its own tokenizer they are what it makes of them.
        below: From how many tokens on a text is short no longer; 0 where none is.
        least: The ROUGE-L F1 from which two texts are near of which one is short.
    """

    exact: bool = False
    below: int = 0
    least: float = 0.0

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Nearness:
        """As :meth:`row` wrote it into a manifest; {} in those that know nothing of it."""
        short = row.get("short", {})
        return cls(bool(row.get("exact")), short.get("below", 0), short.get("threshold", 0.0))

    @classmethod
    def of(cls, pack: LanguagePack, used: str, *, usual: bool) -> Nearness:
        """What a language has for the tokenizer ``used``.

        Args:
            pack: The language.
            used: The tokenizer's name.
            usual: Whether the threshold is the language's.
        """
        if used == ROUGE:  # the verdict is rouge-score's, to the bit
            return cls()
        short = pack.novelty.short if usual and used == pack.tokenizer else None
        return (
            cls(exact=True, below=short.below, least=short.threshold) if short else cls(exact=True)
        )

    def row(self) -> dict[str, Any]:
        """What a manifest says of it; {} where it says nothing."""
        exact = {"exact": True} if self.exact else {}
        short = {"short": {"below": self.below, "threshold": self.least}} if self.below else {}
        return exact | short

    def index(self, used: Tokenizer, threshold: float) -> NoveltyIndex:
        """An empty index in which texts from ``threshold`` on are near."""
        return NoveltyIndex(used, self.bar(threshold).threshold)

    def bar(self, threshold: float) -> Bar:
        """What two texts must reach to be near, from ``threshold`` on."""
        least = with_ties(self.least) if self.below else 0.0
        return Bar(with_ties(threshold) if self.exact else threshold, self.below, least)

    def spared(self, used: Tokenizer) -> Callable[[str, str, float], bool] | None:
        """Says of two near texts that they are too short for their score to count."""
        if not self.below:
            return None
        least = with_ties(self.least)

        def is_spared(text: str, other: str, score: float) -> bool:
            if score >= least:
                return False
            return min(len(used.tokenize(text)), len(used.tokenize(other))) < self.below

        return is_spared
