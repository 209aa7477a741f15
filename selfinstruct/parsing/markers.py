"""The markers before the parts of a reply, and the headings over its pieces.

Markers count at the beginning of a line, spelt as the language spells them or in capitals.
"""

from __future__ import annotations

import re
from functools import cache

from selfinstruct.languages.words import Labels

HEAD = 80  # markers stand within so many characters


@cache
def marker_of(
    spellings: tuple[str, ...], labels: Labels, *, numbered: bool = False
) -> re.Pattern[str]:
    """What a line begins with that holds one of ``spellings``; ``numbered`` where it must count."""
    # As in: "Input: x", "**Input:** x", "- Input 2: x", "### Input: x", "1. Input: x", "**Input**";
    # where a language names other spellings of its markers also "4、x: …", "[x] …" and "【x】 …".
    name = "|".join(f"{re.escape(spelt)}|{re.escape(spelt.upper())}" for spelt in spellings)
    stops, opened, closed, alone = ".)", "", "", ""
    counter = f"(?:{re.escape(labels.counter)})?+" if labels.counter else ""
    if labels.has_spellings:
        stops, opened, closed, alone = ".)、．）", r"[\[【]?+", r"[\]】]?+", r"|(?<=[\]】])\s*+"
    number = rf"(?:\d++{counter}[{stops}]\s*+)?+"
    digits = rf"\#?+\d++{counter}" if numbered else r"\d*+"
    return re.compile(
        rf"[\s>#-]*+{number}(\*\*|__)?+{number}{opened}(?:{name})\s*+{digits}{closed}(\*\*|__)?+"
        rf"(?:\s*+[:：]\s?|(?<=\*\*)$|(?<=__)${alone})"
    )


@cache
def heading_of(labels: Labels) -> re.Pattern[str]:
    """The heading of an example: "Example 1"."""
    name = "|".join(map(re.escape, labels.spellings(labels.example)))
    counter = f"(?:{re.escape(labels.counter)})?+" if labels.counter else ""
    return re.compile(rf"[\s>*_#-]*+(?:{name})\s*+\d++{counter}\s*+(?:$|[*_:.(–—：-])")


Markers = list[tuple[str, re.Pattern[str]]]


def markers_of(lines: list[str], labels: Labels, names: tuple[str, ...]) -> Markers:
    """The markers of a reply: a language's own, or the first other spelling that the reply uses.

    Of several spellings only one counts, so that a line of an output that begins with another does
    not end it.
    """
    if labels.reading:
        return _markers_used(lines, labels, names)
    found = []
    for name in names:
        own, *others = (marker_of((spelt,), labels) for spelt in labels.spellings(name))
        used = own
        if others and not any(own.match(line[:HEAD]) for line in lines):
            used = next((one for line in lines for one in others if one.match(line[:HEAD])), own)
        found.append((name, used))
    return found


def _markers_used(lines: list[str], labels: Labels, names: tuple[str, ...]) -> Markers:
    """As :func:`markers_of`, in the second edition.

    What opens a piece stands before the other markers: a quiz in an output may hold questions and
    answers. Where an item begins with an instruction, it may begin with the number of a task too.
    """
    found: Markers = []
    first = len(lines)
    for name in reversed(names):
        own, *others = (marker_of((spelt,), labels) for spelt in labels.spellings(name))
        heads = _heads(lines, labels.spellings(name), labels)
        if name == labels.instruction:
            tasks = labels.spellings(labels.task)
            others += [marker_of((spelt,), labels, numbered=True) for spelt in tasks]
            heads = sorted(heads + _heads(lines, tasks, labels, numbered=True))
        used, place = own, _first(own, heads)
        if place is None:
            # Whether a label or its input comes first makes no difference.
            opens = name == names[0] and name != labels.label
            last = first if opens else len(lines)
            before = [head for head in heads if head[0] < last]
            places = [(at, one) for one in others if (at := _first(one, before)) is not None]
            place, used = min(places, key=lambda pair: pair[0], default=(None, own))
        first = first if place is None else min(first, place)
        found.insert(0, (name, used))
    return found


def _heads(
    lines: list[str], spellings: tuple[str, ...], labels: Labels, *, numbered: bool = False
) -> list[tuple[int, str]]:
    """The heads of those lines that begin with any of ``spellings``, each with its place."""
    marker = marker_of(spellings, labels, numbered=numbered)
    heads = ((place, line[:HEAD]) for place, line in enumerate(lines))
    return [(place, head) for place, head in heads if marker.match(head)]


def _first(marker: re.Pattern[str], heads: list[tuple[int, str]]) -> int | None:
    return next((place for place, head in heads if marker.match(head)), None)


@cache
def task_heading_of(labels: Labels) -> re.Pattern[str]:
    """A line that holds nothing but the number of a task: "### Task 5:"."""
    name = "|".join(map(re.escape, labels.spellings(labels.task)))
    counter = f"(?:{re.escape(labels.counter)})?+" if labels.counter else ""
    return re.compile(rf"[\s>*_#-]*+(?:{name})\s*+\#?+\d++{counter}[*_]*+\s*+[:：.]?[*_]*+\s*+\Z")


@cache
def other_task_of(labels: Labels) -> re.Pattern[str]:
    """How a line begins that names a task: "Task: …", "Task 20: …".

    Words that may stand for "Input" too are none of a task: "Question 2: …".
    """
    inputs = labels.spellings(labels.input)
    words = [word for word in labels.spellings(labels.task) if word not in inputs]
    name = "|".join(f"{re.escape(word)}|{re.escape(word.upper())}" for word in words)
    counter = f"(?:{re.escape(labels.counter)})?+" if labels.counter else ""
    return re.compile(rf"[\s>*_#-]*+(?:{name})\s*+\#?+(\d*+){counter}[*_]*+\s*+[:：]")


def value_of(markers: Markers, line: str) -> tuple[str, str] | None:
    """The marker that ``line`` begins with, and what stands behind it; None for none."""
    for name, pattern in markers:
        if found := pattern.match(line[:HEAD]):
            rest = line[found.end() :]
            opened, closed = found.groups()
            if opened and not closed:  # "**Label:** x" or "**Label: x**"
                bare = rest.strip()
                starts = bare.startswith(opened)
                rest = bare.removeprefix(opened) if starts else bare.removesuffix(opened)
                rest = rest.strip()
            elif (mark := rest.strip()[:2]) == "**" and rest.count(mark) == 2:
                bare = rest.strip()
                rest = bare[2:-2] if bare.endswith(mark) else rest
            return name, rest
    return None
