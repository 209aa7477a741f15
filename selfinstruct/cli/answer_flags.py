"""The group of options that says what is answered, and how."""

from __future__ import annotations

from dataclasses import dataclass

from selfinstruct.cli.judge_flags import SAMPLE
from selfinstruct.cli.options import answering, prompting, selecting


@dataclass(frozen=True)
class AnswerFlags:
    """What is answered, and how."""

    sample: answering.AnswerSample = SAMPLE
    all_: answering.AnswerAll = False
    where: selecting.Where = None
    seed: answering.AnswerSeed = 0
    language: answering.AnswerLanguage = None
    samples: answering.AnswerSamples = 1
    encoding: answering.EncodingOption = "plain"
    as_: answering.AsName = None
    pool: answering.From = None
    keep_reasoning: answering.KeepThoughts = False
    prompts: prompting.PromptsFolder = None
    temperature: answering.AnswerTemperature = None
    top_p: answering.AnswerTopP = None
    max_tokens: answering.AnswerTokens = None
