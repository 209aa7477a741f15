"""The nouns: seed tasks and tasks, candidates, rejects, and the closed set of reasons.

The keys ``id, instruction, is_classification, instances`` are those of the Self-Instruct seed
file (Wang et al., arXiv 2212.10560), so a pool is a valid seed file and theirs loads unchanged.
Keys that are not known here are kept as they are.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict


class Instance(BaseModel):
    """One worked case of a task.

    Attributes:
        input: What the instruction is applied to; "" when the instruction stands alone.
        output: The answer.
    """

    model_config = ConfigDict(frozen=True, extra="allow", strict=True)

    input: str
    output: str


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


class Task(BaseModel):
    """An instruction with its instances: a seed task, or a finished task of a pool."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str
    instruction: str
    is_classification: bool
    instances: tuple[Instance, ...]
    provenance: Provenance | None = None


class Reason(StrEnum):
    """Why something was refused. The set is closed; pools store these values."""

    # The reply, or an item of it, cannot be read.
    EMPTY_REPLY = "empty_reply"
    REFUSED = "refused"
    MALFORMED = "malformed"
    CUT_OFF = "cut_off"
    TOO_MANY_ITEMS = "too_many_items"
    STARVED = "starved"  # its tokens ran out before the answer began
    # The instruction breaks a rule (Self-Instruct, section 2.2, and the released code).
    REPEATED_DEMONSTRATION = "repeated_demonstration"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    KEYWORD = "keyword"
    WRITE_A_PROGRAM = "write_a_program"
    PUNCTUATION_FIRST = "punctuation_first"
    WRONG_SCRIPT = "wrong_script"
    TOO_SIMILAR = "too_similar"
    DUPLICATE = "duplicate"
    # An instance breaks a rule.
    EMPTY_OUTPUT = "empty_output"
    INPUT_EQUALS_OUTPUT = "input_equals_output"
    ENDS_WITH_COLON = "ends_with_colon"
    CONTRADICTORY_OUTPUTS = "contradictory_outputs"
    DUPLICATE_INSTANCE = "duplicate_instance"
    TOO_MANY_INSTANCES = "too_many_instances"
    # Thoughts that were to be kept quote the prompt; the instance stays, without them.
    REASONING_LEAK = "reasoning_leak"
    # A text that is readable and breaks no rule of a paper is of no use all the same.
    NOT_AN_INSTRUCTION = "not_an_instruction"
    INPUT_MISSING = "input_missing"
    ASKS_BACK = "asks_back"
    LOOPS = "loops"
    # An evolved instruction was eliminated (WizardLM, section 3.2).
    NOT_EVOLVED = "not_evolved"
    ANSWER_DECLINED = "answer_declined"
    ANSWER_EMPTY = "answer_empty"
    DATA_DROPPED = "data_dropped"  # by an evolution that still needs them
    # Words of the prompt came back as data.
    PROMPT_LEAKED = "prompt_leaked"
    # An example has no support in the passage that it should be answerable from.
    UNSUPPORTED = "unsupported"
    # The instruction was novel and counts against later ones, but no task came of it.
    UNCLEAR_CLASSIFICATION = "unclear_classification"
    UNCLEAR_COMPARISON = "unclear_comparison"
    NO_VALID_INSTANCE = "no_valid_instance"
    # A row of another data set is not what was wanted, or is one of a benchmark.
    OTHER_TASK = "other_task"
    OTHER_LANGUAGE = "other_language"
    CONTAMINATED = "contaminated"
    # A request got no reply; nothing was refused, and the next run asks again.
    REQUEST_FAILED = "request_failed"
    NOT_STORED = "not_stored"  # a replay asked nothing, and no such reply was stored

    @property
    def counts_against_novelty(self) -> bool:
        """Whether the refused text was an accepted instruction, which later ones must differ from.

        ``REQUEST_FAILED`` and ``NOT_STORED`` are decided row by row: see
        :attr:`Reject.instruction_accepted`.
        """
        return self in (Reason.UNCLEAR_CLASSIFICATION, Reason.NO_VALID_INSTANCE)

    @property
    def of_no_candidate(self) -> bool:
        """Whether what was refused was never read as a candidate, or never came."""
        lost = (Reason.REFUSED, Reason.TOO_MANY_ITEMS, Reason.REQUEST_FAILED, Reason.NOT_STORED)
        return self.of_whole_reply or self in lost

    @property
    def of_whole_reply(self) -> bool:
        """Whether a reply of which nothing else came could not be read at all."""
        return self in (Reason.EMPTY_REPLY, Reason.MALFORMED, Reason.CUT_OFF, Reason.STARVED)


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
        return self.reason.counts_against_novelty or bool(self.detail.get("instruction_accepted"))

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
