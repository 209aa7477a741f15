"""The group of options that says what is judged, and how."""

from __future__ import annotations

from dataclasses import dataclass

from selfinstruct.cli.options import decoding, judging, prompting, selecting

SAMPLE, CONTROLS = 200, 20  # as in api/settings, which --help need not load; a test holds it


@dataclass(frozen=True)
class JudgeFlags:
    """What is judged, and how."""

    rubric: judging.Rubric = None
    name: judging.JudgingName = None
    into: judging.Into = None
    sample: judging.Sample = SAMPLE
    all_: judging.Everything = False
    where: selecting.Where = None
    rejects: judging.Rejects = None
    with_reference: judging.WithReference = False
    brief: judging.Brief = False
    weighted: judging.Weighted = False
    controls: judging.Controls = CONTROLS
    group: judging.Group = None
    seed: judging.SampleSeed = 0
    language: judging.SourceLanguage = None
    prompts: prompting.PromptsFolder = None
    temperature: decoding.Temperature = None
    top_p: decoding.TopP = None
    max_tokens: decoding.MaxTokens = None
