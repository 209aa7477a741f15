"""Items whose answer is known, so that one can tell whether the judge can be believed.

Planted errors are items with the output of another task, or with half of their own; seed tasks were
written by people. What a judge says of them is counted apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from selfinstruct.judging.items import Control, Subject, subjects
from selfinstruct.judging.sampling import some
from selfinstruct.parsing import collapse
from selfinstruct.rubrics import Part, Rubric
from selfinstruct.tasks import Task

_LEAST = 24  # characters of an output of which half is less than the whole, in any script


def controls(
    items: Sequence[Subject], seeds: Sequence[Task], count: int, rubric: Rubric, seed: int
) -> list[Subject]:
    """The controls of a judging.

    They are made of the first items, so a larger sample has the same ones.

    Args:
        items: What is judged, in order.
        seeds: Tasks that people wrote.
        count: How many of each kind, where there are so many.
        rubric: By which rubric; one that calls no answer good has no controls.
        seed: Where the order of the seed tasks begins.
    """
    asked = [question for question in rubric.questions if question.tells_good]
    if not asked or not count:
        return []
    found = []
    if any(Part.OUTPUT in question.needs for question in asked):
        found += [*_swapped(items, count), *_cut(items, count)]
    written = (one for task in seeds for one in list(subjects(task))[:1])
    chosen = some(written, count, seed)
    return found + [_as(one, Control.SEED) for one in chosen]


def _swapped(items: Sequence[Subject], count: int) -> list[Subject]:
    """Items with the next output that says something else; a label may fit where labels do."""
    whole = [one for one in items if one.output.strip()]
    able = [(place, one) for place, one in enumerate(whole) if not one.classification]
    found = []
    for place, one in able[:count]:
        others = whole[place + 1 :] + whole[:place]
        other = next((o for o in others if not _like(o, one)), None)
        if other is not None:
            found.append(_as(replace(one, output=other.output), Control.SWAPPED))
    return found


def _cut(items: Sequence[Subject], count: int) -> list[Subject]:
    able = [one for one in items if len(one.output) >= _LEAST and not one.classification]
    return [
        _as(replace(one, output=one.output[: len(one.output) // 2].rstrip()), Control.CUT)
        for one in able[:count]
    ]


def _like(one: Subject, other: Subject) -> bool:
    return any(
        collapse(mine).casefold() == collapse(theirs).casefold()
        for mine, theirs in ((one.output, other.output), (one.instruction, other.instruction))
    )


def _as(one: Subject, control: Control) -> Subject:
    return replace(one, id=f"{one.id}!{control}", control=control)
