"""What is answered: an instruction with its input, so many times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from selfinstruct.tasks import Instance


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that is asked.

    Attributes:
        id: What rows call it: ``task_…#0`` for an instance.
        instruction: What is to be done.
        input: What it is done to; "" for nothing.
        output: The answer that is there already; it is never shown. "" for none.
        examples: Worked examples of the same task, that a prompt may show.
        requests: Under which numbers the pool that made it asked about it, where one did.
    """

    id: str
    instruction: str
    input: str = ""
    output: str = ""
    examples: Sequence[Instance] = ()
    requests: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer that is wanted.

    Attributes:
        case: To what.
        number: Which of several answers, from 0.
    """

    case: Case
    number: int

    @property
    def id(self) -> str:
        """What a run calls it: more samples of the same case are further items."""
        return f"{self.case.id}/{self.number}"


def samples(cases: Iterable[Case], count: int) -> Iterator[Sample]:
    """``count`` answers to each of ``cases``, those to one case in a row."""
    return (Sample(case, number) for case in cases for number in range(count))
