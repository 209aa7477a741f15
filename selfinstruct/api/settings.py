"""What decides the data of a pool, or what a judging says, as far as somebody says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selfinstruct.tasks import Task

SAMPLE = 200  # items that are looked at: as many as the authors of Self-Instruct judged
CONTROLS = 20  # of each kind


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolSettings:
    """What decides the data of a pool; None means "as the pool has it", or the default.

    Each is the command line's option of the same name, but for these:

    Attributes:
        passages: The file of ``--context``.
        options: The settings of the recipe: ``human``, ``per_request``, ``operations`` …
        decoding: How each step is decoded, by step: ``{"instructions": {"temperature": 1.0}}``.
        leading: The same of the recipe's leading step.
        sources: What is evolved, as it was read.
        rounds: How often.
        rules: The edition of the rules that read replies; 0 for the pool's own.
        templates: The digest of those that a new pool shall have, where an earlier edition's are
            wanted; "" for the newest.
        lag_by_default: How many requests of a new pool may be under way before the next sees what
            they brought, where its recipe knows that and nobody says otherwise; 0 for the usual.
        structured_by_default: Whether a new pool asks for structured replies where its recipe
            knows them and nobody says otherwise.
        accept_change: Whether a pool that was made with other settings is gone on with.
        code: The tokenizers ``module:function`` that may be imported; None for the one given here,
            which is then known to be meant. A name in a pool's manifest is none.
        where: What messages call the source of ``decoding``.
    """

    recipe: str | None = None
    language: str | None = None
    seeds: Path | None = None
    seed: int | None = None
    threshold: float | None = None
    tokenizer: str | None = None
    similar: int | None = None
    any_script: bool | None = None
    soundness: bool | None = None
    api: str | None = None
    prompts: Path | None = None
    samples: int | None = None
    sample_temperature: float | None = None
    keep: str | None = None
    keep_reasoning: bool | None = None
    reasoning_leaks: bool | None = None
    passages: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    decoding: Mapping[str, Any] = field(default_factory=dict)
    leading: Mapping[str, Any] = field(default_factory=dict)
    sources: Sequence[Task] | None = None
    rounds: int = 1
    rules: int = 0
    templates: str = ""
    lag_by_default: int = 0
    structured_by_default: bool = False
    accept_change: bool = False
    code: frozenset[str] | None = None
    where: str = "settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingSettings:
    """How a model is asked about things that are there already.

    Each is the command line's option of the same name, but for these:

    Attributes:
        decoding: How each step is decoded, by step: ``judge``, ``answer``.
        leading: The same of the verb's own step, and goes before it.
        language: Of a source that is no pool; a pool knows its own.
        where_from: What messages call the source of ``decoding``.
    """

    seed: int = 0
    language: str | None = None
    api: str | None = None
    prompts: Path | None = None
    decoding: Mapping[str, Any] = field(default_factory=dict)
    leading: Mapping[str, Any] = field(default_factory=dict)
    where_from: str = "settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeSettings(AskingSettings):
    """How a judging is done.

    Each is the command line's option of the same name, but for these:

    Attributes:
        rubric: By which rubric; None for ``validity``, or ``correctness`` with references.
        sample: How many items; None for all of them.
    """

    rubric: str | None = None
    name: str | None = None
    into: Path | None = None
    sample: int | None = SAMPLE
    where: str | Sequence[str] = ()
    rejects: int | None = None
    with_reference: bool = False
    brief: bool = False
    weighted: bool = False
    controls: int = CONTROLS
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSettings(AskingSettings):
    """How prompts are answered.

    Each is the command line's option of the same name, but for these:

    Attributes:
        sample: How many tasks, one instance of each; None for every instance of all.
        as_: ``--as``: what rows call the answers; None for the model's name.
        pool: ``--from``: a pool whose replies are taken over where they answer the same request.
    """

    samples: int = 1
    encoding: str = "plain"
    as_: str | None = None
    sample: int | None = SAMPLE
    where: str | Sequence[str] = ()
    pool: str | Path | None = None
    keep_reasoning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareSettings(AskingSettings):
    """How answers are compared.

    Each is the command line's option of the same name, but for this:

    Attributes:
        sample: How many prompts; None for all of them.
    """

    rubric: str | None = None
    method: str | None = None
    baseline: str | None = None
    within: bool = False
    sample: int | None = None
    controls: int = CONTROLS
    brief: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSettings:
    """What people are asked about, and where their votes are.

    Each is the command line's option of the same name, but for these:

    Attributes:
        rubric: By which rubric; None for ``validity``, or ``overall`` of pairs.
        into: Where votes are; None for the pool's own folder.
        sample: How many items; None for all of them.
        only: ``JUDGING:CONDITION``: only items of which that judging says so.
        pairs: Two data sets whose answers to the same prompts are compared.
        reviewer: Who; None for the name that the system calls the person.
        reveal: The judging whose answer and reason are shown after one's own.
        language: Of a source that is no pool; a pool knows its own.
    """

    rubric: str | None = None
    into: Path | None = None
    sample: int | None = SAMPLE
    where: str | Sequence[str] = ()
    rejects: int | None = None
    only: str | None = None
    pairs: tuple[str, str] | None = None
    reviewer: str | None = None
    reveal: str | None = None
    seed: int = 0
    language: str | None = None
