"""The rules on the instances of a task, in the order of the released Self-Instruct code."""

from __future__ import annotations

from collections.abc import Sequence

from selfinstruct.tasks import Instance, Reason, Reject

MOST_INSTANCES = 5


def valid_instances(
    instruction: str, cases: Sequence[Instance], *, most: int = MOST_INSTANCES
) -> tuple[tuple[Instance, ...], list[Reject]]:
    """Split ``cases`` into those that may be kept and the refused ones.

    Returns:
        At most ``most`` instances in the order given, and a reject for each of the others.
    """
    kept: list[Instance] = []
    rejects: list[Reject] = []

    def refuse(case: Instance, reason: Reason) -> None:
        detail = {"input": case.input, "output": case.output}
        rejects.append(Reject(instruction, reason, detail))

    for case in cases:
        if reason := _flaw(case):
            refuse(case, reason)
        else:
            kept.append(case)
    if _contradictory(kept):
        # One input with two answers: nobody knows which of them is wrong, so none is kept.
        for case in kept:
            refuse(case, Reason.CONTRADICTORY_OUTPUTS)
        return (), rejects
    unique: list[Instance] = []
    for case in kept:
        if case in unique:
            refuse(case, Reason.DUPLICATE_INSTANCE)
        elif len(unique) == most:
            refuse(case, Reason.TOO_MANY_INSTANCES)
        else:
            unique.append(case)
    return tuple(unique), rejects


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
