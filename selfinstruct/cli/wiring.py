"""Putting the data of a run together: from options to recipe, novelty rule and manifest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selfinstruct.bootstrap import Recipe
from selfinstruct.errors import PoolError, SettingsError
from selfinstruct.filters import NoveltyRule
from selfinstruct.languages import LanguagePack, load, tokenizer
from selfinstruct.novelty import NoveltyIndex, SimilarityTable
from selfinstruct.pool import SEEDS, TASKS, Manifest, look
from selfinstruct.pool.manifest import read_manifest
from selfinstruct.prompts import Prompts
from selfinstruct.recipes import self_instruct
from selfinstruct.seeds import digest, load_seeds
from selfinstruct.settings import table
from selfinstruct.tasks import Task
from selfinstruct.teachers import Api


@dataclass(frozen=True, slots=True)
class Data:
    """What decides the data of a pool, as far as it was given; None means "as the pool has it".

    The fields are the options of the same names.
    """

    recipe: str | None = None
    language: str | None = None
    seeds: Path | None = None
    seed: int | None = None
    human: int | None = None
    machine: int | None = None
    per_request: int | None = None
    classification_only: bool | None = None
    threshold: float | None = None
    tokenizer: str | None = None
    similar: int | None = None
    api: str | None = None
    prompts: Path | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything about a run that does not depend on the teacher's identity.

    Attributes:
        manifest: What the pool is, or is to be, made with.
        existing: The pool's manifest, or None for a new pool.
        seeds: The seed tasks.
        recipe: The recipe.
        pack: The language.
        novelty: The novelty rule, with nothing kept yet.
    """

    manifest: Manifest
    existing: Manifest | None
    seeds: list[Task]
    recipe: Recipe
    pack: LanguagePack
    novelty: NoveltyRule


def plan(
    folder: Path,
    data: Data,
    decoding: dict[str, Any],
    where: str,
    *,
    accept_change: bool,
) -> Plan:
    """What a run over the pool in ``folder`` is made of.

    What was not given is as the pool has it, or the default for a new one.

    Raises:
        UsageError: Something given is wrong, or differs from the pool without ``accept_change``.
    """
    if folder.exists() and not folder.is_dir():
        raise PoolError(f"{folder}: is a file; a pool is a folder. Name another path.")
    existing = read_manifest(folder)
    if existing is None and (folder / TASKS).exists():
        raise PoolError(
            f"{folder}: holds {TASKS} but no manifest.json, so it is no pool or has lost it. "
            "Restore the manifest from a copy, or name another folder."
        )
    # A first run that failed before it committed anything binds nobody to its settings.
    accept_change = accept_change or (existing is not None and _is_untouched(folder))
    old: dict[str, Any] = existing.model_dump() if existing else {"settings": {}}
    name = data.recipe or old.get("recipe") or self_instruct.NAME
    if name != self_instruct.NAME:
        raise SettingsError(f"There is no recipe {name!r}: use {self_instruct.NAME}.")
    pack = load(data.language or old.get("language") or "en")
    drawing = table(
        self_instruct.Drawing,
        {
            key: value
            for key in self_instruct.Drawing.model_fields
            if (value := _first(getattr(data, key), old["settings"].get(key))) is not None
        },
        "options",
        self_instruct.Drawing(),
    )
    api = Api(data.api or old.get("api") or Api.CHAT)
    seeds = load_seeds(_seed_file(folder, data.seeds, pack))
    prompts = Prompts(pack, api.value, data.prompts)
    decodings = table(
        self_instruct.Decodings, decoding, f"{where}: decoding", self_instruct.Decodings()
    )
    words = data.tokenizer or old.get("tokenizer") or pack.tokenizer
    threshold = _first(data.threshold, old.get("threshold"), pack.threshold)
    if not 0 < threshold <= 1:
        raise SettingsError(f"--threshold must be above 0 and at most 1, not {threshold:g}.")
    similar = _first(data.similar, old["settings"].get("similar"), 0)
    manifest = Manifest(
        recipe=name,
        fingerprint=f"{self_instruct.VERSION}-{prompts.fingerprint}-{pack.fingerprint}",
        settings=drawing.model_dump() | {"similar": similar},
        api=api.value,
        seeds=digest(seeds),
        language=pack.source,
        tokenizer=words,
        threshold=threshold,
        seed=_first(data.seed, old.get("seed"), 0),
    )
    if existing and not accept_change and (different := existing.differences(manifest)):
        raise PoolError(
            f"{folder}: this pool was made with other settings: {'; '.join(different)}. Give the "
            "same settings, name another pool, or go on with --accept-change."
        )
    recipe = self_instruct.SelfInstruct(pack, prompts, api, drawing, decodings, seeds)
    used = tokenizer(words)
    table_ = SimilarityTable(used, similar) if similar else None
    novelty = NoveltyRule(NoveltyIndex(used, threshold), table_)
    return Plan(manifest, existing, seeds, recipe, pack, novelty)


def _is_untouched(folder: Path) -> bool:
    position = look(folder).position
    return position.request == position.candidate == 0


def _seed_file(folder: Path, given: Path | None, pack: LanguagePack) -> Path:
    own = folder / SEEDS
    return given or (own if own.exists() else pack.seeds)


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)
