"""What was refused, by reason, with examples."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from selfinstruct.report.figures import commonest, lowest, share
from selfinstruct.report.items import Grown, Refusal, cut

_EXAMPLES = 3
_LONG = 300


def rejects(grown: Grown) -> dict[str, Any]:
    """Each reason with its count, its share, and three examples, always the same."""
    found = Counter(one.reason for one in grown.refused)
    of_reason: defaultdict[str, list[Refusal]] = defaultdict(list)
    for one in grown.refused:
        of_reason[one.reason].append(one)
    return {
        "n": len(grown.refused),
        "reasons": [
            {
                "reason": reason,
                "count": count,
                "share": share(count, len(grown.refused)),
                "examples": _examples(of_reason[reason]),
            }
            for reason, count in commonest(found, len(found))
        ],
    }


def _examples(refused: list[Refusal]) -> list[dict[str, Any]]:
    different = list({one.text: one for one in reversed(refused)}.values())[::-1]
    places = lowest([one.text for one in different], _EXAMPLES, "rejects")
    return [
        {
            "text": cut(one.text, _LONG),
            "request": one.request,
            "detail": {key: cut(value, _LONG) for key, value in sorted(one.detail.items())},
        }
        for one in (different[place] for place in places)
    ]
