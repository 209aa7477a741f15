"""A pool, or any data set, read for a report: lean rows, and what a pool knows besides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from selfinstruct import recipes
from selfinstruct.api.gate import Gate
from selfinstruct.api.inputs import trusting
from selfinstruct.api.judged_sets import judgements_of
from selfinstruct.errors import IdleError, UsageError
from selfinstruct.formats.base import Found, Reading
from selfinstruct.formats.importing import found_in
from selfinstruct.formats.selecting import Selection, pool_tasks
from selfinstruct.formats.sources import tasks_of
from selfinstruct.journal.lines import lines_of, read_line
from selfinstruct.journal.manifests import NAME
from selfinstruct.languages import LanguagePack, load, tokenizer
from selfinstruct.pool import REJECTS, SEEDS, look
from selfinstruct.recipes import SeedsAre
from selfinstruct.report import Examples, Grown, Item, Refusal, Source, item_of, refusal_of
from selfinstruct.seeds import load_seeds

Tick = Callable[[], None]
"""Is called with each row; may raise to end the reading."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a set that is no pool is read.

    Attributes:
        language: Its language; None for English. A pool knows its own.
        format: What its rows are; None for guessed by the first one.
        columns: Which column is which.
        code: The tokenizers ``module:function`` that may be imported.
        judgements: Of a pool, the judgings that are told of; None for all.
    """

    language: str | None = None
    format: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    code: Collection[str] = ()
    judgements: Sequence[str] | None = None


def is_pool(path: str) -> bool:
    """Whether ``path`` is the folder of a pool, and not a set of another kind."""
    return path != "-" and all((Path(path) / name).is_file() for name in (NAME, SEEDS))


def source_of(path: str, how: Look, tick: Tick) -> Source:
    """The set at ``path``, as a report sees it. Nothing is locked, so a pool may be growing.

    Raises:
        PoolError: A file of the pool is damaged.
        UsageError: It cannot be read, or holds no tasks.
    """
    return _pool(Path(path), how, tick) if is_pool(path) else _set(path, how, tick)


def set_of(path: str, how: Look, tick: Tick) -> Source:
    """A set that is no pool, with the ids that ``judge`` and ``answer`` call its tasks by.

    Raises:
        UsageError: It cannot be read, or holds no tasks.
    """
    pack = load(how.language or "en")
    items = []
    for task in tasks_of(path):
        tick()
        items.append(item_of(task))
    return _source(path, items, pack)


def _source(path: str, items: Sequence[Item], pack: LanguagePack) -> Source:
    """A set of which nothing is known but its tasks: the language's own rules hold."""
    return Source(
        name="standard input" if path == "-" else Path(path).resolve().name,
        items=items,
        language=pack,
        tokenizer=tokenizer(pack.tokenizer),
        tokenizer_name=pack.tokenizer,
        threshold=pack.threshold,
    )


def _pool(folder: Path, how: Look, tick: Tick) -> Source:
    if how.format is not None:
        raise IdleError(f"{folder}: is a pool, and --format says nothing of pools.", "format")
    snapshot = look(folder)
    manifest, at = snapshot.manifest, snapshot.position
    kind = recipes.known(manifest.recipe)
    shared: dict[tuple[str, ...], tuple[str, ...]] = {}
    items: list[Item] = []
    # What comes behind the position is of a commit that is being made just now.
    for task, _ in zip(pool_tasks(folder, Selection()), range(at.tasks), strict=False):
        tick()
        items.append(item_of(task, shared))
    with trusting(None, how.code):
        judging = tokenizer(manifest.tokenizer)
    refused: list[Refusal] = []
    examples = Examples()
    for row in _rejects(folder / REJECTS, at.rejects_bytes, tick):
        refused.append(refusal_of(row))
        examples.add(row)
    by_input = any(item.text != item.instruction for item in items)
    return Source(
        name=folder.resolve().name,
        items=items,
        language=load(manifest.language),
        tokenizer=judging,
        tokenizer_name=manifest.tokenizer,
        threshold=manifest.threshold,
        judgements=list(judgements_of(folder, how.judgements, items)),
        grown=Grown(
            recipe=manifest.recipe,
            models=snapshot.models,
            evolves=kind is not None and kind.seeds is SeedsAre.SOURCES,
            seeds=[item_of(seed, by_input=by_input) for seed in load_seeds(folder / SEEDS)],
            refused=refused,
            examples=examples.found(),
            yields=snapshot.yields,
            spent=snapshot.spent,
            steps=snapshot.steps,
        ),
    )


def _rejects(path: Path, size: int, tick: Tick) -> Iterator[dict[str, Any]]:
    if size:
        for number, (_, line) in enumerate(lines_of(path, size), 1):
            tick()
            yield read_line(path, number, line)


def _set(path: str, how: Look, tick: Tick) -> Source:
    pack = load(how.language or "en")
    gate = Gate(pack, dedupe=False, drop_other_languages=False)
    reading = Reading(columns=how.columns)
    items: list[Item] = []
    formats: dict[str, None] = {}
    skipped = 0
    first = ""
    for one in _ticked(found_in(path, how.format, reading), tick):
        if one.task is None:
            skipped, first = skipped + 1, first or one.flaw
            continue
        formats[one.format] = None
        items.append(item_of(gate.without_marks(one.task, one.format)))
    if not items:
        raise UsageError(first or f"{path}: holds no tasks.")
    return replace(_source(path, items, pack), format=", ".join(formats), skipped=skipped)


def _ticked(found: Iterable[Found], tick: Tick) -> Iterator[Found]:
    for one in found:
        tick()
        yield one
