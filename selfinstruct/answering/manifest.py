"""What answers were made with, so that those of two models are never mixed in one folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from selfinstruct.requests import manifest
from selfinstruct.requests.manifest import JobManifest


class Manifest(JobManifest):
    """What decides the answers in a folder.

    Attributes:
        encoding: How cases become prompts.
        prompts: A digest of the templates; "" for forms that need none.
        language: The language pack.
        teacher: The preset that is asked.
        model: Its model.
        api: The kind of endpoint.
        decoding: How answers are drawn, by step.
        source: The name of the file or folder whose prompts are answered, without its path.
        samples: How many answers to each.
        seed: Where the order of the prompts begins.
        sample: How many tasks are wanted; None for all.
        where: The conditions that they meet.
        name: What rows call the answers.
    """

    noun: ClassVar[str] = "set of answers"
    free = frozenset({"samples", "seed", "sample", "where", "teacher", "name"})

    kind: Literal["answer"] = "answer"
    encoding: str
    prompts: str
    language: str
    teacher: str
    model: str
    api: str
    decoding: dict[str, Any]
    source: str
    samples: int = 1
    seed: int = 0
    sample: int | None = None
    where: tuple[str, ...] = Field(default=())
    name: str = ""


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of the answers in ``folder``; None where there is none.

    Raises:
        PoolError: It is damaged, or of a later format, or of no answers.
    """
    return manifest.read_manifest(folder, Manifest)
