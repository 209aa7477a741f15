"""Instances that hold several answers, written as so many instances."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from selfinstruct.annotations import AGREEMENT
from selfinstruct.formats.reasoning import KEY
from selfinstruct.tasks import KEPT, SAMPLES, Instance, Task, answers_of

_OF_ALL = (SAMPLES, KEPT)
_OF_THE_KEPT = (AGREEMENT, KEY)


class Answers(StrEnum):
    """Which answers are exported; the values are those of ``--answers``."""

    KEPT = "kept"
    ALL = "all"


def spread(task: Task, places: Sequence[int]) -> tuple[Task, list[int], int]:
    """``task`` with each answer of its instances as an instance.

    Thoughts and agreement stay with the answer that they belong to. What was answered twice in the
    same words stands there once.

    Args:
        task: The task.
        places: Those of its instances that are taken.

    Returns:
        The task, the places that are taken now, and how many answers repeated another.
    """
    cases: list[Instance] = []
    repeated = 0
    for place in places:
        case = task.instances[place]
        own = {
            k: value for k, value in (case.model_extra or {}).items() if k not in (SAMPLES, KEPT)
        }
        other = {k: value for k, value in own.items() if k not in _OF_THE_KEPT}
        answers = [text for text in answers_of(case) if text.strip()]
        distinct = list(dict.fromkeys(answers))
        repeated += len(answers) - len(distinct)
        for text in distinct:
            more = own if text == case.output else other
            cases.append(Instance(input=case.input, output=text, **more))
    whole = task.model_copy(update={"instances": tuple(cases)})
    return whole, list(range(len(cases))), repeated
