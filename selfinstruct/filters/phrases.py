"""Patterns of the words and phrases that a language pack lists."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SENTENCE = re.compile(r"[.!?。！？．…\n]+")
_HANGUL = re.compile("[가-힣]")
_LETTER = r"[^\W\u3041-\u30ff\u3400-\u9fff가-힣]"  # of scripts with spaces: SQL을 holds SQL


def any_of(phrases: Iterable[str], *, as_words: bool = False) -> str:
    """A pattern of any of ``phrases``, longest first; one that matches nothing where there is none.

    Phrases of ASCII letters stand alone; others stand anywhere, since their scripts know no spaces
    or attach endings to words. A space is any white space, an apostrophe is straight or curled.

    Args:
        phrases: What is looked for.
        as_words: Whether nothing of Hangul may stand before a phrase of Hangul.
    """
    longest = sorted(phrases, key=len, reverse=True)
    parts = [
        # What stands before is looked at once for all of them: patterns of hundreds stay fast.
        rf"(?<!{_LETTER})(?:{_either(one for one in longest if one.isascii())})(?!{_LETTER})",
        rf"(?<![가-힣])(?:{_either(one for one in longest if as_words and _is_hangul(one))})",
        _either(one for one in longest if not one.isascii() and not (as_words and _is_hangul(one))),
    ]
    return f"(?:{'|'.join(parts)})"


def sentences(text: str) -> list[str]:
    """The pieces of ``text`` between full stops and line ends, empty ones left out."""
    return [piece for one in _SENTENCE.split(text) if (piece := one.strip())]


def is_spaced(phrases: Iterable[str]) -> bool:
    """Whether the language of ``phrases`` writes spaces between words."""
    return all(phrase.isascii() or _is_hangul(phrase) for phrase in phrases)


def _either(phrases: Iterable[str]) -> str:
    each = [re.escape(one).replace(r"\ ", r"\s++").replace("'", "['’]") for one in phrases]
    return "|".join(each) or "(?!)"


def _is_hangul(phrase: str) -> bool:
    return bool(_HANGUL.match(phrase))
