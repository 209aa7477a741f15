"""The group of options that says what is compared, and how."""

from __future__ import annotations

from dataclasses import dataclass

from selfinstruct.cli.judge_flags import CONTROLS
from selfinstruct.cli.options import comparing, decoding, prompting


@dataclass(frozen=True)
class CompareFlags:
    """What is compared, and how."""

    within: comparing.Within = False
    baseline: comparing.Baseline = None
    sample: comparing.CompareSample = None
    method: comparing.Method = None
    rubric: comparing.CompareRubric = None
    controls: comparing.CompareControls = CONTROLS
    brief: comparing.CompareBrief = False
    seed: comparing.CompareSeed = 0
    language: comparing.CompareLanguage = None
    prompts: prompting.PromptsFolder = None
    temperature: decoding.Temperature = None
    top_p: decoding.TopP = None
    max_tokens: decoding.MaxTokens = None
