"""Yes-or-no answers."""

from __future__ import annotations

import re
from collections.abc import Iterable


def yes_or_no(text: str, yes: Iterable[str], no: Iterable[str]) -> bool | None:
    """Whether the first answer word in ``text`` is one of ``yes`` or of ``no``; None if neither.

    Words are compared whatever their case, as whole words; "**Yes.**" and "Answer: yes" count.
    """
    found: list[tuple[int, bool]] = []
    for words, meaning in ((yes, True), (no, False)):
        for word in words:
            match = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
            if match:
                found.append((match.start(), meaning))
    return min(found)[1] if found else None
