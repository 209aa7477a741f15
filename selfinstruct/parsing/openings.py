"""Replies that go on where their prompt ended, or begin its last line anew: chats do either.

A prompt for a chat ends with the opening of the list to be written ("9."). Some models write on
behind it, some repeat it, some announce their list first; only what plainly goes on gets the
opening put before it.
"""

from __future__ import annotations

import re
from functools import cache

from selfinstruct.languages.words import Labels
from selfinstruct.parsing.text import is_fence

_HEAD = 80  # numbers stand within so many characters
_OPEN = re.compile(r"(?:\A|\n)(\d{1,4})\.\Z")
_LAST = 8  # characters that the end of a prompt is looked for in


@cache
def _number(labels: Labels) -> re.Pattern[str]:
    task = "|".join(map(re.escape, labels.spellings(labels.task)))
    return re.compile(
        rf"[\s>*#\[(（【-]*+(?:(?:{task}|Task)\s*+\#?+)?+(?:第\s*+)?+(\d{{1,4}}+)"
        rf"\s*+(?:{re.escape(labels.counter)})?+\\?[.):：、．）\]】*]",
        re.IGNORECASE,
    )


def opened_list(text: str, prompt: str, labels: Labels) -> str:
    """``text`` with the number before it that ``prompt`` ends with, where it goes on behind that.

    It does where a line without a number comes first and the next number is the one that follows.
    An announcement ends with a colon, or the first number is the prompt's own: both stay.

    Args:
        text: The reply.
        prompt: What was asked.
        labels: The language's markers.
    """
    found = _OPEN.search(prompt[-_LAST:])
    lines = [line for line in text.splitlines() if line.strip() and not is_fence(line)]
    if found is None or not lines:
        return text
    numbered = _number(labels)
    numbers = (numbered.match(line[:_HEAD]) for line in lines)
    place, number = next(
        ((place, int(one.group(1))) for place, one in enumerate(numbers) if one), (0, 0)
    )
    first = int(found.group(1))
    if not place or number != first + 1 or lines[0].rstrip().endswith((":", "：")):
        return text
    return f"{first}. {text.lstrip()}"
