"""What is judged: a sample of a pool, of its refused texts, or of a data set in a common form."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from selfinstruct.api.inputs import texts_of
from selfinstruct.api.pools import open_pool
from selfinstruct.api.settings import JudgeSettings
from selfinstruct.errors import SettingsError
from selfinstruct.formats.conditions import Condition
from selfinstruct.formats.selecting import Selection, pool_tasks
from selfinstruct.formats.sources import tasks_of
from selfinstruct.judging.bundles import FAMILY
from selfinstruct.judging.items import Subject, parent, refused
from selfinstruct.judging.sampling import everything, kin, sample, some
from selfinstruct.languages import LanguagePack
from selfinstruct.seeds import load_seeds
from selfinstruct.tasks import Task


@dataclass(frozen=True, slots=True)
class Found:
    """What a source holds of use to a judging.

    Attributes:
        items: What is judged, in order.
        models: The models that made the tasks, where that is known.
        parents: By task, the one that it was evolved from.
        seeds: Tasks that people wrote.
    """

    items: Sequence[Subject]
    models: frozenset[str] = frozenset()
    parents: Mapping[str, str] = field(default_factory=dict)
    seeds: Sequence[Task] = ()


def find_items(
    source: str, pool: Path | None, pack: LanguagePack, settings: JudgeSettings
) -> Found:
    """What of ``source`` is judged.

    Args:
        source: What was named.
        pool: The same, where it is a pool.
        pack: Its language.
        settings: How many are wanted, and which.

    Raises:
        SettingsError: Nothing is, or a condition is none.
        UsageError: It cannot be read.
    """
    if settings.rejects and pool is not None:
        texts = (refused(one.text, one.detail) for one in open_pool(pool).rejects())
        return Found(_some(source, some(texts, settings.rejects, settings.seed)))
    if pool is not None:
        view = open_pool(pool)
        tasks: Iterable[Task] = itertools.islice(pool_tasks(pool, Selection()), len(view))
        seeds = view.seeds()
    else:
        tasks = tasks_of(source)
        seeds = load_seeds(pack.seeds) if pack.seeds.is_file() else []
    conditions = [Condition.of(said) for said in texts_of(settings.where)]
    models: set[str] = set()
    parents: dict[str, str] = {}

    def wanted() -> Iterator[Task]:
        for task in tasks:
            if task.provenance is not None:
                models.add(task.provenance.model)
            if came_from := parent(task):
                parents[task.id] = came_from
            if all(one.holds(task, pack.source) for one in conditions):
                yield task

    items: Sequence[Subject]
    if settings.group == FAMILY:
        chosen = list(wanted())  # first, for it finds the parents
        items = kin(chosen, parents, settings.sample, settings.seed)
    elif settings.sample is None:
        items = everything(wanted(), settings.seed)
    else:
        items = sample(wanted(), settings.sample, settings.seed)
    return Found(_some(source, items), frozenset(models), parents, seeds)


def _some(source: str, items: Sequence[Subject]) -> Sequence[Subject]:
    if not items:
        raise SettingsError(f"{source}: holds nothing that could be judged.")
    return items
