"""Yes-or-no answers."""

from __future__ import annotations

import re
from collections.abc import Iterable


def yes_or_no(text: str, yes: Iterable[str], no: Iterable[str]) -> bool | None:
    """Whether the first answer word in ``text`` is one of ``yes`` or of ``no``; None if neither.

    Words are compared whatever their case, as whole words; "**Yes.**" and "Answer: yes" count.
    """
    words = {word.casefold(): True for word in yes} | {word.casefold(): False for word in no}
    either = "|".join(re.escape(word) for word in words)
    # "(Yes/No)" and "yes or no" repeat the question, they are no answer.
    text = re.sub(
        rf"(?<!\w)(?:{either})(?:/|\s+or\s+)(?:{either})(?!\w)", " ", text, flags=re.IGNORECASE
    )
    found = re.search(rf"(?<!\w)(?:{either})(?!\w)", text, re.IGNORECASE)
    return words[found.group().casefold()] if found else None
