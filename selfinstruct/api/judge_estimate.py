"""What a judging will take, going by the prompts as they will be sent."""

from __future__ import annotations

from collections.abc import Sequence

from selfinstruct.api import derived_estimate
from selfinstruct.api.estimate import Costs
from selfinstruct.bootstrap import estimate as estimating
from selfinstruct.bootstrap.estimate import Range
from selfinstruct.judging.bundles import Bundle
from selfinstruct.judging.job import Judge
from selfinstruct.prompts import Step
from selfinstruct.teachers import Prompt, Reply
from selfinstruct.teachers.budget import Price

_REASONED = Range(30, 60, 120)  # tokens of a judgement with its reason
_BRIEF = Range(6, 10, 16)  # for each answer of one without
_ANSWER = Range(0.5, 1.0, 3.0)  # the length of an answer, to that of the output that is judged
_ASSUMED = (
    "judgements take 60 tokens with a reason (30 to 120), 10 for each answer without (6 to 16)",
    "what cannot be read is asked once more, and not counted here",
)


async def costs_of(
    job: Judge, left: Sequence[Bundle], price: Price | None, *, brief: bool
) -> Costs:
    """What asking about ``left`` will take."""

    def length(prompt: Prompt, bundle: Bundle) -> Range:
        if prompt.step == Step.ANSWER:
            return estimating.tokens(bundle.subjects[0].output).times(_ANSWER)
        if not brief:
            return _REASONED
        answers = len(job.rubric.questions)
        return _BRIEF.times(Range(answers, answers, answers))

    def answered(prompt: Prompt, bundle: Bundle) -> Reply | None:
        """An answer given blind, like the output and not the same: else nothing more is asked."""
        if prompt.step != Step.ANSWER:
            return None
        return Reply(f"{bundle.subjects[0].output} …", "stop", None)

    return await derived_estimate.costs_of(job, left, price, length, _ASSUMED, answered)
