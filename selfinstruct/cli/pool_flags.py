"""Groups of options that decide the data of a pool."""

from __future__ import annotations

from dataclasses import dataclass

from selfinstruct.cli.options import decoding, evolving, keeping, making, prompting


@dataclass(frozen=True)
class PoolFlags:
    """What decides the data of a pool, whatever makes it."""

    language: making.Language = None
    seed: making.Seed = None
    threshold: keeping.Threshold = None
    tokenizer: keeping.TokenizerName = None
    prompts: prompting.PromptsFolder = None
    temperature: decoding.Temperature = None
    top_p: decoding.TopP = None
    presence_penalty: decoding.PresencePenalty = None
    max_tokens: decoding.MaxTokens = None
    samples: decoding.Samples = None
    sample_temperature: decoding.SampleTemperature = None
    keep: decoding.Keep = None
    keep_reasoning: keeping.KeepReasoning = None
    reasoning_leaks: keeping.ReasoningLeaks = None
    soundness: keeping.SoundnessOption = None
    set_: making.Set = None
    accept_change: making.AcceptChange = False


@dataclass(frozen=True)
class SeedFlags(PoolFlags):
    """The same, with what belongs to recipes that draw from seeds."""

    recipe: making.RecipeName = None
    seeds: making.Seeds = None
    human: prompting.Human = None
    machine: prompting.Machine = None
    any_script: keeping.AnyScript = None
    per_request: prompting.PerRequest = None
    classification_only: making.ClassificationOnly = None
    similar: keeping.SimilarCount = None
    structured: prompting.Structured = None
    grow: prompting.Grow = None
    passages: prompting.Context = None
    support: keeping.Support = None


@dataclass(frozen=True)
class EvolveFlags(PoolFlags):
    """The same, with what belongs to evolving."""

    rounds: evolving.Rounds = 4
    operations: evolving.Operations = None
    novelty: keeping.Novelty = None
    difficulty: evolving.Difficulty = None
    skills: evolving.Skills = None


@dataclass(frozen=True)
class AnyFlags(SeedFlags, EvolveFlags):
    """What decides the data of a pool of any recipe."""
