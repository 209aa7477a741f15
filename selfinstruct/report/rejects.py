"""What was refused, by reason, with examples."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

from selfinstruct.report.figures import commonest, share
from selfinstruct.report.items import Example, Grown, example_of

_EXAMPLES = 3


def rejects(grown: Grown) -> dict[str, Any]:
    """Each reason with its count, its share, and three examples, always the same."""
    found = Counter(one.reason for one in grown.refused)
    return {
        "n": len(grown.refused),
        "reasons": [
            {
                "reason": reason,
                "count": count,
                "share": share(count, len(grown.refused)),
                "examples": [
                    {"text": one.text, "request": one.request, "detail": dict(one.detail)}
                    for one in grown.examples.get(reason, ())
                ],
            }
            for reason, count in commonest(found, len(found))
        ],
    }


class Examples:
    """Of each reason the three different texts with the lowest digests, so always the same."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[bytes, Example]] = {}

    def add(self, row: Mapping[str, Any]) -> None:
        """See whether a row of ``rejects.jsonl`` is one of them."""
        text = str(row.get("text", "")).encode("utf-8", "replace")
        digest = hashlib.sha256(b"rejects|" + text).digest()
        kept = self._kept.setdefault(str(row.get("reason", "")), {})
        if digest in kept or (len(kept) == _EXAMPLES and digest > max(kept)):
            return
        if len(kept) == _EXAMPLES:
            del kept[max(kept)]
        kept[digest] = example_of(row)

    def found(self) -> dict[str, list[Example]]:
        """Those of each reason, the earlier request first."""
        return {
            reason: [kept[digest] for digest in sorted(kept, key=lambda d: (kept[d].request, d))]
            for reason, kept in self._kept.items()
        }
