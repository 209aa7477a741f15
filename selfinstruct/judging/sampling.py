"""Which items are judged: a sample that grows without changing what is in it.

Tasks are ranked by a digest of their id. A sample of 400 so holds that of 200, a pool that grows
keeps most of its sample, and whoever judges the same pool sees the same items, without a word
between them. Of each task one instance is taken, as the authors of Self-Instruct did (section 3.3).
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Iterator, Mapping

from selfinstruct.judging.items import Subject, subject, subjects
from selfinstruct.tasks import Task


def rank(seed: int, identity: str, *more: str) -> bytes:
    """The place of ``identity`` in the order that ``seed`` begins."""
    said = "\0".join((str(seed), identity, *more))
    return hashlib.sha256(said.encode("utf-8", "replace")).digest()


def sample(tasks: Iterable[Task], size: int, seed: int) -> list[Subject]:
    """One instance of each of ``size`` tasks, in the order of their ranks.

    Args:
        tasks: All of them, read once; memory holds ``size``. Those without instances are passed
            over, and of several with one id the first counts.
        size: How many are wanted; fewer where there are fewer.
        seed: Where the order begins.
    """
    found = heapq.nsmallest(size, _distinct(tasks), key=lambda task: rank(seed, task.id))
    return [subject(task, _instance(task, seed)) for task in found]


def everything(tasks: Iterable[Task], seed: int) -> list[Subject]:
    """All instances of all tasks, the tasks in the order of their ranks."""
    found = sorted(_distinct(tasks), key=lambda task: rank(seed, task.id))
    return [one for task in found for one in subjects(task)]


def kin(
    tasks: Iterable[Task], parents: Mapping[str, str], size: int | None, seed: int
) -> list[Subject]:
    """Whole families of tasks, of each task one instance, until there are ``size``.

    Args:
        tasks: All of them, or those that are wanted.
        parents: By task, the one that it was evolved from.
        size: How many tasks are wanted at least; None for all.
        seed: Where the order of the families begins.
    """
    found: dict[str, list[Subject]] = {}
    for task in _distinct(tasks):
        own = subject(task, _instance(task, seed))
        found.setdefault(root(task.id, parents), []).append(own)
    chosen: list[Subject] = []
    for name in sorted(found, key=lambda name: rank(seed, name)):
        if size is not None and len(chosen) >= size:
            break
        chosen += found[name]
    return chosen


def root(task: str, parents: Mapping[str, str]) -> str:
    """The first of the ancestors of ``task``: itself, where it has none."""
    seen = {task}
    while (parent := parents.get(task)) is not None and parent not in seen:
        task = parent
        seen.add(task)
    return task


def some(found: Iterable[Subject], size: int, seed: int) -> list[Subject]:
    """``size`` of what was found, in the order of their ranks, each id once."""
    known: dict[str, Subject] = {}
    for one in found:
        known.setdefault(one.id, one)
    return heapq.nsmallest(size, known.values(), key=lambda one: rank(seed, one.id))


def _distinct(tasks: Iterable[Task]) -> Iterator[Task]:
    seen: set[str] = set()
    for task in tasks:
        if task.instances and task.id not in seen:
            seen.add(task.id)
            yield task


def _instance(task: Task, seed: int) -> int:
    digest = rank(seed, task.id, "instance")
    return int.from_bytes(digest[:8]) % len(task.instances)
