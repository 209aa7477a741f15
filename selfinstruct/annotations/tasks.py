"""What recipes say of the tasks that they made, read as annotations.

``evolve`` has each instruction graded (WizardLM's difficulty and skill), and several answers to one
task agree or not; tasks carry that as keys of their own, which are part of the pool's format.
"""

from __future__ import annotations

from collections.abc import Iterator

from selfinstruct.annotations.record import Annotation, Annotator, Target, Who
from selfinstruct.tasks import Task

DIFFICULTY, SKILL, AGREEMENT = "difficulty", "skill", "agreement"
"""Keys of tasks (the first two) and of instances (the last) that say something about them."""

_MAJORITY = Annotator(kind=Who.RULE, name="majority of samples")


def of_task(task: Task) -> Iterator[Annotation]:
    """What ``task`` says of itself and of its instances."""
    came = task.provenance
    model = Annotator(
        kind=Who.MODEL, name=came.teacher if came else "", model=came.model if came else ""
    )
    own = task.model_extra or {}
    for key in (DIFFICULTY, SKILL):
        if key in own:
            target = Target(task=task.id)
            yield Annotation(
                target=target, rubric="", question=key, value=_value(own[key]), annotator=model
            )
    for place, case in enumerate(task.instances):
        extra = case.model_extra or {}
        if AGREEMENT in extra:
            yield Annotation(
                target=Target(task=task.id, instance=place),
                rubric="",
                question=AGREEMENT,
                value=_value(extra[AGREEMENT]),
                annotator=_MAJORITY,
            )


def _value(found: object) -> str | float | None:
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return None
    return found
