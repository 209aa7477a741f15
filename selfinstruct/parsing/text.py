"""Small, pure operations on reply texts."""

from __future__ import annotations

import re

_SPACE = re.compile(r"\s+")
_FENCE = re.compile(r"^\s*(?:```|~~~)[\w+-]*\s*$")
_EXCERPT = 4000


def collapse(text: str) -> str:
    """``text`` with every run of white space made one space, and control characters dropped."""
    if not text.isprintable():  # most texts of one line are
        text = "".join(c for c in text if c.isprintable() or c.isspace())
    return _SPACE.sub(" ", text).strip()


def is_fence(line: str) -> bool:
    """Whether ``line`` opens or closes a code fence."""
    return bool(_FENCE.match(line))


def is_rule(line: str) -> bool:
    """Whether ``line`` is a horizontal rule such as ``---``."""
    return len(line) > 2 and not line.strip("-*_=#") and len(set(line)) == 1


def answer(text: str) -> str:
    """``text`` without the thoughts that reasoning models write before their answer.

    A ``<think>`` that is never closed leaves nothing: the answer did not come.
    """
    while (start := text.lstrip()).startswith("<think>"):
        _, closed, rest = start.partition("</think>")
        text = rest if closed else ""
    return text


def excerpt(text: str, most: int = _EXCERPT) -> str:
    """``text``, or its beginning with a note of its length where it is longer than ``most``."""
    if len(text) <= most:
        return text
    return f"{text[:most]}… [{len(text)} characters in all]"
