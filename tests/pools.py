"""Pools written by hand: a manifest and tasks, as far as exports look at them."""

from __future__ import annotations

from selfinstruct import jsonl
from selfinstruct.pool import Manifest
from selfinstruct.tasks import Instance, Provenance, Task, task_id

MANIFEST = Manifest(
    recipe="self-instruct",
    fingerprint="1-x-y",
    api="chat",
    seeds="",
    language="en",
    tokenizer="rouge",
    threshold=0.7,
    seed=0,
)


def task(instruction, *cases, kind=False, recipe="self-instruct", **extra):
    instances = tuple(
        case if isinstance(case, Instance) else Instance(input=case[0], output=case[1])
        for case in cases
    )
    came = Provenance(recipe=recipe, teacher="mock", model="m", request=0, demonstrations=())
    identity = task_id(instruction, instances, is_classification=kind)
    return Task(
        id=identity,
        instruction=instruction,
        is_classification=kind,
        instances=instances,
        provenance=came,
        **extra,
    )


def pool_of(folder, tasks, rejects=()):
    folder.mkdir(parents=True, exist_ok=True)
    MANIFEST.write(folder)
    rows = [one.model_dump(mode="json") for one in tasks]
    (folder / "tasks.jsonl").write_text(jsonl.lines(rows), encoding="utf-8")
    (folder / "rejects.jsonl").write_text(jsonl.lines(rejects), encoding="utf-8")
    return folder
