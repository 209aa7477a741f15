"""One person's way through the cards: what is asked now, and what an answer does.

Every step has a number. A step that was meant for another one (a key pressed twice, a second tab)
changes nothing, and whoever sent it is told where things stand.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from selfinstruct.errors import UsageError
from selfinstruct.reviewing.cards import Card
from selfinstruct.reviewing.opinions import Opinions, Value, given_answers, turned
from selfinstruct.reviewing.votes import LONGEST_NOTE, Row, VoteFile
from selfinstruct.rubrics import Question, Rubric

_LONGEST_LOOK = 600.0  # seconds: whoever takes longer went away, or the machine slept


class StaleError(UsageError):
    """A step that was meant for another moment: nothing was changed."""


@dataclass(frozen=True, slots=True)
class Word:
    """What a judge said of an item, shown after one's own answer.

    Attributes:
        judging: What the judging is called.
        answers: By question.
        reason: Why.
    """

    judging: str
    answers: Mapping[str, Value]
    reason: str


@dataclass(frozen=True, slots=True)
class Now:
    """Where things stand.

    Attributes:
        turn: The number of the step that comes next.
        done: Cards whose questions are all answered.
        of: All cards.
        skipped: Cards that were put off.
        card: The card at hand; None where there is none.
        place: Its place among all, from 0.
        question: What is asked about it; None where only a judge's word is shown.
        answers: What was answered about it, by question, as it is shown.
        word: The judge's word about it, where that is shown now.
        can_undo: Whether there is something to take back.
        seconds: The median look at a question; None before the first.
    """

    turn: int
    done: int
    of: int
    skipped: int
    card: Card | None
    place: int
    question: Question | None
    answers: Mapping[str, Value]
    word: Word | None
    can_undo: bool
    seconds: float | None


class Session:
    """See the module's docstring.

    Args:
        cards: What is asked about, in order.
        rubric: By which rubric.
        file: Where votes go.
        clock: The time of day.
        words: By item, what the judge said that is shown afterwards; empty for nothing.
        only: The condition by which the cards were chosen; "" for none.
    """

    def __init__(
        self,
        cards: Sequence[Card],
        rubric: Rubric,
        file: VoteFile,
        clock: Callable[[], str],
        words: Mapping[str, Word] | None = None,
        only: str = "",
    ) -> None:
        self._cards = [card for card in cards if rubric.asked_of(card.parts)]
        self.rubric = rubric
        self._file = file
        self._clock = clock
        self._words = words or {}
        self._only = only
        self._opinions = Opinions(rubric, file.rows)
        self._places = {(card.item, card.digest): at for at, card in enumerate(self._cards)}
        self._skipped: set[int] = set()
        self._shown: int | None = None  # the card whose word is shown
        self._turn = 0
        self._open = {at for at in range(len(self._cards)) if self._question(at) is not None}
        self._steps = self._voted()
        self._near = self._steps[-1][0] if self._steps else None  # whose questions come first
        self._seconds = [row.seconds for row in file.rows if self._is_ours(row) and row.seconds]

    def now(self) -> Now:
        """Where things stand."""
        at = self._shown if self._shown is not None else self._at()
        card = None if at is None else self._cards[at]
        word = self._words.get(card.item) if card and self._shown is not None else None
        return Now(
            self._turn,
            len(self._cards) - len(self._open),
            len(self._cards),
            len(self._skipped),
            card,
            at or 0,
            self._question(at) if at is not None else None,
            self._answers(card) if card else {},
            word,
            bool(self._steps),
            statistics.median(self._seconds) if self._seconds else None,
        )

    def vote(self, turn: int, answer: Value, note: str = "", seconds: float | None = None) -> None:
        """Answer the question at hand; it is on disk when this returns.

        Args:
            turn: The step that the answer is for.
            answer: It, on the question's scale; of pairs as they are shown.
            note: What is written besides.
            seconds: How long the question was looked at.

        Raises:
            StaleError: It is for another step, or nothing is asked.
            DiskError: It could not be written; the question is still open.
        """
        self._check(turn)
        at = self._at()
        question = None if at is None else self._question(at)
        if at is None or question is None or self._shown is not None:
            raise StaleError("Nothing is asked just now.")
        card = self._cards[at]
        looked = None
        if seconds is not None and math.isfinite(seconds):
            looked = round(min(max(seconds, 0.0), _LONGEST_LOOK), 1)
        row = self._row(card, question.key).model_copy(
            update={
                "answer": turned(answer) if card.is_turned else answer,
                "note": note[:LONGEST_NOTE],
                "seconds": looked,
                "only": self._only,
            }
        )
        rows = [row, *self._revealing(at, question)]
        self._store(rows)
        self._steps.append((at, question.key))
        self._near = at
        self._seconds += [looked] if looked else []
        if len(rows) > 1:
            self._shown = at
        if self._question(at) is None:
            self._open.discard(at)
            self._skipped.discard(at)

    def undo(self, turn: int) -> None:
        """Take the last answer back, or the last putting off.

        Raises:
            StaleError: It is for another step, or there is nothing.
            DiskError: It could not be written; the answer still counts.
        """
        self._check(turn)
        if not self._steps:
            raise StaleError("There is nothing to take back.")
        at, key = self._steps[-1]
        if key:
            self._store([self._row(self._cards[at], key).model_copy(update={"undo": True})])
            self._open.add(at)
        else:
            self._turn += 1
        self._steps.pop()
        self._near, self._shown = at, None
        self._skipped.discard(at)

    def skip(self, turn: int) -> None:
        """Put the card at hand off to the end.

        Raises:
            StaleError: It is for another step, or nothing is asked.
        """
        self._check(turn)
        at = self._at()
        if at is None or self._shown is not None:
            raise StaleError("Nothing is asked just now.")
        self._skipped.add(at)
        self._steps.append((at, ""))
        self._turn += 1

    def go_on(self, turn: int) -> None:
        """Leave the judge's word, or come back to what was put off.

        Raises:
            StaleError: It is for another step.
        """
        self._check(turn)
        if self._shown is not None:
            self._shown = None
        else:
            self._skipped.clear()
            self._steps = [step for step in self._steps if step[1]]
        self._turn += 1

    def _check(self, turn: int) -> None:
        if turn != self._turn:
            raise StaleError("That was meant for another moment; nothing was changed.")

    def _at(self) -> int | None:
        """The place of the card at hand: the last one touched, or the first that is open."""
        wanted = self._open - self._skipped
        return self._near if self._near in wanted else min(wanted, default=None)

    def _question(self, at: int) -> Question | None:
        """The first question about a card that is not answered."""
        card = self._cards[at]
        known = self._opinions.of(card.item, card.digest).now
        asked = self.rubric.asked_of(card.parts)
        return next((one for one in asked if one.key not in known), None)

    def _answers(self, card: Card) -> dict[str, Value]:
        """What was answered about a card, as it is shown."""
        given = given_answers(card, self._opinions)
        return {key: value for key, (value, _) in given.items()}

    def _revealing(self, at: int, question: Question) -> list[Row]:
        """The row that says that the judge's word is shown, where the last answer came now."""
        card = self._cards[at]
        opinion = self._opinions.of(card.item, card.digest)
        asked = {one.key for one in self.rubric.asked_of(card.parts)}
        word = self._words.get(card.item)
        if word is None or opinion.revealed or asked - opinion.now.keys() != {question.key}:
            return []
        return [self._row(card, "").model_copy(update={"revealed": word.judging})]

    def _row(self, card: Card, question: str) -> Row:
        return Row(
            item=card.item,
            rubric=self.rubric.name,
            rubric_digest=self.rubric.digest,
            digest=card.digest,
            question=question,
            pair=card.pair,
            shown=card.shown,
            time=self._clock(),
        )

    def _store(self, rows: Sequence[Row]) -> None:
        self._file.append(rows)
        for row in rows:
            self._opinions.take(row)
        self._turn += 1

    def _is_ours(self, row: Row) -> bool:
        return row.rubric_digest == self.rubric.digest and (row.item, row.digest) in self._places

    def _voted(self) -> list[tuple[int, str]]:
        """The answers of earlier sessions that may be taken back, the last one last."""
        found: list[tuple[int, str]] = []
        for row in self._file.rows:
            if not self._is_ours(row) or row.revealed:
                continue
            step = (self._places[row.item, row.digest], row.question)
            if step in found:
                found.remove(step)
            if not row.undo:
                found.append(step)
        return found
