"""What a task must reach at least: ``accuracy=4.5``, ``rating=B``, ``all=yes``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selfinstruct.choosing.answers import Answers
from selfinstruct.choosing.judgements import Judgements
from selfinstruct.errors import SettingsError

SCORE = "score"
"""The key of what tasks are ranked by, whatever that is."""

_SAID = re.compile(r"\s*([\w.:-]+?)\s*>?=\s*(\S(?:.*\S)?)\s*")


@dataclass(frozen=True, slots=True)
class Least:
    """The least value of one key.

    Attributes:
        key: A question's key, or ``score``.
        value: The least number.
        answers: What was answered; None for ``score``.
    """

    key: str
    value: float
    answers: Answers | None

    @classmethod
    def of(cls, said: str, judgements: Judgements) -> Least:
        """The condition ``said``.

        Raises:
            SettingsError: It is none, or nobody answered what it asks.
        """
        found = _SAID.fullmatch(said)
        if found is None:
            raise SettingsError(
                f"--min {said!r} is no condition: write KEY=VALUE, such as accuracy=4.5."
            )
        key, value = found.groups()
        if key == SCORE:
            try:
                return cls(key, float(value), None)
            except ValueError as error:
                raise SettingsError(f"--min {said!r}: score takes a number.") from error
        answers = judgements.known(key)
        number = answers.number(value)
        if number is None:
            known = ", ".join(map(str, answers.question.values if answers.question else ()))
            raise SettingsError(
                f"--min {said!r}: {value!r} is no answer to {key}"
                + (f" ({known})." if known else "; a number, a letter, or yes and no can be one.")
            )
        return cls(key, number, answers)
