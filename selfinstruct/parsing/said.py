"""What lines of a reply say under the name of each question, and what stands there alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from selfinstruct.parsing.naming import REASON, Names
from selfinstruct.parsing.objects import array
from selfinstruct.parsing.scales import Words, bare, fold, on_scale
from selfinstruct.rubrics import Scale
from selfinstruct.rubrics.rubric import Value

# An answer stands alone at the beginning, behind a preamble, or at the end, behind its reasons; in
# the midst of a long reply lines that look like one belong to what it repeats or works out.
_FIRST, _LAST = 4, 2  # lines
_HEAD = 600  # characters of such a line

_BULLET = re.compile(r"\s*+(?:[-*•–]|\d{1,2}+[.)])\s++")
_NOTHING = re.compile(r"[\s|:*_=–—-]*+\Z")
# "1. The task …", "A) …", "- Answer: …": an item of a list, and no answer with a remark.
_ITEM = re.compile(r"[\s_(\[]*+(?:\**+(?:\d{1,3}+|[^\W\d_])[.)]|[-*•–])\s++\S")
_NUMBERED = re.compile(r"\s*+\d{1,3}+[.)]\s++\S")
_DOTTED = re.compile(r"\s*+\d{1,3}+[.)]\s*+")
_MARKED = re.compile(r"\[\[([^\[\]\n]{1,40}+)\]\]")


def said_in_lines(lines: Sequence[str], names: Names) -> tuple[dict[int, list[str]], str]:
    """What lines "key: value" say, by the question's place, and the reason that they give.

    A value may stand in the line below its key, tags in a list below it; a line that begins with
    one key may go on with others ("instruction: yes, input: no").
    """
    said: dict[int, list[str]] = {}
    reason: list[str] = []
    open_for: int | None = None  # the question, or the reason, to which the next line belongs
    for line in lines:
        found = names.line.match(line) or names.line.match(fold(line))
        place = names.place(found[1]) if found else None
        if not found or place is None:
            if open_for == REASON:
                reason.append(line.strip())
            elif open_for is not None:
                open_for = _below(said, open_for, line, names)
            continue
        rest = found[2] or ""
        open_for = None
        if place == REASON:
            if not reason:
                reason.append(_unmarked(rest, line))
                open_for = REASON
        elif bare(rest):
            _add(said, place, rest, names)
        else:
            open_for = place
    return said, "\n".join(reason).strip()


def _add(said: dict[int, list[str]], place: int, rest: str, names: Names) -> None:
    first, *further = names.more.split(rest)
    said.setdefault(place, []).append(first.partition("|")[0])
    for piece in further:
        found = names.line.match(piece)
        at = names.place(found[1]) if found else None
        if found and at is not None and at != REASON:
            said.setdefault(at, []).append((found[2] or "").partition("|")[0])


def _below(said: dict[int, list[str]], place: int, line: str, names: Names) -> int | None:
    """Take ``line`` for the value of a key that stands above it; who the line after belongs to."""
    if _NOTHING.match(line):
        return place
    bullet = _BULLET.match(line)
    text = line[bullet.end() :] if bullet else line
    if names.questions[place].scale is not Scale.TAGS or not bullet:
        if place not in said or names.questions[place].scale is not Scale.TAGS:
            said.setdefault(place, []).append(text.strip().strip("|").partition("|")[0])
        return None
    said[place] = [", ".join([*said.get(place, ()), text])]
    return place


def _unmarked(rest: str, line: str) -> str:
    text = rest.strip().lstrip("*_ ").strip()
    if line.lstrip().startswith(('"', "{")):  # a line of JSON that is not whole
        text = text.rstrip(",").strip('"')
    return text


def said_alone(text: str, lines: Sequence[str], names: Names, words: Words) -> Value | None:
    """The answer to the one question that was asked, where a line is nothing but that.

    The first such line counts, unless the next one is another answer: then it was a list. Lines
    that hold a value among other words ("There are 3 faults") answer nothing.
    """
    question = names.questions[0]
    if question.scale is Scale.TAGS:
        return on_scale(array(text), question, words)
    if marked := {on_scale(one, question, words) for one in _MARKED.findall(text)}:
        return marked.pop() if len(marked) == 1 else None
    ends = lines if len(lines) <= _FIRST + _LAST else [*lines[:_FIRST], *lines[-_LAST:]]
    # Where items are numbered, a number with its dot is one that came to nothing.
    numbered = any(_NUMBERED.match(line) for line in lines)
    read = [
        None if numbered and _DOTTED.fullmatch(line) else _alone(line, names, words)
        for line in ends
    ]
    place = next((place for place, value in enumerate(read) if value is not None), None)
    if place is None:
        return None
    after = read[place + 1] if place + 1 < len(read) else None
    return read[place] if after is None or after == read[place] else None


def _alone(line: str, names: Names, words: Words) -> Value | None:
    text, question = fold(line[:_HEAD]), names.questions[0]
    if _ITEM.match(text):
        return None
    if lead := names.lead.match(text):
        value = on_scale(text[lead.end() :], question, words)
        if value is not None:
            return value
    return on_scale(text, question, words)
