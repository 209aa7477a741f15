"""A reply in pieces, by marker; what is missing in a piece is for others to say.

Markers do not count inside a code fence that an output has opened. Whichever marker comes first
opens a piece.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selfinstruct.languages.words import Labels
from selfinstruct.parsing.markers import (
    HEAD,
    Markers,
    heading_of,
    marker_of,
    markers_of,
    other_task_of,
    task_heading_of,
    value_of,
)
from selfinstruct.parsing.text import is_fence, is_rule

_HEADING = re.compile(r"#{1,6}\s*+(?:\w{1,20}\s*+)?#?\d{1,4}+[.:)]?")


def is_between(line: str) -> bool:
    """Whether ``line`` only stands between two pieces: blank, a rule, or a heading ("### 5")."""
    return not line or is_rule(line) or bool(_HEADING.fullmatch(line))


@dataclass(slots=True)
class Draft:
    """One piece.

    Attributes:
        headed: Whether a heading opened it.
        fields: The lines behind each of its markers, in the order written.
    """

    headed: bool = False
    fields: dict[str, list[str]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """What stands behind the marker ``name``; "" where there is none."""
        lines = list(self.fields.get(name, []))
        while lines and is_between(lines[-1].strip()):
            lines.pop()
        return "\n".join(lines).strip()

    def shown(self) -> str:
        """The whole piece, with its markers."""
        return "\n".join(f"{name}: {self.text(name)}" for name in self.fields)


def drafts_of(
    text: str, labels: Labels, names: tuple[str, ...], *, ends_at_task: bool
) -> list[Draft]:
    """The pieces of ``text`` that hold any of the markers ``names``.

    Args:
        text: The reply.
        labels: The language's markers.
        names: Those that are looked for.
        ends_at_task: Whether the reply ends where any line says "Task:".
    """
    markers = markers_of(text.splitlines(), labels, names)
    heading = heading_of(labels)
    whole_tasks = labels.reading is not None and labels.instruction in names
    task_heading = task_heading_of(labels)
    ending = marker_of((labels.task,), labels)
    lines = _unfenced(text, markers)
    onward = _Onward(markers, lines, labels)
    drafts: list[Draft] = [Draft()]
    current: list[str] | None = None
    opener, fenced = "", False
    for place, line in enumerate(lines):
        if fenced:
            fenced = not is_fence(line)
        elif (found := heading.match(line[:HEAD])) and _leads_to(
            markers, lines, place + 1, at_end=not (labels.has_spellings and line[found.end() :])
        ):
            drafts.append(Draft(headed=True))
            current = None
            continue
        elif (
            whole_tasks
            and value_of(markers, line) is None
            and task_heading.match(line[:HEAD])
            and _leads_to(markers, lines, place + 1, at_end=True)
        ):
            current = None  # "Task 5:" over an instruction that has a marker of its own
            continue
        elif ends_at_task and ending.match(line[:HEAD]):
            break  # a completion model has gone on to a task of its own
        elif onward.begins(place, drafts[-1]):
            break  # and so has a chat model
        elif value := value_of(markers, line):
            name, rest = value
            opener = opener or name
            if name in drafts[-1].fields or (name == opener and drafts[-1].fields):
                drafts.append(Draft())
            current = drafts[-1].fields.setdefault(name, [])
            current.append(rest)
            onward.passes(rest)
            continue
        else:
            fenced = current is not None and is_fence(line)
        if current is not None:
            current.append(line)
    return [draft for draft in drafts if draft.fields]


class _Onward:
    """Whether a reply goes on to another task, after a whole instance.

    Such a line stands apart and says "Task:". Markers follow it; or its number is not the first,
    and it is no plan of an output, which has a "Task 1" before its "Task 2".
    """

    def __init__(self, markers: Markers, lines: list[str], labels: Labels) -> None:
        self._names = [name for name, _ in markers]
        # In lists of whole tasks each piece is another task anyway.
        self._looks = labels.reading is not None and labels.instruction not in self._names
        self._markers, self._lines = markers, lines
        self._task, self._heading = other_task_of(labels), heading_of(labels)
        self._whole = self._listed = False

    def begins(self, place: int, draft: Draft) -> bool:
        """Whether another task begins at ``place``; ``draft`` is the piece so far."""
        if not self._looks:
            return False
        self._whole = self._whole or all(name in draft.fields for name in self._names)
        found = self._task.match(self._lines[place][:HEAD])
        if found is None or not self._whole:
            return False
        counts_on = found.group(1).lstrip("0") not in ("", "1")
        listed, self._listed = self._listed, True
        if not is_between(self._lines[place - 1].strip()):
            return False
        following = self._lines[place + 1 : place + 9]
        line = next((line for line in following if line.strip()), "")
        framed = value_of(self._markers, line) or self._heading.match(line[:HEAD])
        return bool(framed) or (counts_on and not listed)

    def passes(self, rest: str) -> None:
        """A field begins, with ``rest`` behind its marker."""
        self._listed = bool(self._task.match(rest[:HEAD]))


def _unfenced(text: str, markers: Markers) -> list[str]:
    """The lines of ``text``; where a fence wraps the instances, only those inside it."""
    lines = text.splitlines()
    for place, line in enumerate(lines):
        if value_of(markers, line):
            return lines
        if is_fence(line):
            last = max(n for n, other in enumerate(lines) if is_fence(other))
            return lines[place + 1 : last if last > place else None]
    return lines


def _leads_to(markers: Markers, lines: list[str], start: int, *, at_end: bool) -> bool:
    """Whether the next line that is not blank is a marker; ``at_end`` where there is none."""
    following = next((line for line in lines[start : start + 8] if line.strip()), None)
    return at_end if following is None else value_of(markers, following) is not None
