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
    # Longer ones first: "예입니다" before "예". Han and kana know no spaces: there only single
    # characters must stand alone.
    longest = sorted(words, key=len, reverse=True)
    either = "|".join(re.escape(word) for word in longest)
    inside = "|".join(re.escape(word) for word in longest if _is_unspaced(word))
    joints = "".join(rf"|\s*{re.escape(word)}\s*" for word in between)
    # "(Yes/No)" and "yes or no" repeat the question, they are no answer.
    text = re.sub(
        rf"(?<!\w)(?:{either})(?:/|\s+or\s+{joints})(?:{either})(?!\w)",
        " ",
        text,
        flags=re.IGNORECASE,
    )
    anywhere = f"|{inside}" if inside else ""
    found = re.search(rf"(?<!\w)(?:{either})(?!\w){anywhere}", text, re.IGNORECASE)
    return words[found.group().casefold()] if found else None


def _is_unspaced(word: str) -> bool:
    """Whether a word of several characters is written in Han or kana."""
    return len(word) > 1 and bool(_HAN_OR_KANA.fullmatch(word))


_HAN_OR_KANA = re.compile("[\u3041-\u30ff\u3400-\u9fff]+")
