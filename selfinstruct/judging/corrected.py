"""The shares of a judging set right by what people said of some of its items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selfinstruct.judging.reading import is_read
from selfinstruct.judging.summary import rubric_good, whole
from selfinstruct.rubrics import Rubric
from selfinstruct.rubrics.rubric import ALL
from selfinstruct.statistics import Corrected, corrected_share

_NEARLY_ALL = 0.9


@dataclass(frozen=True, slots=True)
class CorrectedShare:
    """The share of one question.

    Attributes:
        key: The question's, or ``all``.
        name: What tables call it.
        found: The corrected share, and what both sides said.
    """

    key: str
    name: str
    found: Corrected

    def row(self) -> dict[str, Any]:
        """As plain values."""
        one = self.found
        return {
            "share": one.share,
            "low": one.low,
            "high": one.high,
            "labelled": one.people.n,
            "why": one.why or None,
        }


def corrected(
    rows: Sequence[Mapping[str, Any]],
    rubric: Rubric,
    people: Sequence[Sequence[Mapping[str, Any]]],
) -> tuple[CorrectedShare, ...]:
    """What people would have said of all items that were judged, by question.

    What they said must be of a random sample. Items in the order of their ranks are one up to any
    place, so what was chosen by a condition counts only where nearly all before it were looked at.

    Args:
        rows: The rows of the judging, in the order of the items' ranks.
        rubric: By which it was made.
        people: Of each person the rows, of the same form; ``only`` is set where a condition chose.

    Returns:
        A share for each question that tells good from bad, and of all; empty where nobody
        looked at any of the items.
    """
    read = [row for row in rows if is_read(row)]
    places = {(row["item"], row["digest"]): place for place, row in enumerate(read)}
    said: dict[int, list[Mapping[str, Any]]] = {}
    plain: set[int] = set()
    for row in (row for own in people for row in own):
        place = places.get((row["item"], row["digest"]))
        if place is not None:
            said.setdefault(place, []).append(row)
            plain |= set() if row.get("only") else {place}
    end = max(plain, default=-1) + 1
    looked = sum(place < end for place in said)
    kept = {place for place in said if place < end} if looked >= _NEARLY_ALL * end else plain
    if not kept:
        return ()
    shares = [(one.key, one.name, one) for one in rubric.questions if one.tells_good]
    found = []
    for key, name, question in shares:
        judged = [rubric_good(question, row) for row in read]
        theirs = {at: _most([rubric_good(question, row) for row in said[at]]) for at in kept}
        found.append(_share(key, name, judged, theirs))
    if rubric.all is not None:
        judged = [whole(row, rubric) for row in read]
        theirs = {at: _most([whole(row, rubric) for row in said[at]]) for at in kept}
        found.append(_share(ALL, rubric.all.name, judged, theirs))
    return tuple(found)


def _share(
    key: str, name: str, judged: Sequence[bool | None], people: Mapping[int, bool | None]
) -> CorrectedShare:
    # Where the question does not apply, neither side has an answer.
    asked = [(verdict, people.get(at)) for at, verdict in enumerate(judged) if verdict is not None]
    own = corrected_share([one for one, _ in asked], [other for _, other in asked])
    return CorrectedShare(key, name, own)


def _most(verdicts: Sequence[bool | None]) -> bool | None:
    """What most people say; None where as many say the one as the other."""
    known = [one for one in verdicts if one is not None]
    good = sum(known)
    return None if 2 * good == len(known) else 2 * good > len(known)
