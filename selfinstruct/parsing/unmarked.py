"""Answers that stand in a reply without the marker that was asked for, where this is clear."""

from __future__ import annotations

from selfinstruct.languages.words import Labels
from selfinstruct.parsing.drafts import Draft
from selfinstruct.parsing.markers import HEAD, heading_of, marker_of, other_task_of
from selfinstruct.parsing.nesting import talks

_PATTERN = 2  # so many examples of one shape are no accident
_PARTS = 2


def answer_frames(drafts: list[Draft], labels: Labels) -> None:
    """Give drafts their outputs, where a reply leaves out the marker before them throughout.

    The frame is clear where at least two examples have a heading, and each that lacks an output has
    an input of two parts: two lines, or two paragraphs. The second is the answer. A single one may
    be an input of two lines whose answer was forgotten; so may one that ends with a question.
    """
    lacking = [draft for draft in drafts if labels.output not in draft.fields]
    if len(lacking) < _PATTERN:
        return
    parts = [_two_parts(draft.text(labels.input)) if draft.headed else None for draft in lacking]
    if all(pair and not pair[1].endswith(("?", "？", ":", "：")) for pair in parts):
        for draft, pair in zip(lacking, parts, strict=True):
            if pair:
                draft.fields = {labels.input: [pair[0]], labels.output: [pair[1]]}


def _two_parts(text: str) -> tuple[str, str] | None:
    paragraphs = [part.strip() for part in text.split("\n\n") if part.strip()]
    parts = paragraphs if len(paragraphs) > 1 else text.splitlines()
    return (parts[0].strip(), parts[1].strip()) if len(parts) == _PARTS else None


def lone_answer(text: str, labels: Labels) -> str | None:
    """The answer, where a reply holds nothing else; None where it holds any marker, or asks back.

    For a task that stands alone, asked for with its example: weak models answer at once. A line
    that begins with any of the words that mark a part, in any spelling, says that the reply was
    meant to have parts.

    Args:
        text: The reply.
        labels: The language's markers.
    """
    said = text.strip()
    lines = said.splitlines()
    names = (labels.input, labels.output, labels.label, labels.example, labels.task)
    words = tuple(spelt for name in names for spelt in labels.spellings(name))
    marker, heading = marker_of(words, labels), heading_of(labels)
    marked = any(marker.match(line[:HEAD]) or heading.match(line[:HEAD]) for line in lines)
    last = lines[-1].rstrip(" \"'”’)）」』*_") if lines else ""
    low = said.casefold()
    asks = any(word.casefold() in low for word in (labels.reading.asking if labels.reading else ()))
    if not said or marked or asks or last.endswith(("?", "？", ":", "：")) or talks(said, labels):
        return None
    return said


def task_said(text: str, labels: Labels) -> str | None:
    """The task that a reply says it works out, where it begins with "Task: …"; None where not."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    found = other_task_of(labels).match(line[:HEAD])
    return line[found.end() :].strip(" *_") or None if found else None
