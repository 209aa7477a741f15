"""Lists of instructions, as completion models continue them and chat models write them."""

from __future__ import annotations

import re

from selfinstruct.parsing.text import collapse, is_fence

_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_QUOTES = {'"': '"', "“": "”", "'": "'", "«": "»"}


def _numbered(task_label: str) -> re.Pattern[str]:
    # "9. x", "9) x", "(9) x", "[9] x", "**9.** x", "- 9. x", "### Task 9: x", "Task #9 - x"
    label = re.escape(task_label)
    return re.compile(
        rf"^\s*(?:[-*•>#]+\s+)?(?:\*\*|__)?\s*"
        rf"(?:(?:{label}|Task)\s*\#?\s*\d{{1,4}}\s*(?:[.):\]]|\s[-–—]\s|(?=\*\*|__|$))"
        rf"|[\[(]?\d{{1,4}}\s*(?:[.)\]](?!\d)|:\s|\s[-–—]\s))"
        rf"(?:\*\*|__)?:?\s*(.*)$",
        re.IGNORECASE,
    )


_BULLET = re.compile(r"^\s{0,3}[-*•]\s+(.*)$")


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
    if continues and text.strip() and not numbered.match(next(filter(str.strip, lines), "")):
        lines = ["1. " + text.strip().splitlines()[0], *text.strip().splitlines()[1:]]
    marker = numbered if any(numbered.match(line) for line in lines) else _BULLET
    items: list[str] = []
    open_item = False
    for line in lines:
        found = marker.match(line)
        if found:
            items.append(found.group(1))
            open_item = True
        elif not line.strip():
            # A heading such as "**Task 9**" may stand apart from its text.
            open_item = bool(items) and not items[-1].strip()
        elif open_item:
            items[-1] += "\n" + line
    return [item for item in map(_plain, items) if item]


def _plain(item: str) -> str:
    item = _EMPHASIS.sub(r"\2", collapse(item)).strip()
    for mark in ("**", "__"):
        item = item.removeprefix(mark).removesuffix(mark).strip()
    if len(item) > 1 and _QUOTES.get(item[0]) == item[-1] and item[-1] not in item[1:-1]:
        item = item[1:-1].strip()
    return item
