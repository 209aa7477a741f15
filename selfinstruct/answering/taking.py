"""Answers that a pool has bought already, taken over into the store of a set of answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from selfinstruct.answering.cases import Sample
from selfinstruct.answering.job import Answer
from selfinstruct.journal import ReplyStore
from selfinstruct.pool.bought import Bought
from selfinstruct.teachers import Teacher


def take_over(
    samples: Iterable[Sample], job: Answer, store: ReplyStore, teacher: Teacher, bought: Bought
) -> int:
    """Copy replies to the requests of ``job`` that ``bought`` holds; returns how many.

    Nothing is counted: it was paid for where it was bought. A pool asks the same text anew for each
    of its requests, so a request is looked for under the numbers of those too.

    Raises:
        DiskError: The store cannot be written.
    """
    taken = 0
    for one in samples:
        prompt = job.prompt(one)
        key = prompt.key(teacher.model, teacher.api, teacher.more)
        if store.find(key) is not None:
            continue
        for repeat in dict.fromkeys((0, *one.case.requests)):
            there = replace(prompt, repeat=repeat)
            found = bought.find(there.key(teacher.model, teacher.api, teacher.more))
            if found is not None:
                copy = replace(found, attempts=0, lost=0)
                store.keep(key, prompt, copy, None, teacher=teacher.name, model=teacher.model)
                taken += 1
                break
    return taken
