"""Why something was refused: the closed list of reasons."""

from __future__ import annotations

from enum import StrEnum


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
