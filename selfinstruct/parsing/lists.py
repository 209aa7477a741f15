"""Lists of instructions, as completion models continue them and chat models write them.

Patterns use possessive quantifiers and look at the head of a line only: no reply, however odd,
takes more than linear time.
"""

from __future__ import annotations

import re
from functools import cache

from selfinstruct.languages.words import Labels
from selfinstruct.parsing.nesting import bare_item, ends_item, is_no_item
from selfinstruct.parsing.text import collapse, is_fence, is_rule

_HEAD = 80  # markers stand within so many characters
_JUMP = 3  # a number may be so far ahead of the one before it
_EMPHASIS = re.compile(r"(?<![\w*])\*\*(?=[^\s*])([^*]{1,500})(?<=[^\s*])\*\*(?![\w*])")
_QUOTES = {'"': '"', "“": "”", "'": "'", "«": "»", "「": "」", "『": "』"}
_BULLET = re.compile(r"[-*•]\s+")


@cache
def _numbered(labels: Labels) -> re.Pattern[str]:
    # "9. x", "9) x", "(9) x", "[9] x", "**9.** x", "- 9. x", "### Task 9: x", "Task #9 - x", "9、x"
    label = "|".join(map(re.escape, labels.spellings(labels.task)))
    counter = f"(?:{re.escape(labels.counter)})?+" if labels.counter else ""
    return re.compile(
        rf"(?:[-*•>#]++\s++)?+(?:\*\*)?+"
        rf"(?:(?:{label}|Task)\s*+\#?+\s*+(\d{{1,4}}+){counter}(?:\s*+[.):：\]]|\s++[-–—]\s|(?=\*\*|$))"
        rf"|[\[(（]?+(\d{{1,4}}+){counter}(?:\s*+\\?[.)\]、．）](?!\d)|[:：]\s|\s++[-–—]\s))"
        rf"(?:\*\*)?+:?+",
        re.IGNORECASE,
    )


@cache
def _odd_heads(labels: Labels) -> tuple[re.Pattern[str], ...]:
    # "[Task 9] x", "【Task 9】 x"; "9 Task: x", "第9个Task: x" – in the words of a language.
    task = "|".join(map(re.escape, labels.spellings(labels.task)))
    count = "|".join(filter(None, (re.escape(labels.counter), "个", "個", "번째", "つ目")))
    return (
        re.compile(
            rf"\s*+[\[【〔]\s*+(?:{task})?+\s*+#?+(\d{{1,4}}+)\s*+(?:{count})?+[\]】〕][:：]?+\s*+"
        ),
        re.compile(rf"\s*+第?+(\d{{1,4}}+)\s*+(?:{count})?+[의の]?+\s*+(?:{task})\s*+[:：]\s*+"),
    )


_CIRCLED = re.compile(r"\s*+([①-⑳])[.)]?+\s*+")
_DOT = re.compile(r"\s*+[・·]\s*+")


def _plainer(line: str, labels: Labels) -> str:
    """``line`` with the heads of list items that East Asian replies have in their plain form."""
    if circled := _CIRCLED.match(line[:_HEAD]):
        return f"{ord(circled.group(1)) - ord('①') + 1}. {line[circled.end() :]}"
    if dot := _DOT.match(line[:_HEAD]):
        return f"- {line[dot.end() :]}"
    for pattern in _odd_heads(labels):
        if found := pattern.match(line[:_HEAD]):
            return f"{int(found.group(1))}. {line[found.end() :]}"
    return line


class _Reader:
    """Collects items line by line."""

    def __init__(self, marker: re.Pattern[str], labels: Labels) -> None:
        self._marker = marker
        self._labels = labels
        self._parts: list[list[str]] = []
        self._indent = 0
        self._number = 0
        self._open = False

    def line(self, line: str) -> None:
        """Take one line."""
        bare = line.strip()
        if not bare or is_rule(bare):
            # A heading ("**Task 9**"), or a text that ends with a colon, may stand apart.
            text = self._parts[-1][-1].rstrip("* ") if self._parts else ""
            self._open = bool(self._parts) and (not text.strip() or text.endswith(":"))
            return
        found = self._marker.match(bare[:_HEAD])
        if found and self._opens_item(found, len(line) - len(line.lstrip())):
            rest = bare[found.end() :]
            if self._labels.reading and is_no_item(rest.strip(), self._labels):
                self._open = False  # "2. Output: x" belongs under the item before
                return
            # "### Task 9: Title" announces a body; a colon keeps the item open for it.
            heading = bare.startswith("#") and rest.strip() and not rest.rstrip().endswith(":")
            self._parts.append([f"{rest}:" if heading and rest.rstrip()[-1].isalnum() else rest])
            self._open = True
        elif self._open and self._labels.reading and self._ends(bare):
            self._open = False
        elif self._open:
            self._parts[-1].append(bare)

    def items(self) -> list[str]:
        """The items so far, as one text each."""
        return ["\n".join(parts) for parts in self._parts]

    def _ends(self, line: str) -> bool:
        before = self._parts[-1]
        # What is not there yet cannot end: "**Task 9**", and its text in the next line.
        return any(before) and ends_item(line, next(t for t in reversed(before) if t), self._labels)

    def _opens_item(self, found: re.Match[str], indent: int) -> bool:
        number = int(next((group for group in found.groups() if group), 0))
        if not self._parts:
            self._indent, self._number = indent, number
            return True
        if indent > self._indent + 1:
            return False  # a list within an item
        follows = self._number < number <= self._number + _JUMP
        if found.groups() and not follows and number != 1:
            return False  # "1914. Keep …": a number that a line happens to start with
        self._number = number
        return True


def list_items(text: str, labels: Labels, *, continues: bool = False) -> list[str]:
    """The items of a numbered list, or of a bulleted one where nothing is numbered.

    Preambles, code fences, emphasis and closing remarks are left out; numbers may restart.
    Lines without a marker belong to the item above them until a blank line. In the second edition
    an item also ends where nesting begins that is no part of it: see
    :func:`selfinstruct.parsing.nesting.ends_item`; and "Instruction:" before it is no part either.

    Args:
        text: The reply.
        labels: The language's markers: its word for "Task", as in "Task 9:".
        continues: Whether the prompt ended with a number, so that the reply starts inside an item.

    Returns:
        The items that are not empty, white space collapsed; [] when there is no list.
    """
    numbered = _numbered(labels)
    lines = [line for line in text.splitlines() if not is_fence(line)]
    if labels.has_spellings:
        lines = [_plainer(line, labels) for line in lines]
    whole = text.strip()
    if continues and whole and not numbered.match(whole[:_HEAD]):
        second = next(
            (found for line in lines if (found := numbered.match(line.strip()[:_HEAD]))), None
        )
        number = int(next((group for group in second.groups() if group), 2)) if second else 2
        lines = f"{number - 1}. {whole}".splitlines()
    has_numbers = any(numbered.match(line.strip()[:_HEAD]) for line in lines)
    reader = _Reader(numbered if has_numbers else _BULLET, labels)
    for line in lines:
        reader.line(line)
    items = list(map(_plain, reader.items()))
    if labels.reading:
        items = [_plain(bare_item(item, labels)) for item in items]
    return [item for item in items if item]


def _plain(item: str) -> str:
    item = _EMPHASIS.sub(r"\1", collapse(item)).strip()
    item = item.removeprefix("**").removesuffix("**").strip()
    if len(item) > 1 and _QUOTES.get(item[0]) == item[-1] and item[-1] not in item[1:-1]:
        item = item[1:-1].strip()
    return item
