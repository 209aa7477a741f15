"""Groups of options that verbs share, and the decorator that spells them out for typer.

A verb takes a group as one parameter; on the command line it is the group's single options. So an
option is declared once (in ``options``), listed once (here), and every verb gets it.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, get_type_hints

from selfinstruct.cli import options as o

SAMPLE, CONTROLS = 200, 20  # as in api/settings, which --help need not load; a test holds it


@dataclass(frozen=True, slots=True)
class ServerFlags:
    """Who is asked, and what the server accepts."""

    teacher: o.Teacher = None
    model: o.Model = None
    base_url: o.BaseUrl = None
    api: o.ApiOption = None
    token_limit_field: o.TokenLimitField = None
    stop: o.SendStop = None
    sampling: o.SendSampling = None
    reasoning_tokens: o.ReasoningTokens = None
    reasoning_effort: o.ReasoningEffort = None
    body: o.Body = None
    header: o.Header = None
    system: o.System = None
    tier: o.Tier = None


@dataclass(frozen=True, slots=True)
class TrafficFlags:
    """How calls are spread over time."""

    concurrency: o.Concurrency = 16
    rpm: o.Rpm = None
    tpm: o.Tpm = None
    timeout: o.Timeout = None
    give_up_after: o.GiveUpAfter = 600.0
    hedge: o.Hedge = True


@dataclass(frozen=True)
class PoolFlags:
    """What decides the data of a pool, whatever makes it."""

    language: o.Language = None
    seed: o.Seed = None
    threshold: o.Threshold = None
    tokenizer: o.TokenizerName = None
    prompts: o.PromptsFolder = None
    temperature: o.Temperature = None
    top_p: o.TopP = None
    presence_penalty: o.PresencePenalty = None
    max_tokens: o.MaxTokens = None
    samples: o.Samples = None
    sample_temperature: o.SampleTemperature = None
    keep_reasoning: o.KeepReasoning = None
    reasoning_leaks: o.ReasoningLeaks = None
    soundness: o.SoundnessOption = None
    set_: o.Set = None
    accept_change: o.AcceptChange = False


@dataclass(frozen=True)
class SeedFlags(PoolFlags):
    """The same, with what belongs to recipes that draw from seeds."""

    recipe: o.RecipeName = None
    seeds: o.Seeds = None
    human: o.Human = None
    machine: o.Machine = None
    any_script: o.AnyScript = None
    per_request: o.PerRequest = None
    classification_only: o.ClassificationOnly = None
    similar: o.SimilarCount = None
    structured: o.Structured = None
    grow: o.Grow = None
    passages: o.Context = None
    support: o.Support = None


@dataclass(frozen=True)
class EvolveFlags(PoolFlags):
    """The same, with what belongs to evolving."""

    rounds: o.Rounds = 4
    operations: o.Operations = None
    novelty: o.Novelty = None
    difficulty: o.Difficulty = None
    skills: o.Skills = None


@dataclass(frozen=True)
class AnyFlags(SeedFlags, EvolveFlags):
    """What decides the data of a pool of any recipe."""


@dataclass(frozen=True)
class JudgeFlags:
    """What is judged, and how."""

    rubric: o.Rubric = None
    name: o.JudgingName = None
    into: o.Into = None
    sample: o.Sample = SAMPLE
    all_: o.Everything = False
    where: o.Where = None
    rejects: o.Rejects = None
    with_reference: o.WithReference = False
    brief: o.Brief = False
    controls: o.Controls = CONTROLS
    group: o.Group = None
    seed: o.SampleSeed = 0
    language: o.SourceLanguage = None
    prompts: o.PromptsFolder = None
    temperature: o.Temperature = None
    top_p: o.TopP = None
    max_tokens: o.MaxTokens = None


@dataclass(frozen=True)
class SpendFlags:
    """How much a run may use."""

    price: o.PriceOption = None
    budget: o.Budget = None
    max_calls: o.MaxCalls = None
    max_tokens_total: o.MaxTokensTotal = None


@dataclass(frozen=True)
class LimitFlags(SpendFlags):
    """The same, and when it is no longer worth it."""

    min_yield: o.MinYield = 0.01


@dataclass(frozen=True, slots=True)
class OutputFlags:
    """What is printed."""

    json: o.Json = False
    quiet: o.Quiet = False


def grouped(verb: Callable[..., None]) -> Callable[..., None]:
    """``verb`` with each group among its parameters spelt out as single options."""
    hints = get_type_hints(verb, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint)}
    spelt: list[inspect.Parameter] = []
    for parameter in inspect.signature(verb).parameters.values():
        group = groups.get(parameter.name)
        spelt += (
            _spelt(group)
            if group is not None
            else [parameter.replace(annotation=hints[parameter.name], kind=_KIND)]
        )

    @functools.wraps(verb)
    def call(**given: Any) -> None:
        for name, group in groups.items():
            given[name] = group(**{one.name: given.pop(one.name) for one in fields(group)})
        verb(**given)

    del call.__wrapped__  # else typer would look through to the unspelt one
    # typer reads the signature; that a function may carry one of its own, its type does not say.
    call.__signature__ = inspect.Signature(spelt)  # type: ignore[attr-defined]
    call.__annotations__ = {one.name: one.annotation for one in spelt}
    return call


_KIND = inspect.Parameter.KEYWORD_ONLY


def _spelt(group: Any) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            one.name,
            _KIND,
            default=inspect.Parameter.empty if one.default is MISSING else one.default,
            annotation=hints[one.name],
        )
        for one in fields(group)
    ]
