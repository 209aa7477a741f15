"""The options of ``export``: what of a pool is taken, and how it is written.

Each is called like the parameter of :func:`selfinstruct.export` that it is given to.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from selfinstruct.cli import options as o
from selfinstruct.cli.options.selecting import TAKEN

WRITTEN = "How it is written"


@dataclass(frozen=True, slots=True)
class ExportFlags:
    """What is taken, and how it is written."""

    where: o.Where = None
    judgements: o.Judgements = None
    only: Annotated[
        Path | None,
        o.own(
            "--only",
            TAKEN,
            "The file that select wrote: these tasks alone, in its order.",
            metavar="FILE",
        ),
    ] = None
    min_agreement: Annotated[
        float | None,
        o.option(
            "--min-agreement", TAKEN, "Only instances whose samples agree so much.", min=0, max=1
        ),
    ] = None
    max_instances: Annotated[
        int | None,
        o.option(
            "--max-instances", TAKEN, "Of one task; gains level off at 64.", min=1, metavar="K"
        ),
    ] = None
    include_seeds: Annotated[
        bool, o.option("--include-seeds", TAKEN, "Take the pool's seed tasks too.")
    ] = False
    answers: Annotated[
        Literal["kept", "all"],
        o.option(
            "--answers",
            TAKEN,
            "Of instances with several answers (--keep all): the kept one, or all that differ.",
        ),
    ] = "kept"
    pairs: Annotated[
        Literal["all", "best-worst"],
        o.option("--pairs", TAKEN, "dpo, reward, openai-dpo: which pairs of each ranking."),
    ] = "all"
    split: Annotated[
        str | None,
        o.option(
            "--split",
            WRITTEN,
            "Shares that add up to 1. A task never straddles or moves.",
            metavar="train=0.9,test=0.1",
        ),
    ] = None
    shuffle: Annotated[
        int | None, o.option("--shuffle", WRITTEN, "A random order.", metavar="SEED")
    ] = None
    system: Annotated[
        str | None,
        o.own("--system", WRITTEN, "chat, sharegpt: a system message.", metavar="TEXT"),
    ] = None
    reasoning: Annotated[
        Literal["none", "field", "tags"],
        o.option(
            "--reasoning",
            WRITTEN,
            "What the teacher thought: left out, in a field (reasoning_content; thinking for trl), "
            "or in <think> tags before the output.",
        ),
    ] = "none"
    templates: Annotated[
        Path | None,
        o.option(
            "--templates", WRITTEN, "completion, flan: templates of your own.", metavar="FILE"
        ),
    ] = None
    seed: Annotated[
        int, o.option("--seed", WRITTEN, "completion, flan: where drawing templates starts.")
    ] = 0
    license: Annotated[
        str | None,
        o.option("--license", WRITTEN, "What the card states, such as cc-by-4.0.", metavar="NAME"),
    ] = None
    config_for: Annotated[
        str | None,
        o.option(
            "--config-for",
            WRITTEN,
            "Also write what llama-factory, axolotl or trl needs.",
            metavar="TRAINER",
        ),
    ] = None
    force: Annotated[
        bool, o.option("--force", WRITTEN, "Replace what an earlier export left there.")
    ] = False
