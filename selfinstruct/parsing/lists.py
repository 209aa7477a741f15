"""Lists of instructions, as completion models continue them and chat models write them."""

from __future__ import annotations

import re

from selfinstruct.parsing.text import collapse, is_fence

_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.{1,500}?)(?<=\S)\1")
_QUOTES = {'"': '"', "“": "”", "'": "'", "«": "»"}


# Markers stand within so many characters; no odd line is worth more of a pattern's time.
_HEAD = 80


def _numbered(task_label: str) -> re.Pattern[str]:
    # "9. x", "9) x", "(9) x", "[9] x", "**9.** x", "- 9. x", "### Task 9: x", "Task #9 - x"
    label = re.escape(task_label)
    return re.compile(
        rf"(?:[-*•>#]+\s+)?(?:\*\*|__)?"
        rf"(?:(?:{label}|Task)\s*\#?\s*\d{{1,4}}(?:\s*[.):\]]|\s[-–—]\s|(?=\*\*|__|$))"
        rf"|[\[(]?\d{{1,4}}(?:\s*[.)\]](?!\d)|:\s|\s[-–—]\s))"
        rf"(?:\*\*|__)?:?",
        re.IGNORECASE,
    )


_BULLET = re.compile(r"[-*•]\s+")


def list_items(text: str, task_label: str, *, continues: bool = False) -> list[str]:
    """The items of a numbered list, or of a bulleted one where nothing is numbered.

    Preambles, code fences, emphasis and closing remarks are left out; numbers may restart.
    Lines without a marker belong to the item above them until a blank line.

    Args:
        text: The reply.
        task_label: The language's word for "Task", as in "Task 9:".
        continues: Whether the prompt ended with a number, so that the reply starts inside an item.

    Returns:
        The items that are not empty, white space collapsed; [] when there is no list.
    """
    lines = [line for line in text.splitlines() if not is_fence(line)]
    numbered = _numbered(task_label)
    whole = text.strip()
    if continues and whole and _rest(numbered, whole.split("\n", 1)[0]) is None:
        lines = f"1. {whole}".splitlines()
    marker = numbered if any(_rest(numbered, line) is not None for line in lines) else _BULLET
    items: list[str] = []
    open_item = False
    for line in lines:
        rest = _rest(marker, line)
        if rest is not None:
            items.append(rest)
            open_item = True
        elif not line.strip():
            # A heading such as "**Task 9**" may stand apart from its text.
            open_item = bool(items) and not items[-1].strip()
        elif open_item:
            items[-1] += "\n" + line
    return [item for item in map(_plain, items) if item]


def _rest(marker: re.Pattern[str], line: str) -> str | None:
    """What follows the marker at the beginning of ``line``; None where there is no marker."""
    line = line.strip()
    found = marker.match(line[:_HEAD])
    return None if found is None else line[found.end() :]


def _plain(item: str) -> str:
    item = _EMPHASIS.sub(r"\2", collapse(item)).strip()
    for mark in ("**", "__"):
        item = item.removeprefix(mark).removesuffix(mark).strip()
    if len(item) > 1 and _QUOTES.get(item[0]) == item[-1] and item[-1] not in item[1:-1]:
        item = item[1:-1].strip()
    return item
