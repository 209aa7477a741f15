"""Instances, written input first or output first (Self-Instruct, section 2.2).

Markers count at the beginning of a line, spelt as the language spells them or in capitals, and
not inside a code fence that an output has opened. Whichever marker comes first opens an instance.
"""

from __future__ import annotations

from dataclasses import dataclass

from selfinstruct.languages.words import Labels
from selfinstruct.parsing.drafts import Draft, drafts_of
from selfinstruct.parsing.markers import HEAD, marker_of
from selfinstruct.parsing.unmarked import answer_frames
from selfinstruct.tasks import Instance


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
    drafts = drafts_of(text, labels, (labels.input, labels.output), ends_at_task=continues)
    if labels.reading:
        answer_frames(drafts[: -1 if cut_off else None], labels)
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
    begun = marker_of(labels.spellings(labels.label), labels)
    if continues and not begun.match(text.lstrip()[:HEAD]):
        text = f"{labels.label}: {text.lstrip()}"
    drafts = drafts_of(text, labels, (labels.label, labels.input), ends_at_task=continues)
    whole = [bool(draft.text(labels.label) and draft.text(labels.input)) for draft in drafts]
    return _cases(drafts, whole, labels, labels.label, cut_off=cut_off)


def _cases(
    drafts: list[Draft], whole: list[bool], labels: Labels, output: str, *, cut_off: bool
) -> Cases:
    cut = drafts[-1].shown() if cut_off and drafts else None
    kept = list(zip(drafts, whole, strict=True))[: -1 if cut is not None else None]
    return Cases(
        tuple(_instance(draft, labels, output) for draft, good in kept if good),
        tuple(draft.shown() for draft, good in kept if not good),
        cut,
    )


def _instance(draft: Draft, labels: Labels, output: str) -> Instance:
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
    drafts = drafts_of(text, labels, names, ends_at_task=False)
    return [{name: draft.text(name) for name in draft.fields} for draft in drafts]
