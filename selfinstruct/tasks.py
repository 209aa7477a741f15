"""The nouns: seed tasks and tasks, candidates, rejects, and the closed set of reasons.

The keys ``id, instruction, is_classification, instances`` are those of the Self-Instruct seed
file (Wang et al., arXiv 2212.10560), so a pool is a valid seed file and theirs loads unchanged.
Keys that are not known here are kept as they are.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict

from selfinstruct.lineage import Lineage
from selfinstruct.reasons import Reason as Reason  # noqa: PLC0414 - told with the nouns it belongs to


class Instance(BaseModel):
    """One worked case of a task.

    Attributes:
        input: What the instruction is applied to; "" when the instruction stands alone.
        output: The answer.
    """

    model_config = ConfigDict(frozen=True, extra="allow", strict=True)

    input: str
    output: str


SAMPLES, KEPT = "samples", "kept"
"""Keys of an instance whose output was asked several times: all answers that could be used, in the
order in which they were asked, and the place among them of the output."""


def answers_of(case: Instance) -> tuple[str, ...]:
    """All answers that ``case`` holds, its own output in its place; that alone where no others are.

    What stands there otherwise than it was written, somebody changed: the output then counts alone.
    """
    more = case.model_extra or {}
    samples, kept = more.get(SAMPLES), more.get(KEPT)
    if not isinstance(samples, list) or not all(isinstance(one, str) for one in samples):
        return (case.output,)
    if not isinstance(kept, int) or not 0 <= kept < len(samples) or samples[kept] != case.output:
        return (case.output,)
    return tuple(samples)


class Provenance(BaseModel):
    """Where a machine-made task came from. Holds no time of day, so that runs can be compared.

    Attributes:
        recipe: The recipe that made the prompt.
        teacher: The teacher preset that answered.
        model: The model's name, as the teacher was asked for it.
        request: The number of the request whose reply held the instruction.
        demonstrations: Ids of the tasks shown in that request, in the order shown.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    recipe: str
    teacher: str
    model: str
    request: int
    demonstrations: tuple[str, ...]

    @property
    def lineage(self) -> Lineage:
        """What else it tells."""
        return Lineage(self.model_extra or {})


class Task(BaseModel):
    """An instruction with its instances: a seed task, or a finished task of a pool."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str
    instruction: str
    is_classification: bool
    instances: tuple[Instance, ...]
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An instruction read from a reply and not yet judged.

    Attributes:
        instruction: The text, white space collapsed, letters as the teacher wrote them.
        position: Its place among the items of its reply, from 0.
        instances: Those that the reply held already.
        judged: What novelty is judged on; None for the instruction.
        novel: Whether it must be novel; else it only counts against later ones.
    """

    instruction: str
    position: int
    instances: tuple[Instance, ...] = ()
    judged: str | None = None
    novel: bool = True

    @property
    def text(self) -> str:
        """What novelty is judged on, and what a reject of this candidate quotes."""
        return self.instruction if self.judged is None else self.judged


@dataclass(frozen=True, slots=True)
class Reject:
    """A refused text with its reason: one line of ``rejects.jsonl``.

    Attributes:
        text: The instruction, or the raw reply where no instruction could be read.
        reason: One value of the closed set.
        detail: What a person needs to understand the refusal: for novelty ``nearest`` and
            ``score``; for instance rules ``input`` and ``output``; for keywords ``match``.
    """

    text: str
    reason: Reason
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def instruction_accepted(self) -> bool:
        """Whether ``text`` is an instruction that had passed the filters before this refusal."""
        return self.reason.counts_against_novelty or Lineage(self.detail).is_accepted

    def row(self, request: int) -> dict[str, Any]:
        """The line of ``rejects.jsonl`` for a reject of request number ``request``."""
        return {
            "text": self.text,
            "reason": self.reason.value,
            "detail": self.detail,
            "request": request,
        }


def task_id(instruction: str, instances: tuple[Instance, ...], *, is_classification: bool) -> str:
    """The id of a machine-made task: ``task_`` and 16 hexadecimal digits of its content's SHA-256.

    The same content has the same id in every pool, whenever and by whichever run it was made.
    """
    content = json.dumps(
        [instruction, is_classification, [[case.input, case.output] for case in instances]],
        ensure_ascii=False,
    )
    return "task_" + hashlib.sha256(content.encode()).hexdigest()[:16]
