"""What answers were made with, so that those of two models are never mixed in one folder."""

from __future__ import annotations

from typing import ClassVar, Literal

from selfinstruct.requests.manifest import JobManifest


class Manifest(JobManifest):
    """What decides the answers in a folder.

    Attributes:
        encoding: How cases become prompts.
        source: The name of the file or folder whose prompts are answered, without its path.
        samples: How many answers to each.
        where: The conditions that they meet.
        name: What rows call the answers.
    """

    noun: ClassVar[str] = "set of answers"
    free = frozenset({"samples", "seed", "sample", "where", "teacher", "name"})

    kind: Literal["answer"] = "answer"
    encoding: str
    source: str
    samples: int = 1
    where: tuple[str, ...] = ()
    name: str = ""
