"""Instances, written input first or output first (Self-Instruct, section 2.2).

Markers count at the beginning of a line, spelt as the language spells them or in capitals, and
not inside a code fence that an output has opened. Whichever marker comes first opens an instance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from selfinstruct.languages.words import Labels
from selfinstruct.parsing.text import is_fence, is_rule
from selfinstruct.tasks import Instance

_HEAD = 80  # markers stand within so many characters


@dataclass(frozen=True, slots=True)
class Cases:
    """What was read.

    Attributes:
        cases: The instances, in the order written.
        unreadable: Pieces that carry a marker but lack a part, as text.
        cut: The last piece, where the reply was cut off in it; None otherwise.
    """

    cases: tuple[Instance, ...] = ()
    unreadable: tuple[str, ...] = ()
    cut: str | None = None


_HEADING = re.compile(r"#{1,6}\s*+(?:\w{1,20}\s*+)?#?\d{1,4}+[.:)]?")


def _is_between(line: str) -> bool:
    """Whether ``line`` only stands between two pieces: blank, a rule, or a heading ("### 5")."""
    return not line or is_rule(line) or bool(_HEADING.fullmatch(line))


@dataclass(slots=True)
class _Draft:
    headed: bool = False
    fields: dict[str, list[str]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        lines = list(self.fields.get(name, []))
        while lines and _is_between(lines[-1].strip()):
            lines.pop()
        return "\n".join(lines).strip()

    def shown(self) -> str:
        return "\n".join(f"{name}: {self.text(name)}" for name in self.fields)


def input_first(
    text: str, labels: Labels, *, continues: bool = False, cut_off: bool = False
) -> Cases:
    """Read "Example 1 / Input: … / Output: …" blocks.

    Args:
        text: The reply.
        labels: The language's markers.
        continues: Whether the prompt ended with "Example 1".
        cut_off: Whether the token limit ended the reply, so that its last piece is incomplete.
    """
    if continues:
        text = f"{labels.example} 1\n{text}"
    drafts = _drafts(text, labels, (labels.input, labels.output), ends_at_task=continues)
    asked = any(labels.input in draft.fields for draft in drafts)
    # An output that follows another without an input of its own belongs to nothing.
    whole = [
        labels.output in draft.fields
        and (labels.input in draft.fields or draft.headed or not asked)
        for draft in drafts
    ]
    return _cases(drafts, whole, labels, labels.output, cut_off=cut_off)


def output_first(
    text: str, labels: Labels, *, continues: bool = False, cut_off: bool = False
) -> Cases:
    """Read "Label: … / Input: …" blocks; the label becomes the output.

    Args:
        text: The reply.
        labels: The language's markers.
        continues: Whether the prompt ended with "Label:".
        cut_off: Whether the token limit ended the reply, so that its last piece is incomplete.
    """
    begun = _marker(labels.spellings(labels.label), labels)
    if continues and not begun.match(text.lstrip()[:_HEAD]):
        text = f"{labels.label}: {text.lstrip()}"
    drafts = _drafts(text, labels, (labels.label, labels.input), ends_at_task=continues)
    whole = [bool(draft.text(labels.label) and draft.text(labels.input)) for draft in drafts]
    return _cases(drafts, whole, labels, labels.label, cut_off=cut_off)


@cache
def _marker(spellings: tuple[str, ...], labels: Labels) -> re.Pattern[str]:
    # As in: "Input: x", "**Input:** x", "- Input 2: x", "### Input: x", "1. Input: x", "**Input**";
    # where a language names other spellings of its markers also "4、x: …", "[x] …" and "【x】 …".
    name = "|".join(f"{re.escape(spelt)}|{re.escape(spelt.upper())}" for spelt in spellings)
    stops, opened, closed, alone = ".)", "", "", ""
    counter = f"(?:{re.escape(labels.counter)})?+" if labels.counter else ""
    if labels.has_spellings:
        stops, opened, closed, alone = ".)、．）", r"[\[【]?+", r"[\]】]?+", r"|(?<=[\]】])\s*+"
    number = rf"(?:\d++{counter}[{stops}]\s*+)?+"
    return re.compile(
        rf"[\s>#-]*+{number}(\*\*|__)?+{number}{opened}(?:{name})\s*+\d*+{closed}(\*\*|__)?+"
        rf"(?:\s*+[:：]\s?|(?<=\*\*)$|(?<=__)${alone})"
    )


@cache
def _heading(labels: Labels) -> re.Pattern[str]:
    name = "|".join(map(re.escape, labels.spellings(labels.example)))
    counter = f"(?:{re.escape(labels.counter)})?+" if labels.counter else ""
    return re.compile(rf"[\s>*_#-]*+(?:{name})\s*+\d++{counter}\s*+(?:$|[*_:.(–—：-])")


_Markers = list[tuple[str, re.Pattern[str]]]


def _markers(lines: list[str], labels: Labels, names: tuple[str, ...]) -> _Markers:
    """The markers of a reply: a language's own, or the first other spelling that the reply uses.

    Of several spellings only one counts, so that a line of an output that begins with another does
    not end it.
    """
    found = []
    for name in names:
        own, *others = (_marker((spelt,), labels) for spelt in labels.spellings(name))
        used = own
        if others and not any(own.match(line[:_HEAD]) for line in lines):
            used = next((one for line in lines for one in others if one.match(line[:_HEAD])), own)
        found.append((name, used))
    return found


def _drafts(
    text: str, labels: Labels, names: tuple[str, ...], *, ends_at_task: bool
) -> list[_Draft]:
    markers = _markers(text.splitlines(), labels, names)
    heading = _heading(labels)
    ending = _marker((labels.task,), labels)
    lines = _unfenced(text, markers)
    drafts: list[_Draft] = [_Draft()]
    current: list[str] | None = None
    opener, fenced = "", False
    for place, line in enumerate(lines):
        if fenced:
            fenced = not is_fence(line)
        elif (found := heading.match(line[:_HEAD])) and _leads_to(
            markers, lines, place + 1, at_end=not (labels.has_spellings and line[found.end() :])
        ):
            drafts.append(_Draft(headed=True))
            current = None
            continue
        elif ends_at_task and ending.match(line[:_HEAD]):
            break  # a completion model has gone on to a task of its own
        elif value := _value(markers, line):
            name, rest = value
            opener = opener or name
            if name in drafts[-1].fields or (name == opener and drafts[-1].fields):
                drafts.append(_Draft())
            current = drafts[-1].fields.setdefault(name, [])
            current.append(rest)
            continue
        else:
            fenced = current is not None and is_fence(line)
        if current is not None:
            current.append(line)
    return [draft for draft in drafts if draft.fields]


def _unfenced(text: str, markers: _Markers) -> list[str]:
    """The lines of ``text``; where a fence wraps the instances, only those inside it."""
    lines = text.splitlines()
    for place, line in enumerate(lines):
        if _value(markers, line):
            return lines
        if is_fence(line):
            last = max(n for n, other in enumerate(lines) if is_fence(other))
            return lines[place + 1 : last if last > place else None]
    return lines


def _leads_to(markers: _Markers, lines: list[str], start: int, *, at_end: bool) -> bool:
    """Whether the next line that is not blank is a marker; ``at_end`` where there is none."""
    following = next((line for line in lines[start : start + 8] if line.strip()), None)
    return at_end if following is None else _value(markers, following) is not None


def _value(markers: _Markers, line: str) -> tuple[str, str] | None:
    for name, pattern in markers:
        if found := pattern.match(line[:_HEAD]):
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


def _cases(
    drafts: list[_Draft], whole: list[bool], labels: Labels, output: str, *, cut_off: bool
) -> Cases:
    cut = drafts[-1].shown() if cut_off and drafts else None
    kept = list(zip(drafts, whole, strict=True))[: -1 if cut is not None else None]
    return Cases(
        tuple(_instance(draft, labels, output) for draft, good in kept if good),
        tuple(draft.shown() for draft, good in kept if not good),
        cut,
    )


def _instance(draft: _Draft, labels: Labels, output: str) -> Instance:
    text = draft.text(labels.input)
    given = "" if no_input(text, labels) else text
    return Instance(input=given, output=unmarked(draft.text(output), labels))


def unmarked(output: str, labels: Labels) -> str:
    """``output``, or "" where it is nothing but the mark that stands for "no input"."""
    return "" if output.strip() == labels.no_input else output


def no_input(text: str, labels: Labels) -> bool:
    """Whether ``text`` stands for "no input"."""
    bare = text.strip("<>[]()（）「」 .。").casefold()
    return bare in {labels.no_input.strip("<>").casefold(), *labels.also_no_input}


def fields_of(text: str, labels: Labels, names: tuple[str, ...]) -> list[dict[str, str]]:
    """Pieces of a reply by marker; whichever marker comes first opens a piece.

    Args:
        text: The reply.
        labels: The language's markers.
        names: Those that are looked for.
    """
    drafts = _drafts(text, labels, names, ends_at_task=False)
    return [{name: draft.text(name) for name in draft.fields} for draft in drafts]
