"""What a run over a pool is put together from: edition, templates, seeds, passages, decodings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from selfinstruct import jsonl, recipes
from selfinstruct.api.inputs import refuse_unknown
from selfinstruct.api.settings import PoolSettings
from selfinstruct.errors import IdleError, PoolError, SeedError, SettingsError, UsageError
from selfinstruct.filters import Soundness
from selfinstruct.formats import records
from selfinstruct.formats.sources import tasks_of
from selfinstruct.languages import LanguagePack
from selfinstruct.pool import SEEDS, Manifest
from selfinstruct.prompts import OwnStep, Prompts, Step
from selfinstruct.recipes import NEWEST, Kind, SeedsAre
from selfinstruct.recipes.keeping import Thoughts
from selfinstruct.recipes.lag import LAG
from selfinstruct.recipes.sampling import Keep
from selfinstruct.seeds import load_seeds
from selfinstruct.seeds import seeds_of as seeds_among
from selfinstruct.settings import table
from selfinstruct.tasks import Task
from selfinstruct.teachers import Api

PASSAGES = "passages.jsonl"
CONTEXT = "context"  # the setting that is a digest of passages
_STRUCTURED = "structured"
_TEXTS = ("text", "passage", "context")  # under which names a passage may stand


def first(*values: Any) -> Any:
    """The first value that is not None."""
    return next((value for value in values if value is not None), None)


def find_kind(name: str, settings: PoolSettings) -> Kind:
    """The recipe ``name``, which must know all that was set for it.

    Raises:
        SettingsError: There is no such recipe, or it has no such setting.
    """
    kind = recipes.find(name)
    if kind.seeds is SeedsAre.SOURCES and settings.sources is None:
        raise SettingsError("That is a pool of evolved tasks: grow it with selfinstruct evolve.")
    known = kind.settings.model_fields.keys() - {CONTEXT}
    given = {option for option, value in settings.options.items() if value is not None}
    if settings.passages is not None and CONTEXT not in kind.settings.model_fields:
        given.add(CONTEXT)
    if unknown := sorted(given - known):
        flag = unknown[0].replace("_", "-")
        raise IdleError(f"--{flag} is no setting of the recipe {name}.", flag)
    return kind


def edition_of(folder: Path, settings: PoolSettings, existing: Manifest | None) -> int:
    """By which edition of the rules the pool is read: its own, or for a new one the newest.

    Raises:
        PoolError: This version does not know it.
    """
    wanted = settings.rules or (existing.edition if existing else NEWEST)
    if not 1 <= wanted <= NEWEST:
        raise PoolError(
            f"{folder}: is read by edition {wanted} of the rules, and this version knows those up "
            f"to {NEWEST}. Upgrade selfinstruct."
        )
    return wanted


def prompts_of(
    pack: LanguagePack,
    api: Api,
    replacements: Path | None,
    steps: Sequence[Step | OwnStep],
    wanted: str,
) -> Prompts:
    """The templates with the digest ``wanted``, where some edition had them; else the newest."""
    newest = Prompts(pack, api.value, replacements, steps)
    for edition in range(NEWEST - 1, 0, -1) if wanted not in ("", newest.fingerprint) else ():
        earlier = Prompts(pack, api.value, replacements, steps, edition)
        if earlier.fingerprint == wanted:
            return earlier
    return newest


def sound_of(
    settings: PoolSettings, old: Mapping[str, Any], pack: LanguagePack, edition: int
) -> Soundness | None:
    """The rules besides the papers', or None where they are not wanted.

    Raises:
        SettingsError: They were to be applied to a pool that does not know them.
    """
    if edition == 1:
        if settings.soundness:
            raise IdleError(
                "--soundness is no setting of pools that version 0.1 made.", "soundness"
            )
        return None
    wanted = first(settings.soundness, old.get("soundness"))
    return None if wanted is False else Soundness(pack)


def keep_of(settings: PoolSettings, old: Mapping[str, Any], samples: int) -> Keep:
    """Which of several answers are stored.

    Raises:
        SettingsError: All of them were to be, and there is one; or it is no such word.
    """
    wanted = first(settings.keep, old.get("keep"), Keep.BEST.value)
    refuse_unknown("keep", wanted, [one.value for one in Keep])
    if settings.keep == Keep.ALL and samples == 1:
        said = "--keep all: there is one answer to each instance. Ask for more with --samples."
        raise IdleError(said, "keep")
    return Keep(wanted)


def thoughts_of(
    settings: PoolSettings, old: Mapping[str, Any], pack: LanguagePack, kind: Kind, samples: int
) -> Thoughts:
    """What is done with the teacher's thoughts.

    Raises:
        SettingsError: They were to be kept where no output comes of a call of its own.
    """
    keep = bool(first(settings.keep_reasoning, old.get("keep_reasoning")))
    if keep and kind.whole_tasks and samples == 1:
        said = (
            f"--keep-reasoning: the recipe {kind.name} makes many tasks in one reply, so no "
            "thoughts belong to one output. Use self-instruct or evolve, or --samples 2."
        )
        raise IdleError(said, "keep-reasoning")
    leaks = bool(first(settings.reasoning_leaks, old.get("reasoning_leaks")))
    return Thoughts(keep, leaks, pack.reading.of_prompt)


def seeds_of(folder: Path, settings: PoolSettings, pack: LanguagePack, kind: Kind) -> list[Task]:
    """The seed tasks: those given, those that the pool has, or the language's.

    Raises:
        SettingsError: The recipe needs some and none were given.
        SeedError: One cannot be used.
    """
    if settings.sources is not None:
        return list(settings.sources)
    own = folder / SEEDS
    path = settings.seeds or (own if own.exists() else pack.seeds)
    if kind.seeds is SeedsAre.TASKS:
        return load_seeds(path) if settings.seeds is None else _named_seeds(path)
    if settings.seeds is None and not own.exists():
        raise SettingsError(f"The recipe {kind.name} needs --seeds FILE with examples of one task.")
    return tasks_of(str(path))


def _named_seeds(path: Path) -> list[Task]:
    """Those of a file that a person named: JSON Lines or an array, compressed or not."""

    def rows() -> Iterator[tuple[str, dict[str, Any]]]:
        for record in records(str(path)):
            if record.flaw:
                raise SeedError(record.flaw)
            yield record.where, record.row

    try:
        return seeds_among(rows(), str(path))
    except SeedError:
        raise
    except UsageError as error:
        raise SeedError(str(error)) from error


def recipe_settings(
    kind: Kind,
    settings: PoolSettings,
    old: Mapping[str, Any],
    api: Api,
    passages: Sequence[str],
    pack: LanguagePack,
) -> BaseModel:
    """The recipe's own settings: as given, as the pool has them, or the defaults.

    Raises:
        SettingsError: A value is none that it allows.
    """
    given = {
        key: value
        for key in kind.settings.model_fields
        if (value := first(settings.options.get(key), old.get(key))) is not None
    }
    for key, value in kind.defaults(pack).items():
        given.setdefault(key, value)
    if not old and settings.lag_by_default and LAG in kind.settings.model_fields:
        given.setdefault(LAG, settings.lag_by_default)
    if _STRUCTURED in kind.settings.model_fields:
        given.setdefault(_STRUCTURED, settings.structured_by_default and api is Api.CHAT)
    if passages:
        text = jsonl.lines([{"text": text} for text in passages])
        given[CONTEXT] = hashlib.sha256(text.encode()).hexdigest()[:16]
    return table(kind.settings, given, "options", kind.settings())


def decodings_of(kind: Kind, settings: PoolSettings) -> BaseModel:
    """How each step of the recipe is decoded.

    Raises:
        SettingsError: There is no such step, or a value is none that it allows.
    """
    known = {step for one in (*recipes.shipped(), kind) for step in one.decodings.model_fields}
    if unknown := sorted(settings.decoding.keys() - known):
        raise SettingsError(f"{settings.where}: decoding.{unknown[0]}: there is no such step.")
    fields = kind.decodings.model_fields
    own = {step: values for step, values in settings.decoding.items() if step in fields}
    if settings.leading:
        before = own.get(kind.leading)
        own[kind.leading] = (before if isinstance(before, dict) else {}) | dict(settings.leading)
    return table(kind.decodings, own, f"{settings.where}: decoding", kind.decodings())


def passages_of(folder: Path, given: Path | None) -> list[str]:
    """The passages in ``given``, or those that the pool has; [] where there are none.

    Raises:
        SettingsError: One has no text, or the file holds none.
        UsageError: The file cannot be read.
    """
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
