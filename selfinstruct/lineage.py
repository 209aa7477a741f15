"""What a row tells of where it came from: the provenance of a task, the detail of a reject.

On disk both are open mappings, in which each recipe and each rule may tell more. The keys that one
room writes and another reads are written and read here only, so that a key has one spelling and one
type. Reading changes nothing: what is not known here stays in the row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Origin = tuple[int, int | None]
"""The request that failed first; and the accepted candidate whose follow-up failed, or None where
the request itself did."""

MADE = "made"
"""In a task that was exported and imported again: the provenance that it had before."""

_INPUT = "input"
_LINE = re.compile(r":(?: ?\d+)(?:: record \d+)?\Z|: row \d+\Z")


@dataclass(frozen=True, slots=True)
class Lineage:
    """A provenance or a detail, read.

    Properties raise TypeError, ValueError, KeyError or IndexError where a row is damaged.

    Attributes:
        told: The mapping as it stands in the row.
    """

    told: Mapping[str, Any]

    @property
    def candidate(self) -> int:
        """The place of its instruction in the reply."""
        return int(self.told["candidate"])

    @property
    def order(self) -> int:
        """Its place among the imported tasks of the same request."""
        return int(self.told.get("order", 0))

    @property
    def judges_input(self) -> bool:
        """Whether novelty is judged on the input, for its instruction is that of all tasks."""
        return bool(self.told.get("judged") == _INPUT)

    @property
    def is_accepted(self) -> bool:
        """Whether the text of a reject had passed the filters before."""
        return bool(self.told.get("instruction_accepted"))

    @property
    def retry_of(self) -> Origin | None:
        """The failure of an earlier run that was asked again here."""
        if "retry_of" not in self.told:
            return None
        again = self.told["retry_of"]
        return int(again[0]), None if again[1] is None else int(again[1])

    @property
    def tries(self) -> int:
        """In how many runs it failed."""
        return int(self.told["tries"])

    @property
    def until(self) -> int:
        """Of a task that was taken out, the request that came next then."""
        return int(self.told.get("until", 0))

    @property
    def since(self) -> int | None:
        """Of a task that lost some of its instances, the request that came next then."""
        return int(self.told["since"]) if "since" in self.told else None

    @property
    def lost(self) -> tuple[int, ...] | None:
        """Of a reject, which instances of its task were taken out; None for all of it."""
        return tuple(map(int, self.told["instances"])) if "instances" in self.told else None

    @property
    def source(self) -> str:
        """Of an imported task, its file, without the line; "" where nobody says."""
        return _LINE.sub("", self._text("source") or "")

    @property
    def format(self) -> str:
        """Of an imported task, the format of its source."""
        return self._text("format") or ""

    @property
    def licence(self) -> str:
        """Of an imported task, the licence that was stated when it was imported."""
        return self._text("license") or ""

    @property
    def filtered(self) -> bool | None:
        """Whether an imported task passed the pool's rules and novelty; None where nobody says."""
        found = self.told.get("filtered")
        return found if isinstance(found, bool) else None

    @property
    def round(self) -> int | None:
        """The round of evolving."""
        found = self.told.get("round")
        return found if isinstance(found, int) else None

    @property
    def operation(self) -> str | None:
        """The operation of evolving."""
        return self._text("operation")

    @property
    def evolved_from(self) -> str | None:
        """The id of the task that it was evolved from."""
        return self._text("evolved_from")

    def _text(self, key: str) -> str | None:
        found = self.told.get(key)
        return found if isinstance(found, str) else None


def placed(candidate: int, order: int | None = None) -> dict[str, Any]:
    """See :attr:`Lineage.candidate` and :attr:`Lineage.order`."""
    return {"candidate": candidate} | ({} if order is None else {"order": order})


def judging_input() -> dict[str, Any]:
    """See :attr:`Lineage.judges_input`."""
    return {"judged": _INPUT}


def accepted(**more: Any) -> dict[str, Any]:
    """See :attr:`Lineage.is_accepted`; ``more`` says why nothing came of it."""
    return {"instruction_accepted": True, **more}


def retried(origin: Origin, tries: int | None = None) -> dict[str, Any]:
    """See :attr:`Lineage.retry_of` and :attr:`Lineage.tries`."""
    return {"retry_of": list(origin)} | ({} if tries is None else {"tries": tries})


def removed(
    until: int, task: Mapping[str, Any], lost: Sequence[int] | None = None
) -> dict[str, Any]:
    """See :attr:`Lineage.until` and :attr:`Lineage.lost`; the task is kept whole."""
    some = {} if lost is None else {"instances": list(lost)}
    return {"until": until, **some, "task": task}


def imported(*, filtered: bool, licence: str) -> dict[str, Any]:
    """See :attr:`Lineage.filtered` and :attr:`Lineage.licence`."""
    return {"filtered": filtered} | ({"license": licence} if licence else {})


def trimmed(until: int) -> dict[str, Any]:
    """See :attr:`Lineage.since`."""
    return {"since": until}


def evolved(operation: str, number: int, parent: str) -> dict[str, Any]:
    """See :attr:`Lineage.operation`, :attr:`Lineage.round` and :attr:`Lineage.evolved_from`."""
    return {"operation": operation, "round": number, "evolved_from": parent}
