"""Rewritten instructions, and the grades a judge gives them."""

from __future__ import annotations

import re
from functools import cache

from selfinstruct.languages.words import Labels
from selfinstruct.parsing.text import is_fence

_HEADING = re.compile(
    r"\A\s*(?:[#*_>\s]*+)(?:the\s+)?(?:rewritten|new|created|evolved)\s+"
    r"(?:instruction|prompt|task)\s*+[#*_]*+\s*+[:：]\s*+[#*_]*+\s*",
    re.IGNORECASE,
)
_PREAMBLE = re.compile(
    r"\A(?:sure|certainly|of course|here(?:'s| is))\b[^\n]{0,120}:\s*\n+", re.IGNORECASE
)
_QUOTES = {'"': '"', "“": "”", "«": "»", "「": "」", "『": "』"}
_NUMBER = re.compile(r"(?<![\d.,])(10|[1-9])(?:[.,]\d+)?(?!\d)(?:\s*/\s*10)?")
_LONGEST_SKILL = 60


@cache
def _headings(labels: Labels) -> tuple[re.Pattern[str], ...]:
    """What a language writes before an instruction: announcements, then headings."""
    preambles, headings = (
        "|".join(map(re.escape, words)) for words in (labels.preambles, labels.rewritten)
    )
    made = []
    if preambles and headings:
        # Only a line that names what it announces: "다음 글을 요약하세요:" may open an instruction.
        made.append(rf"\A(?:{preambles})[^\n]{{0,120}}?(?:{headings})[^\n]{{0,40}}[:：]\s*\n+")
        made.append(rf"\A(?:{preambles})[.!,、，。！\s]{{0,3}}[:：]?\s*\n+(?=\S)")
    if headings:
        made.append(rf"\A\s*(?:[#*_>\s]*+)(?:{headings})\s*+[#*_]*+\s*+[:：]\s*+[#*_]*+\s*")
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in made)


def rewritten(text: str, labels: Labels) -> str:
    """The instruction in a reply that should hold nothing else: headings, fences, quotes gone.

    Line breaks within it are kept: an instruction may carry a table or code.
    """
    lines = text.strip().splitlines()
    if len(lines) > 1 and is_fence(lines[0]) and is_fence(lines[-1]):
        lines = lines[1:-1]
    bare = _PREAMBLE.sub("", "\n".join(lines).strip())
    bare = _HEADING.sub("", bare).strip()
    for heading in _headings(labels):
        bare = heading.sub("", bare).strip()
    bare = "".join(c for c in bare if c.isprintable() or c in "\n\t")
    if len(bare) > 1 and _QUOTES.get(bare[0]) == bare[-1] and bare[-1] not in bare[1:-1]:
        bare = bare[1:-1].strip()
    return bare


def grade(text: str) -> int | None:
    """A grade from 1 to 10, as in ``7``, ``7/10``, ``5.0 (Excellent)``; None when there is none.

    Only the first line that holds a number counts: judges explain themselves afterwards.
    """
    for line in text.splitlines():
        if found := _NUMBER.search(line):
            return int(found.group(1))
    return None


def skill(text: str, labels: Labels) -> str | None:
    """The name of a skill: the first line that holds letters, bare; None when it is none."""
    headings = "|".join(map(re.escape, ("skill", *labels.skill)))
    for line in text.splitlines():
        name = re.sub(rf"\A[\s#*_>-]*(?:(?:{headings})\s*[:：])?", "", line, flags=re.IGNORECASE)
        name = name.strip(" *_\"'.`“”。「」")
        if any(c.isalpha() for c in name):
            return name if len(name) <= _LONGEST_SKILL else None
    return None
