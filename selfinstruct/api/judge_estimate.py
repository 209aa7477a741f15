"""What a judging will take, going by the prompts as they will be sent."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from selfinstruct.api.estimate import Costs, costs
from selfinstruct.bootstrap import estimate as estimating
from selfinstruct.bootstrap.estimate import Range, StepEstimate
from selfinstruct.errors import NotStoredError
from selfinstruct.judging.bundles import Bundle
from selfinstruct.judging.job import Judge
from selfinstruct.prompts import Step
from selfinstruct.teachers import Prompt, Reply
from selfinstruct.teachers.budget import Price

_SAMPLES = 40  # bundles of which the prompts are made
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
    steps: dict[str, StepEstimate] = {}
    shown = left[:_SAMPLES]
    each = len(left) / max(1, len(shown))
    share = Range(each, each, each)
    for bundle in shown:
        output = bundle.subjects[0].output
        for prompt in await _prompts(job, bundle, output):
            if prompt.step == Step.ANSWER:
                reply = estimating.tokens(output).times(_ANSWER)
            elif brief:
                answers = len(job.rubric.questions)
                reply = _BRIEF.times(Range(answers, answers, answers))
            else:
                reply = _REASONED
            used = StepEstimate(
                share, share.times(estimating.tokens(prompt.text)), share.times(reply)
            )
            steps[prompt.step] = steps.get(prompt.step, StepEstimate()) + used
    return costs(steps, price, "prompts", _ASSUMED if steps else ())


async def _prompts(job: Judge, bundle: Bundle, output: str) -> list[Prompt]:
    """What is asked about ``bundle``, if answers given blind are like its output."""
    found: list[Prompt] = []

    async def ask(prompt: Prompt) -> Reply:
        found.append(prompt)
        if prompt.step != Step.ANSWER:
            raise NotStoredError("Nothing is asked for an estimate.")
        return Reply(f"{output} …", "stop", None)  # not the same, else nothing more were asked

    with contextlib.suppress(NotStoredError):
        await job.rows(bundle, ask)
    return found
