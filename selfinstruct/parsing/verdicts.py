"""Yes-or-no answers."""

from __future__ import annotations

import re
from collections.abc import Iterable


def yes_or_no(
    text: str, yes: Iterable[str], no: Iterable[str], between: Iterable[str] = ()
) -> bool | None:
    """Whether the first answer word in ``text`` is one of ``yes`` or of ``no``; None if neither.

    Words are compared whatever their case, as whole words; "**Yes.**" and "Answer: yes" count.

    Args:
        text: The reply.
        yes: Words that say yes.
        no: Words that say no.
        between: Words that stand between a yes and a no that repeat the question, besides "or".
    """
    words = {word.casefold(): True for word in yes} | {word.casefold(): False for word in no}
    # Longer ones first: "예입니다" before "예".
    either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    joints = "".join(rf"|\s*{re.escape(word)}\s*" for word in between)
    # "(Yes/No)" and "yes or no" repeat the question, they are no answer.
    text = re.sub(
        rf"(?<!\w)(?:{either})(?:/|\s+or\s+{joints})(?:{either})(?!\w)",
        " ",
        text,
        flags=re.IGNORECASE,
    )
    found = re.search(rf"(?<!\w)(?:{either})(?!\w)", text, re.IGNORECASE)
    return words[found.group().casefold()] if found else None
