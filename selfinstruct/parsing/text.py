"""Small, pure operations on reply texts."""

from __future__ import annotations

import re

_SPACE = re.compile(r"\s+")
_FENCE = re.compile(r"^\s*(?:```|~~~)[\w+-]*\s*$")
_EXCERPT = 4000


def collapse(text: str) -> str:
    """``text`` with every run of white space made one space, and control characters dropped."""
    visible = "".join(c for c in text if c.isprintable() or c.isspace())
    return _SPACE.sub(" ", visible).strip()


def unwrap(text: str) -> str:
    """``text`` without a code fence that wraps all of it."""
    lines = text.strip().splitlines()
    if len(lines) >= 2 and _FENCE.match(lines[0]) and lines[-1].strip() in {"```", "~~~"}:  # noqa: PLR2004 - an opening and a closing line
        return "\n".join(lines[1:-1])
    return text


def is_fence(line: str) -> bool:
    """Whether ``line`` opens or closes a code fence."""
    return bool(_FENCE.match(line))


def excerpt(text: str, most: int = _EXCERPT) -> str:
    """``text``, or its beginning with a note of its length where it is longer than ``most``."""
    if len(text) <= most:
        return text
    return f"{text[:most]}… [{len(text)} characters in all]"
