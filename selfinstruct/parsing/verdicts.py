"""Yes-or-no answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator


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
    return next(answer_words(text, yes, no, between), None)


def answer_words(
    text: str, yes: Iterable[str], no: Iterable[str], between: Iterable[str] = ()
) -> Iterator[bool]:
    """Which of the two each answer word in ``text`` says, in order; see :func:`yes_or_no`."""
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
    pattern = rf"(?<!\w)(?:{either})(?!\w){anywhere}"
    for found in re.finditer(pattern, text, re.IGNORECASE):
        # An i without its dot is an i to patterns, and stays what it is when it is folded.
        said = words.get(found.group().casefold())
        if said is not None:
            yield said


def _is_unspaced(word: str) -> bool:
    """Whether a word of several characters is written in Han or kana."""
    return len(word) > 1 and bool(_HAN_OR_KANA.fullmatch(word))


_HAN_OR_KANA = re.compile("[\u3041-\u30ff\u3400-\u9fff]+")
