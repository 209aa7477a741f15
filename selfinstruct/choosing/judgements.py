"""The judgings that a choice may use, and which of them answers what it asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from selfinstruct.choosing.answers import Answers
from selfinstruct.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Judgements:
    """What the judgings of a set say.

    Attributes:
        source: The set, as messages call it.
        answers: Of each judging and each of its questions, the answers.
    """

    source: str
    answers: Sequence[Answers]

    def to(self, key: str, rubric: str) -> Answers:
        """The answers to the question ``key``, or ``NAME:KEY`` of one judging.

        Args:
            key: It.
            rubric: A rubric that asks it, as the next step in messages.

        Raises:
            SettingsError: No judging answers it, or several do.
        """
        found = self._to(key)
        if not found:
            raise SettingsError(
                f"{self.source}: no judging answers {key!r}. Ask: selfinstruct judge "
                f"{self.source} --rubric {rubric} --all"
            )
        if len(found) > 1:
            raise SettingsError(
                f"{self.source}: {key!r} is answered by several judgings "
                f"({_names(found)}). Say which with --judgements."
            )
        return found[0]

    def known(self, key: str) -> Answers:
        """The answers to ``key``, which a person named.

        Raises:
            SettingsError: There is no such question, or several judgings answer it.
        """
        if not self._to(key):
            known = ", ".join(dict.fromkeys(one.key for one in self.answers)) or "none"
            raise SettingsError(
                f"{self.source}: no judging answers {key!r}; what is answered: {known}."
            )
        return self.to(key, "")

    def grades(self) -> list[Answers]:
        """The grades of one judging: its questions on one scale of numbers or letters.

        Raises:
            SettingsError: There are none, several judgings give some, or their scales differ.
        """
        found = [one for one in self.answers if one.is_graded]
        if not found:
            raise SettingsError(
                f"{self.source}: no judging gives grades. Ask: selfinstruct judge {self.source} "
                "--rubric rating --all (or --rubric score)."
            )
        if len({one.judging for one in found}) > 1:
            raise SettingsError(
                f"{self.source}: several judgings give grades ({_names(found)}). Say which with "
                "--judgements."
            )
        scales = {one.question.values for one in found if one.question is not None}
        if len(scales) > 1:
            keys = ", ".join(one.key for one in found)
            raise SettingsError(
                f"{self.source}: the grades {keys} are on different scales, so they have no mean. "
                "Judge by a rubric with one scale, or give scores of your own with --by file:FILE."
            )
        return found

    def tags(self) -> Answers | None:
        """The tags, if exactly one judging gives some."""
        found = [one for one in self.answers if one.tags]
        return found[0] if len(found) == 1 else None

    def _to(self, key: str) -> list[Answers]:
        name, colon, own = key.rpartition(":")
        return [
            one for one in self.answers if one.key == own and (not colon or one.judging == name)
        ]


def _names(found: Sequence[Answers]) -> str:
    return ", ".join(dict.fromkeys(one.judging for one in found))
