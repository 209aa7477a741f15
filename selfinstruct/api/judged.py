"""What is asked about: a sample of a pool, of its refused texts, or of a data set."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from selfinstruct.api.pools import open_pool
from selfinstruct.errors import SettingsError
from selfinstruct.formats.conditions import Condition
from selfinstruct.formats.selecting import Selection, pool_tasks
from selfinstruct.formats.sources import tasks_of
from selfinstruct.judging.items import Subject, parent, refused
from selfinstruct.judging.sampling import everything, kin, sample, some
from selfinstruct.languages import LanguagePack
from selfinstruct.seeds import load_seeds
from selfinstruct.tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which items are taken.

    Attributes:
        sample: How many; None for all of them.
        where: Conditions that their tasks meet.
        seed: Where their order begins.
        rejects: How many refused texts instead.
        families: Whether whole families of evolved tasks are taken.
        purpose: What is done with them, as messages say it: ``judged``.
    """

    sample: int | None
    where: Sequence[str] = ()
    seed: int = 0
    rejects: int | None = None
    families: bool = False
    purpose: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a source holds of use.

    Attributes:
        items: What is asked about, in order.
        models: The models that made the tasks, where that is known.
        parents: By task, the one that it was evolved from.
        requests: By task, the numbers of the requests that may have asked about it.
        seeds: Tasks that people wrote.
    """

    items: Sequence[Subject]
    models: frozenset[str] = frozenset()
    parents: Mapping[str, str] = field(default_factory=dict)
    requests: Mapping[str, Sequence[int]] = field(default_factory=dict)
    seeds: Sequence[Task] = ()


def find_items(
    source: str,
    pool: Path | None,
    pack: LanguagePack,
    choice: Choice,
    read: Iterable[Task] | None = None,
) -> Found:
    """What of ``source`` is asked about.

    Args:
        source: What was named.
        pool: The same, where it is a pool.
        pack: Its language.
        choice: How many are wanted, and which.
        read: Its tasks, where they were read already.

    Raises:
        SettingsError: Nothing is, or a condition is none.
        UsageError: It cannot be read.
    """
    if choice.rejects and pool is not None:
        texts = (refused(one.text, one.detail) for one in open_pool(pool).rejects())
        return Found(_some(source, choice, some(texts, choice.rejects, choice.seed)))
    if pool is not None:
        view = open_pool(pool)
        tasks: Iterable[Task] = itertools.islice(pool_tasks(pool, Selection()), len(view))
        seeds = view.seeds()
    else:
        tasks = tasks_of(source) if read is None else read
        seeds = load_seeds(pack.seeds) if pack.seeds.is_file() else []
    conditions = [Condition.of(said) for said in choice.where]
    models: set[str] = set()
    parents: dict[str, str] = {}
    requests: dict[str, Sequence[int]] = {}

    def wanted() -> Iterator[Task]:
        for task in tasks:
            if task.provenance is not None:
                models.add(task.provenance.model)
                first = task.provenance.lineage.retry_of
                requests[task.id] = (task.provenance.request, *(first[:1] if first else ()))
            if came_from := parent(task):
                parents[task.id] = came_from
            if all(one.holds(task, pack.source) for one in conditions):
                yield task

    items: Sequence[Subject]
    if choice.families:
        chosen = list(wanted())  # first, for it finds the parents
        items = kin(chosen, parents, choice.sample, choice.seed)
    elif choice.sample is None:
        items = everything(wanted(), choice.seed)
    else:
        items = sample(wanted(), choice.sample, choice.seed)
    return Found(_some(source, choice, items), frozenset(models), parents, requests, seeds)


def _some(source: str, choice: Choice, items: Sequence[Subject]) -> Sequence[Subject]:
    if not items:
        raise SettingsError(f"{source}: holds nothing that could be {choice.purpose}.")
    return items
