"""Where an instruction of a list ends: at what the model wrote under it, or glued on behind it.

Models are asked for instructions only, and many write answers, examples or labels below each one
all the same, or talk about the list. Used by the second edition of the readers; the words come from
``reading.toml``.
"""

from __future__ import annotations

import re
from functools import cache

from selfinstruct.languages.words import Labels

_HEAD = 80  # markers stand within so many characters
_BULLET = re.compile(r"[-*•+–—·]\s++|[(（]?[a-z][.)）]\s++")
_AGAIN = re.compile(r"\d{1,4}+[.)]\s++(?=\D)")  # "2. 4. Write …": the number once more
_ENDS = re.compile(r"[.?!。？！…][\"'”’」』)\]）*_]*+\Z")


def _any_of(words: tuple[str, ...]) -> str:
    longest_first = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(map(re.escape, longest_first))


def _counter(labels: Labels) -> str:
    return f"(?:{re.escape(labels.counter)})?+" if labels.counter else ""


def _answers(labels: Labels) -> tuple[str, ...]:
    """Markers of what follows an instruction."""
    names = (labels.input, labels.output, labels.label, labels.example)
    more = labels.reading.response if labels.reading else ()
    return (*more, *(word for name in names for word in labels.spellings(name)))


@cache
def _follows(labels: Labels) -> re.Pattern[str]:
    # As in "Answer: x", "- **Output:** x", "Example 1", "1. Input: x", "- Task 10: x".
    answers, tasks = _any_of(_answers(labels)), _any_of(labels.spellings(labels.task))
    examples = _any_of(labels.spellings(labels.example))
    counter = _counter(labels)
    return re.compile(
        rf"[\s>#*_•–—-]*+(?:\d{{1,4}}+[.)]\s*+)?+[\s*_(\[【]*+"
        rf"(?:(?:{answers})(?:\s*+\d{{1,4}}+{counter})?+\s*+[)\]】*_]*+\s*+[:：]"
        rf"|(?:{tasks})\s*+\#?+\d{{1,4}}+{counter}[*_]*+\s*+[:：.)]"
        rf"|(?:{examples})\s*+\d{{1,4}}+{counter}[*_]*+\s*+(?:[:：.)]|\Z))",
        re.IGNORECASE,
    )


@cache
def _glued(labels: Labels) -> re.Pattern[str]:
    # As in "… humid weather? - Answer: Turn off …", "… in .tmp? - Task 10: Skip …".
    answers, tasks = _any_of(_answers(labels)), _any_of(labels.spellings(labels.task))
    counter = _counter(labels)
    return re.compile(
        rf"(?<=\s)[-–—•*]\s++(?:\*\*)?+(?:(?:{answers})(?:\s*+\d{{1,4}}+{counter})?+"
        rf"|(?:{tasks})\s*+\#?+\d{{1,4}}+{counter})\s*+(?:\*\*)?+\s*+[:：]",
        re.IGNORECASE,
    )


@cache
def _pair(labels: Labels) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What "Do this. Input: abc Output: def" holds: the first of the two, and the second."""
    answers = (
        *labels.spellings(labels.output),
        *(labels.reading.response if labels.reading else ()),
    )
    inputs = labels.spellings(labels.input)
    one, other = (rf"(?<=\s)(?:{_any_of(words)})\s*+[:：]" for words in (inputs, answers))
    return re.compile(one), re.compile(other)


@cache
def _opening(labels: Labels) -> re.Pattern[str]:
    words = (*labels.spellings(labels.instruction), *labels.spellings(labels.task))
    return re.compile(
        rf"[*_\[【]*+(?:{_any_of(words)})\s*+(?:\#?+\d{{1,4}}+{_counter(labels)})?+"
        rf"[\]】*_]*+\s*+[:：]\s*+[*_]*+\s*+",
        re.IGNORECASE,
    )


@cache
def _chatter(labels: Labels) -> re.Pattern[str] | None:
    words = labels.reading.chatter if labels.reading else ()
    end = r"(?![a-zA-Z])"  # "Surely" is not "Sure"; words of other scripts take endings
    return re.compile(rf"[\s>*_-]*+(?:{_any_of(words)}){end}", re.IGNORECASE) if words else None


def is_no_item(text: str, labels: Labels) -> bool:
    """Whether the text of an item is what belongs under one: "Output: 4", "Example 1"."""
    # "9. Task 9: Do it." and "9. Question: Why?" are items, whatever stands before them.
    follows = _follows(labels).match(text[:_HEAD])
    return bool(follows) and not _opening(labels).match(text[:_HEAD])


def ends_item(line: str, before: str, labels: Labels) -> bool:
    """Whether an item ends before ``line``, which stands under it or follows it at once.

    It ends where the line begins with the marker of an answer, an input, an example or another
    task; where the line talks about the reply ("Sure! These are the new tasks."); and where it is
    a bullet under a sentence that was complete: such bullets are answers, labels or steps of a
    solution. A sublist belongs to the instruction where this ends with a colon or in mid-sentence,
    or says that something follows ("one of the following", "the steps below").

    Args:
        line: The line.
        before: The item so far.
        labels: The language's markers.
    """
    bare = line.strip()
    if _follows(labels).match(bare[:_HEAD]):
        return True
    complete = bool(_ENDS.search(before[-12:].rstrip()))
    if complete and talks(bare, labels):
        return True
    return complete and bool(_BULLET.match(bare)) and not _announces(before, labels)


def talks(text: str, labels: Labels) -> bool:
    """Whether ``text`` begins as lines do that talk about the reply: "Sure! Here are …"."""
    chatter = _chatter(labels)
    return bool(chatter and chatter.match(text[:_HEAD]))


def _announces(text: str, labels: Labels) -> bool:
    low = text.casefold()
    words = labels.reading.announces if labels.reading else ()
    return any(word.casefold() in low for word in words)


def bare_item(text: str, labels: Labels) -> str:
    """``text``, spaces collapsed, without "Instruction:" before and "- Answer: …" behind it."""
    if found := _AGAIN.match(text):
        text = text[found.end() :]
    if found := _opening(labels).match(text[:_HEAD]):
        text = text[found.end() :]
    if found := _glued(labels).search(text):
        text = text[: found.start()]
    first, second = _pair(labels)
    if (found := first.search(text)) and second.search(text, found.end()):
        text = text[: found.start()]
    return text.strip()
