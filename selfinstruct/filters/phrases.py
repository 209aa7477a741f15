"""Patterns of the words and phrases that a language pack lists."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SENTENCE = re.compile(r"[.!?。！？．…\n]+")
_HANGUL = re.compile("[가-힣]")


def any_of(phrases: Iterable[str], *, as_words: bool = False) -> str:
    """A pattern of any of ``phrases``, longest first; one that matches nothing where there is none.

    Phrases of ASCII letters stand alone; others stand anywhere, since their scripts know no spaces
    or attach endings to words. A space is any white space, an apostrophe is straight or curled.

    Args:
        phrases: What is looked for.
        as_words: Whether nothing of Hangul may stand before a phrase of Hangul.
    """
    each = [_alone(phrase, as_words) for phrase in sorted(phrases, key=len, reverse=True)]
    return f"(?:{'|'.join(each)})" if each else "(?!)"


def sentences(text: str) -> list[str]:
    """The pieces of ``text`` between full stops and line ends, empty ones left out."""
    return [piece for one in _SENTENCE.split(text) if (piece := one.strip())]


def is_spaced(phrases: Iterable[str]) -> bool:
    """Whether the language of ``phrases`` writes spaces between words."""
    return all(phrase.isascii() or _HANGUL.match(phrase) for phrase in phrases)


def _alone(phrase: str, as_words: bool) -> str:
    pattern = re.escape(phrase).replace(r"\ ", r"\s++").replace("'", "['’]")
    if not phrase.isascii():
        return f"(?<![가-힣]){pattern}" if as_words and _HANGUL.match(phrase) else pattern
    before = r"(?<!\w)" if phrase[0].isalnum() else ""
    return f"{before}{pattern}" + (r"(?!\w)" if phrase[-1].isalnum() else "")
