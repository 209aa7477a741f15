"""The groups of options that say what people are asked, and what becomes of their answers."""

from __future__ import annotations

from dataclasses import dataclass

from selfinstruct.cli.judge_flags import SAMPLE
from selfinstruct.cli.options import judging, output, reviewing, selecting


@dataclass(frozen=True, slots=True)
class MatterFlags:
    """What people are asked."""

    rubric: reviewing.ReviewRubric = None
    sample: judging.Sample = SAMPLE
    all_: judging.Everything = False
    where: selecting.Where = None
    rejects: judging.Rejects = None
    only: reviewing.Only = None
    pairs: reviewing.Pairs = None
    into: reviewing.VotesInto = None
    seed: judging.SampleSeed = 0
    language: judging.SourceLanguage = None
    reviewer: reviewing.Reviewer = None
    reveal: reviewing.Reveal = None


@dataclass(frozen=True, slots=True)
class AskFlags:
    """How they are asked."""

    port: reviewing.Port = 0
    no_browser: reviewing.NoBrowser = False
    plain: reviewing.Plain = False


@dataclass(frozen=True, slots=True)
class ToldFlags:
    """What becomes of their answers."""

    summary: reviewing.ShowSummary = False
    agreement: reviewing.ShowAgreement = False
    out: reviewing.SheetOut = None
    in_: reviewing.SheetIn = None
    for_: reviewing.SheetFor = None
    force: output.Force = False
