"""The rules on the instances of a task, in the order of the released Self-Instruct code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from selfinstruct.filters.soundness import Judge
from selfinstruct.tasks import Instance, Reason, Reject

MOST_INSTANCES = 5


def valid_instances(
    instruction: str,
    cases: Sequence[Instance],
    *,
    most: int = MOST_INSTANCES,
    judge: Judge | None = None,
) -> tuple[tuple[Instance, ...], list[Reject]]:
    """Split ``cases`` into those that may be kept and the refused ones.

    Args:
        instruction: What rejects quote.
        cases: The instances, in the order read.
        most: How many a task may have.
        judge: Rules besides the papers'. With them, what needs no input keeps its first output.

    Returns:
        At most ``most`` instances in the order given, and a reject for each of the others.
    """
    kept: list[Instance] = []
    rejects: list[Reject] = []

    def refuse(case: Instance, reason: Reason, more: Mapping[str, Any] | None = None) -> None:
        detail = {"input": case.input, "output": case.output} | dict(more or {})
        rejects.append(Reject(instruction, reason, detail))

    for case in cases:
        if reason := _flaw(case):
            refuse(case, reason)
        elif judge and (refusal := judge(case)):
            refuse(case, *refusal)
        else:
            kept.append(case)
    if _contradictory(kept):
        # One input with two answers: nobody knows which of them is wrong, so none is kept.
        for case in kept:
            refuse(case, Reason.CONTRADICTORY_OUTPUTS)
        return (), rejects
    unique: list[Instance] = []
    for case in kept:
        if reason := _surplus(case, unique, most, one_answer=judge is not None):
            refuse(case, reason)
        else:
            unique.append(case)
    return tuple(unique), rejects


def _surplus(
    case: Instance, kept: Sequence[Instance], most: int, *, one_answer: bool
) -> Reason | None:
    if case in kept:
        return Reason.DUPLICATE_INSTANCE
    alone = not case.input.strip()
    if one_answer and alone and any(not one.input.strip() for one in kept):
        # A question and a second answer: a model that was asked for one went on.
        return Reason.CONTRADICTORY_OUTPUTS
    return Reason.TOO_MANY_INSTANCES if len(kept) == most else None


def _flaw(case: Instance) -> Reason | None:
    if not case.output.strip():
        return Reason.EMPTY_OUTPUT
    if case.input.strip() == case.output.strip():
        return Reason.INPUT_EQUALS_OUTPUT
    if case.input.rstrip().endswith((":", "：")) or case.output.rstrip().endswith((":", "：")):
        return Reason.ENDS_WITH_COLON
    return None


def _contradictory(cases: Sequence[Instance]) -> bool:
    outputs: dict[str, str] = {}
    return any(
        case.input.strip() and outputs.setdefault(case.input, case.output) != case.output
        for case in cases
    )
