"""Putting the data of a run together: from options to recipe, novelty rule and manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from selfinstruct import jsonl
from selfinstruct.bootstrap import Recipe
from selfinstruct.errors import IdleError, PoolError, SettingsError
from selfinstruct.filters import ContentRule, NoveltyRule, Soundness
from selfinstruct.filters.support import normalised
from selfinstruct.formats import records
from selfinstruct.formats.sources import tasks_of
from selfinstruct.languages import LanguagePack, load, tokenizer
from selfinstruct.novelty import NoveltyIndex, SimilarityTable
from selfinstruct.pool import SEEDS, TASKS, Manifest, look
from selfinstruct.pool.manifest import read_manifest
from selfinstruct.prompts import Prompts, Step
from selfinstruct.recipes import NEWEST, RECIPES, Kind, Making, alpaca, evolve, sampling, targeted
from selfinstruct.recipes.keeping import Thoughts
from selfinstruct.seeds import digest, load_seeds
from selfinstruct.settings import table
from selfinstruct.tasks import Task
from selfinstruct.teachers import Api, Decoding

PASSAGES = "passages.jsonl"
_TEXTS = ("text", "passage", "context")  # under which names a passage may stand
_HEAT = 0.7  # the temperature of further answers
_LONGEST_SAMPLE = 2048  # tokens of one of them


@dataclass(frozen=True, slots=True)
class Data:
    """What decides the data of a pool, as far as it was given; None means "as the pool has it".

    The fields are the options of the same names, but for these:

    Attributes:
        passages: The file of ``--context``.
        leading: How the recipe's leading step is decoded, where options say so.
        sources: What is evolved, as it was read.
        rules: The edition of the rules that read replies; 0 for the pool's own.
        templates: The digest of those that a new pool shall have, where an earlier edition's are
            wanted; "" for the newest.
        can_be_structured: Whether the teacher that was chosen can be held to a schema; a new pool
            asks for that then, where the recipe knows it.
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
    any_script: bool | None = None
    soundness: bool | None = None
    api: str | None = None
    prompts: Path | None = None
    structured: bool | None = None
    grow: bool | None = None
    support: float | None = None
    operations: tuple[str, ...] | None = None
    novelty: str | None = None
    difficulty: bool | None = None
    skills: bool | None = None
    samples: int | None = None
    sample_temperature: float | None = None
    keep_reasoning: bool | None = None
    reasoning_leaks: bool | None = None
    passages: Path | None = None
    leading: Mapping[str, Any] = field(default_factory=dict)
    sources: Sequence[Task] | None = None
    rounds: int = 1
    rules: int = 0
    templates: str = ""
    can_be_structured: bool = False


# Options that are settings of some recipe; one that has no such setting refuses them.
_SETTINGS = frozenset(name for kind in RECIPES.values() for name in kind.settings.model_fields) - {
    "context"
}


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
    existing = _existing(folder)
    # A first run that failed before it committed anything binds nobody to its settings.
    accept_change = accept_change or (existing is not None and _is_untouched(folder))
    old: dict[str, Any] = existing.model_dump() if existing else {"settings": {}}
    if existing and not accept_change and data.recipe not in (None, existing.recipe):
        different = [f"recipe is {existing.recipe!r} in the pool and {data.recipe!r} now"]
        raise IdleError(_made_otherwise(folder, different), "recipe")
    kind = _kind(data.recipe or old.get("recipe") or "self-instruct", data)
    edition = _edition(folder, data, existing)
    pack = load(data.language or old.get("language") or "en").in_edition(edition)
    api = _api(folder, data.api or old.get("api") or Api.CHAT)
    seeds = _seeds(folder, data, pack, kind)
    passages = _passages(folder, data.passages)
    any_script = bool(_first(data.any_script, old["settings"].get("any_script")))
    pack = pack.in_any_script() if any_script else pack
    settings = _settings(kind, data, old["settings"], api, passages, pack)
    samples = _first(data.samples, old["settings"].get("samples"), 1)
    steps = kind.steps + (sampling.STEPS if samples > 1 and Step.ANSWER not in kind.steps else ())
    prompts = _prompts(
        pack, api, data.prompts, steps, existing.prompts if existing else data.templates
    )
    decodings = _decodings(kind, data, decoding, where)
    words = data.tokenizer or old.get("tokenizer") or pack.tokenizer
    threshold = _first(data.threshold, old.get("threshold"), pack.threshold)
    if not 0 < threshold <= 1:
        raise SettingsError(f"--threshold must be above 0 and at most 1, not {threshold:g}.")
    similar = _first(data.similar, old["settings"].get("similar"), 0)
    heat = _first(data.sample_temperature, old["settings"].get("sample_temperature"), _HEAT)
    more: dict[str, Any] = {"samples": samples, "sample_temperature": heat} if samples > 1 else {}
    more |= {"any_script": True} if any_script else {}
    thoughts = _thoughts(data, old["settings"], pack, kind, samples)
    more |= {"keep_reasoning": True} if thoughts.keep else {}
    more |= {"reasoning_leaks": True} if thoughts.keep and thoughts.leaks else {}
    sound = _sound(data, old["settings"], pack, edition)
    more |= {"soundness": sound is not None} if edition > 1 else {}
    manifest = Manifest(
        recipe=kind.name,
        fingerprint="-".join(
            [
                f"{edition}",
                prompts.fingerprint,
                pack.digest(edition, with_answers=kind.uses_answers),
            ]
        ),
        settings=settings.model_dump(mode="json") | {"similar": similar} | more,
        api=api.value,
        seeds=digest(seeds),
        language=pack.source,
        tokenizer=words,
        threshold=threshold,
        seed=_first(data.seed, old.get("seed"), 0),
    )
    if existing and not accept_change and (different := existing.differences(manifest)):
        raise PoolError(_made_otherwise(folder, different))
    making = Making(
        pack,
        prompts,
        api,
        settings,
        decodings,
        seeds,
        passages,
        data.rounds,
        edition,
        thoughts,
        sound,
    )
    recipe = kind.make(making)
    if samples > 1:
        drawn = Decoding(temperature=heat, top_p=1.0, max_tokens=_LONGEST_SAMPLE)
        recipe = sampling.Sampled(recipe, samples, drawn, prompts, api, thoughts, sound)
    used = tokenizer(words)
    table_ = SimilarityTable(used, similar) if similar else None
    articles = pack.answers.articles
    same = (lambda text: normalised(text, articles)) if kind.refuses_duplicates else None
    small = pack.reading.sound.small_words  # unknown to the first edition
    differ = ContentRule(used, small).differ if kind.compares_content and small else None
    novelty = NoveltyRule(NoveltyIndex(used, threshold), table_, same, differ)
    files = {PASSAGES: jsonl.lines({"text": text} for text in passages)} if passages else {}
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


def _sound(
    data: Data, old: Mapping[str, Any], pack: LanguagePack, edition: int
) -> Soundness | None:
    if edition == 1:
        if data.soundness:
            raise IdleError(
                "--soundness is no setting of pools that version 0.1 made.", "soundness"
            )
        return None
    wanted = _first(data.soundness, old.get("soundness"))
    return None if wanted is False else Soundness(pack)


def _kind(name: str, data: Data) -> Kind:
    if name not in RECIPES:
        raise SettingsError(f"There is no recipe {name!r}: use {', '.join(RECIPES)}.")
    if name == evolve.NAME and data.sources is None:
        raise SettingsError("That is a pool of evolved tasks: grow it with selfinstruct evolve.")
    kind = RECIPES[name]
    for option in sorted(_SETTINGS - kind.settings.model_fields.keys()):
        if getattr(data, option) is not None:
            flag = option.replace("_", "-")
            raise IdleError(f"--{flag} is no setting of the recipe {name}.", flag)
    if data.passages is not None and "context" not in kind.settings.model_fields:
        raise IdleError(f"--context is no setting of the recipe {name}.", "context")
    return kind


def _thoughts(
    data: Data, old: Mapping[str, Any], pack: LanguagePack, kind: Kind, samples: int
) -> Thoughts:
    """What is done with the teacher's thoughts.

    Raises:
        SettingsError: They were to be kept where no output comes of a call of its own.
    """
    keep = bool(_first(data.keep_reasoning, old.get("keep_reasoning")))
    if keep and kind.whole_tasks and samples == 1:
        said = (
            f"--keep-reasoning: the recipe {kind.name} makes many tasks in one reply, so no "
            "thoughts belong to one output. Use self-instruct or evolve, or --samples 2."
        )
        raise IdleError(said, "keep-reasoning")
    leaks = bool(_first(data.reasoning_leaks, old.get("reasoning_leaks")))
    return Thoughts(keep, leaks, pack.reading.of_prompt)


def _edition(folder: Path, data: Data, existing: Manifest | None) -> int:
    """By which edition of the rules the pool is read: its own, or for a new one the newest."""
    wanted = data.rules or (existing.edition if existing else NEWEST)
    if not 1 <= wanted <= NEWEST:
        raise PoolError(
            f"{folder}: is read by edition {wanted} of the rules, and this version knows those up "
            f"to {NEWEST}. Upgrade selfinstruct."
        )
    return wanted


def _prompts(
    pack: LanguagePack,
    api: Api,
    replacements: Path | None,
    steps: Sequence[Step],
    wanted: str,
) -> Prompts:
    """The templates with the digest ``wanted``, where some edition had them; else the newest."""
    newest = Prompts(pack, api.value, replacements, steps)
    for edition in range(NEWEST - 1, 0, -1) if wanted not in ("", newest.fingerprint) else ():
        earlier = Prompts(pack, api.value, replacements, steps, edition)
        if earlier.fingerprint == wanted:
            return earlier
    return newest


def _seeds(folder: Path, data: Data, pack: LanguagePack, kind: Kind) -> list[Task]:
    if data.sources is not None:
        return list(data.sources)
    path = _seed_file(folder, data.seeds, pack)
    if kind.name != targeted.NAME:
        return load_seeds(path)
    if data.seeds is None and not (folder / SEEDS).exists():
        raise SettingsError("The recipe targeted needs --seeds FILE with examples of one task.")
    return tasks_of(str(path))


def _settings(
    kind: Kind,
    data: Data,
    old: Mapping[str, Any],
    api: Api,
    passages: Sequence[str],
    pack: LanguagePack,
) -> BaseModel:
    given = {
        key: value
        for key in kind.settings.model_fields
        if (value := _first(getattr(data, key, None), old.get(key))) is not None
    }
    if kind.name == alpaca.NAME and pack.items is not None:
        given.setdefault("per_request", pack.items)
    if "structured" in kind.settings.model_fields:
        given.setdefault("structured", data.can_be_structured and api is Api.CHAT)
    if passages:
        given["context"] = hashlib.sha256(jsonl.lines([{"text": t} for t in passages]).encode())
        given["context"] = given["context"].hexdigest()[:16]
    return table(kind.settings, given, "options", kind.settings())


def _decodings(kind: Kind, data: Data, decoding: dict[str, Any], where: str) -> BaseModel:
    own = {step: values for step, values in decoding.items() if step in kind.decodings.model_fields}
    known = {step for one in RECIPES.values() for step in one.decodings.model_fields}
    if unknown := sorted(decoding.keys() - known):
        raise SettingsError(f"{where}: decoding.{unknown[0]}: there is no such step.")
    if data.leading:
        before = own.get(kind.leading)
        own[kind.leading] = (before if isinstance(before, dict) else {}) | dict(data.leading)
    return table(kind.decodings, own, f"{where}: decoding", kind.decodings())


def _passages(folder: Path, given: Path | None) -> list[str]:
    path = given or folder / PASSAGES
    if given is None and not path.exists():
        return []
    texts = []
    for record in records(str(path)):
        text = next((record.row[key] for key in _TEXTS if key in record.row), None)
        if record.flaw or not isinstance(text, str) or not text.strip():
            names = ", ".join(map(repr, _TEXTS))
            raise SettingsError(record.flaw or f"{record.where}: no text in a field {names}.")
        texts.append(text)
    if not texts:
        raise SettingsError(f"{path}: holds no passages.")
    return texts


def _is_untouched(folder: Path) -> bool:
    position = look(folder).position
    return position.request == position.candidate == 0


def _seed_file(folder: Path, given: Path | None, pack: LanguagePack) -> Path:
    own = folder / SEEDS
    return given or (own if own.exists() else pack.seeds)


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)
