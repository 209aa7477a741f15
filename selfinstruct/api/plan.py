"""Putting the data of a run together: from settings to recipe, novelty rule and manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfinstruct import jsonl
from selfinstruct.answering import drawing
from selfinstruct.api.parts import (
    PASSAGES,
    decodings_of,
    edition_of,
    find_kind,
    first,
    keep_of,
    passages_of,
    prompts_of,
    recipe_settings,
    seeds_of,
    sound_of,
    thoughts_of,
)
from selfinstruct.api.settings import PoolSettings
from selfinstruct.bootstrap import Recipe
from selfinstruct.errors import IdleError, PoolError, SettingsError
from selfinstruct.filters import ContentRule, NoveltyRule, Soundness
from selfinstruct.filters.grounding import normalised
from selfinstruct.languages import LanguagePack, load, naming, tokenizer
from selfinstruct.novelty import NoveltyIndex, SimilarityTable
from selfinstruct.pool import TASKS, Manifest, look
from selfinstruct.pool.manifest import read_manifest
from selfinstruct.prompts import Step
from selfinstruct.recipes import Kind, Making, sampling
from selfinstruct.recipes.lag import kept_settings
from selfinstruct.recipes.sampling import Keep
from selfinstruct.seeds import digest
from selfinstruct.tasks import Task
from selfinstruct.teachers import Api, Decoding

_USUAL = "self-instruct"  # the recipe


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything about a run that does not depend on the teacher's identity.

    Attributes:
        manifest: What the pool is, or is to be, made with.
        existing: The pool's manifest, or None for a new pool.
        seeds: The seed tasks.
        recipe: The recipe.
        pack: The language.
        sound: The rules besides the papers', or None where they are not wanted.
        novelty: The novelty rule, with nothing kept yet.
        files: What else the pool keeps a copy of, by file name.
    """

    manifest: Manifest
    existing: Manifest | None
    seeds: list[Task]
    recipe: Recipe
    pack: LanguagePack
    sound: Soundness | None
    novelty: NoveltyRule
    files: Mapping[str, str]

    @property
    def goes_on(self) -> bool:
        """Whether the pool is there, made with just these settings."""
        return self.existing == self.manifest


def plan(folder: Path, settings: PoolSettings) -> Plan:
    """What a run over the pool in ``folder`` is made of.

    What was not given is as the pool has it, or the default for a new one.

    Raises:
        UsageError: Something given is wrong, or differs from the pool without ``accept_change``.
    """
    named = {settings.tokenizer or ""} if settings.code is None else settings.code
    with naming(named):
        return _plan(folder, settings)


def _plan(folder: Path, settings: PoolSettings) -> Plan:
    existing = _existing(folder)
    _refuse_other_recipe(folder, existing, settings)
    old: dict[str, Any] = existing.model_dump() if existing else {"settings": {}}
    own: dict[str, Any] = old["settings"]
    kind = find_kind(settings.recipe or old.get("recipe") or _USUAL, settings)
    edition = edition_of(folder, settings, existing)
    pack = load(settings.language or old.get("language") or "en").in_edition(edition)
    api = _api(folder, settings.api or old.get("api") or Api.CHAT)
    seeds = seeds_of(folder, settings, pack, kind)
    passages = passages_of(folder, settings.passages)
    any_script = bool(first(settings.any_script, own.get("any_script")))
    pack = pack.in_any_script() if any_script else pack
    chosen = recipe_settings(kind, settings, own, api, passages, pack)
    samples = first(settings.samples, own.get("samples"), 1)
    steps = kind.steps + (sampling.STEPS if samples > 1 and Step.ANSWER not in kind.steps else ())
    wanted = existing.prompts if existing else settings.templates
    prompts = prompts_of(pack, api, settings.prompts, steps, wanted)
    decodings = decodings_of(kind, settings)
    heat = first(settings.sample_temperature, own.get("sample_temperature"), drawing.WARM)
    keep = keep_of(settings, own, samples)
    thoughts = thoughts_of(settings, own, pack, kind, samples)
    sound = sound_of(settings, own, pack, edition)
    similar = first(settings.similar, own.get("similar"), 0)
    more: dict[str, Any] = {"samples": samples, "sample_temperature": heat} if samples > 1 else {}
    more |= {"keep": keep.value} if keep is Keep.ALL else {}
    more |= {"any_script": True} if any_script else {}
    more |= {"keep_reasoning": True} if thoughts.keep else {}
    more |= {"reasoning_leaks": True} if thoughts.keep and thoughts.leaks else {}
    more |= {"soundness": sound is not None} if edition > 1 else {}
    words = pack.digest(edition, with_answers=kind.uses_answers)
    manifest = Manifest(
        recipe=kind.name,
        fingerprint=f"{edition}-{prompts.fingerprint}-{words}",
        settings=kept_settings(chosen.model_dump(mode="json")) | {"similar": similar} | more,
        api=api.value,
        seeds=digest(seeds),
        language=pack.source,
        tokenizer=settings.tokenizer or old.get("tokenizer") or pack.tokenizer,
        threshold=_threshold(first(settings.threshold, old.get("threshold"), pack.threshold)),
        seed=first(settings.seed, old.get("seed"), 0),
    )
    _refuse_change(folder, existing, manifest, settings)
    recipe = kind.make(
        Making(
            pack,
            prompts,
            api,
            chosen,
            decodings,
            seeds,
            passages,
            settings.rounds,
            edition,
            thoughts,
            sound,
        )
    )
    if samples > 1:
        drawn = Decoding(temperature=heat, top_p=1.0, max_tokens=drawing.LONGEST)
        recipe = sampling.Sampled(recipe, samples, drawn, prompts, api, thoughts, sound, keep)
    files = {PASSAGES: jsonl.lines({"text": text} for text in passages)} if passages else {}
    novelty = _novelty(kind, pack, manifest, similar)
    return Plan(manifest, existing, seeds, recipe, pack, sound, novelty, files)


def _existing(folder: Path) -> Manifest | None:
    if folder.exists() and not folder.is_dir():
        raise PoolError(f"{folder}: is a file; a pool is a folder. Name another path.")
    existing = read_manifest(folder)
    if existing is None and (folder / TASKS).exists():
        raise PoolError(
            f"{folder}: holds {TASKS} but no manifest.json, so it is no pool or has lost it. "
            "Restore the manifest from a copy, or name another folder."
        )
    return existing


def _threshold(threshold: float) -> float:
    if not 0 < threshold <= 1:
        raise SettingsError(f"--threshold must be above 0 and at most 1, not {threshold:g}.")
    return threshold


def _refuse_other_recipe(folder: Path, existing: Manifest | None, settings: PoolSettings) -> None:
    if existing is None or settings.accept_change or settings.recipe in (None, existing.recipe):
        return
    if not _is_untouched(folder):
        other = [f"recipe is {existing.recipe!r} in the pool and {settings.recipe!r} now"]
        raise IdleError(_made_otherwise(folder, other), "recipe")


def _refuse_change(
    folder: Path, existing: Manifest | None, wanted: Manifest, settings: PoolSettings
) -> None:
    # A first run that failed before it committed anything binds nobody to its settings.
    if existing is None or settings.accept_change or _is_untouched(folder):
        return
    if different := existing.differences(wanted):
        raise PoolError(_made_otherwise(folder, different))


def _made_otherwise(folder: Path, different: Sequence[str]) -> str:
    return (
        f"{folder}: this pool was made with other settings: {'; '.join(different)}. Give the same "
        "settings, name another pool, read its replies again with others (selfinstruct replay), or "
        "go on with --accept-change."
    )


def _api(folder: Path, name: str) -> Api:
    try:
        return Api(name)
    except ValueError as error:
        raise PoolError(f"{folder}: there is no kind of endpoint {name!r}.") from error


def _is_untouched(folder: Path) -> bool:
    position = look(folder).position
    return position.request == position.candidate == 0


def _novelty(kind: Kind, pack: LanguagePack, manifest: Manifest, similar: int) -> NoveltyRule:
    used = tokenizer(manifest.tokenizer)
    table = SimilarityTable(used, similar) if similar else None
    articles = pack.answers.articles
    same = (lambda text: normalised(text, articles)) if kind.refuses_duplicates else None
    small = pack.reading.sound.small_words  # unknown to the first edition
    differ = ContentRule(used, small).differ if kind.compares_content and small else None
    return NoveltyRule(NoveltyIndex(used, manifest.threshold), table, same, differ)
