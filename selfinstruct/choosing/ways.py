"""By what tasks are ranked: what ``--by`` may say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from selfinstruct.errors import SettingsError

_FILE = "file:"


class Way(StrEnum):
    """By what tasks are ranked."""

    RANDOM = "random"  # by digests of their ids
    LONGEST = "longest"  # by the mean length of their outputs
    RATING = "rating"  # by the grades of one judging (AlpaGasus took accuracy of 4.5 and above)
    DEITA = "deita"  # by complexity times quality
    TAGS = "tags"  # by new tags, those with most tags first (InsTag)
    FILE = "file"  # by scores that somebody brings


@dataclass(frozen=True, slots=True)
class By:
    """What ``--by`` says.

    Attributes:
        way: By what.
        file: Where the scores stand that somebody brings; "" for all other ways.
    """

    way: Way
    file: str = ""

    @classmethod
    def of(cls, said: str) -> By:
        """What ``said`` means.

        Raises:
            SettingsError: It is no way of ranking.
        """
        if said.startswith(_FILE) and said != _FILE:
            return cls(Way.FILE, said.removeprefix(_FILE))
        known = [way.value for way in Way if way is not Way.FILE]
        if said not in known:
            raise SettingsError(f"--by is {', '.join(known)} or file:SCORES.jsonl, not {said!r}.")
        return cls(Way(said))

    @property
    def said(self) -> str:
        """As a person says it."""
        return f"{_FILE}{self.file}" if self.way is Way.FILE else self.way.value
