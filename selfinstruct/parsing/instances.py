"""Instances, written input first or output first (Self-Instruct, section 2.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selfinstruct.languages.pack import Labels
from selfinstruct.parsing.text import unwrap
from selfinstruct.tasks import Instance


# Markers stand within so many characters; no odd line is worth more of a pattern's time.
_HEAD = 80


@dataclass(frozen=True, slots=True)
class Cases:
    """What was read.

    Attributes:
        cases: The instances, in the order written.
        unreadable: Pieces that carry a marker but no output (or label), as text.
    """

    cases: tuple[Instance, ...] = ()
    unreadable: tuple[str, ...] = ()


@dataclass(slots=True)
class _Draft:
    fields: dict[str, list[str]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return "\n".join(self.fields.get(name, [])).strip()

    def shown(self) -> str:
        return "\n".join(f"{name}: {self.text(name)}" for name in self.fields)


def input_first(text: str, labels: Labels, *, continues: bool = False) -> Cases:
    """Read "Example 1 / Input: … / Output: …" blocks.

    Args:
        text: The reply.
        labels: The language's markers.
        continues: Whether the prompt ended with "Example 1".
    """
    if continues:
        text = f"{labels.example} 1\n{text}"
    return _read(text, labels, (labels.input, labels.output), ends_at_task=continues)


def output_first(text: str, labels: Labels, *, continues: bool = False) -> Cases:
    """Read "Label: … / Input: …" blocks; the label becomes the output.

    Args:
        text: The reply.
        labels: The language's markers.
        continues: Whether the prompt ended with "Label:".
    """
    if continues and not _marker(labels.label).match(text.lstrip()[:_HEAD]):
        text = f"{labels.label}: {text.lstrip()}"
    return _read(text, labels, (labels.label, labels.input), ends_at_task=continues)


def _marker(label: str) -> re.Pattern[str]:
    # As in: "Input: x", "**Input:** x", "- Input 2: x", "### Input: x", "1. Input: x".
    return re.compile(
        rf"[\s>*_#-]*(?:\d+[.)]\s*)?{re.escape(label)}\s*\d*[\s*_]*[:：]\s?(?:\*\*|__)?\s?",
        re.IGNORECASE,
    )


def _read(text: str, labels: Labels, order: tuple[str, str], *, ends_at_task: bool) -> Cases:
    markers = [(name, _marker(name)) for name in order]
    heading = re.compile(
        rf"^[\s>*_#-]*{re.escape(labels.example)}\s*\d+\s*[*_:.]*\s*$", re.IGNORECASE
    )
    ending = _marker(labels.task)
    drafts: list[_Draft] = [_Draft()]
    current: list[str] | None = None
    for line in unwrap(text).splitlines():
        if len(line) < _HEAD and heading.match(line):
            drafts.append(_Draft())
            current = None
            continue
        if ends_at_task and ending.match(line[:_HEAD]):
            break  # a completion model has gone on to a task of its own
        name, found = _match(markers, line)
        if found is None:
            if current is not None:
                current.append(line)
            continue
        # The first field opens an instance; a field that comes again does so too.
        if name in drafts[-1].fields or (name == order[0] and drafts[-1].fields):
            drafts.append(_Draft())
        current = drafts[-1].fields.setdefault(name, [])
        current.append(line[found.end() :])
    needs = labels.output if labels.output in order else labels.label
    written = [draft for draft in drafts if draft.fields]
    return Cases(
        tuple(_instance(draft, needs, labels) for draft in written if needs in draft.fields),
        tuple(draft.shown() for draft in written if needs not in draft.fields),
    )


def _match(
    markers: list[tuple[str, re.Pattern[str]]], line: str
) -> tuple[str, re.Match[str] | None]:
    for name, pattern in markers:
        if found := pattern.match(line[:_HEAD]):
            return name, found
    return "", None


def _instance(draft: _Draft, needs: str, labels: Labels) -> Instance:
    text = draft.text(labels.input)
    bare = text.strip("<>[]() .").casefold()
    empty = {labels.no_input.strip("<>").casefold(), *labels.also_no_input}
    return Instance(input="" if bare in empty else text, output=draft.text(needs))
