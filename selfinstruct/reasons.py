"""Why something was refused: the closed list of reasons."""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Reason(StrEnum):
    """Why something was refused. The set is closed; pools store these values.

    Attributes:
        meaning: What was refused, as the documents say it.
    """

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> Self:
        """A reason called ``value``."""
        made = str.__new__(cls, value)
        made._value_ = value
        made.meaning = meaning
        return made

    # The reply, or an item of it, cannot be read.
    EMPTY_REPLY = ("empty_reply", "a reply, or a part of one, that is empty")
    REFUSED = ("refused", "a reply, or a part of one, that declines")
    MALFORMED = ("malformed", "a reply, or a part of one, that cannot be read")
    CUT_OFF = ("cut_off", "the last item of a reply that the token limit ended")
    TOO_MANY_ITEMS = ("too_many_items", "what follows the 200th item of one reply")
    STARVED = ("starved", "a reply whose tokens ran out before its answer began")
    # The instruction breaks a rule (Self-Instruct, section 2.2, and the released code).
    REPEATED_DEMONSTRATION = (
        "repeated_demonstration",
        "an instruction that copies one shown in the prompt, or an instance that copies one "
        "(`detail` names it as `shown`)",
    )
    TOO_SHORT = ("too_short", "an instruction of too few words: below 4 in English")
    TOO_LONG = ("too_long", "an instruction of too many words: above 150 in English")
    KEYWORD = ("keyword", "an instruction that needs more than text: image, graph, file, draw …")
    WRITE_A_PROGRAM = (
        "write_a_program",
        "an instruction to write a program",
    )
    PUNCTUATION_FIRST = ("punctuation_first", "an instruction that begins with punctuation")
    WRONG_SCRIPT = (
        "wrong_script",
        "an instruction in another script than its language's",
    )
    TOO_SIMILAR = (
        "too_similar",
        "an instruction with a ROUGE-L F1 at or above the threshold; the nearest text and the "
        "score are given",
    )
    DUPLICATE = (
        "duplicate",
        "an example that differs from an earlier one in case, articles or punctuation only",
    )
    # An instance breaks a rule.
    EMPTY_OUTPUT = ("empty_output", "an instance without output")
    INPUT_EQUALS_OUTPUT = ("input_equals_output", "an instance whose output is its input")
    ENDS_WITH_COLON = (
        "ends_with_colon",
        "an instance whose input or output ends with a colon",
    )
    CONTRADICTORY_OUTPUTS = (
        "contradictory_outputs",
        "all instances of a task that gives one input two outputs; without an input, every "
        "output but the first",
    )
    DUPLICATE_INSTANCE = ("duplicate_instance", "an instance that the task has already")
    TOO_MANY_INSTANCES = ("too_many_instances", "an instance beyond the most that a task may have")
    # Thoughts that were to be kept quote the prompt; the instance stays, without them.
    REASONING_LEAK = (
        "reasoning_leak",
        "thoughts that were to be kept and speak of the prompt; the instance stays without them",
    )
    # A text that is readable and breaks no rule of a paper is of no use all the same.
    NOT_AN_INSTRUCTION = (
        "not_an_instruction",
        "a label, a title or a statement; `detail` says which `form` it has",
    )
    INPUT_MISSING = (
        "input_missing",
        "an instance without input whose instruction points to one; `match` says with which words",
    )
    ASKS_BACK = ("asks_back", "a short answer that asks for what it should have had")
    LOOPS = (
        "loops",
        "a text that says one thing over and over: what is `repeated`, and how many `times`",
    )
    # An evolved instruction was eliminated (WizardLM, section 3.2).
    NOT_EVOLVED = (
        "not_evolved",
        "an evolution that is no more than its parent; `detail` names operation, round and parent",
    )
    ANSWER_DECLINED = (
        "answer_declined",
        "an evolution whose answer declines; `detail` names operation, round and parent",
    )
    ANSWER_EMPTY = (
        "answer_empty",
        "an evolution whose answer says nothing; `detail` names operation, round and parent",
    )
    DATA_DROPPED = (
        "data_dropped",
        "an evolution that lacks the data of its parent and still needs them",
    )
    # Words of the prompt came back as data.
    PROMPT_LEAKED = (
        "prompt_leaked",
        "a text that holds words of the prompt itself; `detail` gives them as `match`",
    )
    # An example has no support in the passage that it should be answerable from.
    UNSUPPORTED = ("unsupported", "an example whose answer has too little support in its passage")
    # The instruction was novel and counts against later ones, but no task came of it.
    UNCLEAR_CLASSIFICATION = (
        "unclear_classification",
        "an instruction for which the teacher said neither yes nor no, twice",
    )
    UNCLEAR_COMPARISON = (
        "unclear_comparison",
        "an evolution of which the judge did not say whether it equals its parent, twice",
    )
    NO_VALID_INSTANCE = ("no_valid_instance", "an instruction of which no instance is left")
    # A row of another data set is not what was wanted, or is one of a benchmark.
    OTHER_TASK = (
        "other_task",
        "an imported row that is no example of the one task of a targeted pool",
    )
    OTHER_LANGUAGE = (
        "other_language",
        "an imported row in another language (`--drop-other-languages`)",
    )
    CONTAMINATED = (
        "contaminated",
        "a finished task, or instances of it, that hold an item of a benchmark; `detail` keeps the "
        "whole task",
    )
    # A request got no reply; nothing was refused, and the next run asks again.
    REQUEST_FAILED = (
        "request_failed",
        "nothing: a request failed for good, and its error is given; the next run asks again",
    )
    NOT_STORED = ("not_stored", "nothing: a replay needed a reply that was never given")

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
