"""What a judging was made with, so that judgements of two kinds are never mixed in one folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from selfinstruct.requests import manifest
from selfinstruct.requests.manifest import JobManifest

RUBRIC = "rubric.json"  # a copy of the rubric, which may change where it came from
FOLDER = "judgements"
"""The folder of a pool that holds its judgings."""

_LONGEST = 80  # characters of a folder's name
_UNSAFE = re.compile(r"[^a-z0-9]+")


class Manifest(JobManifest):
    """What decides what a judging says.

    Attributes:
        rubric: The rubric's name.
        rubric_digest: A digest of what it says.
        prompts: A digest of the templates.
        language: The language pack.
        teacher: The preset that is asked.
        model: Its model.
        api: The kind of endpoint.
        decoding: How replies are drawn, by step.
        structured: Whether replies are held to a schema.
        with_reference: Whether items are graded against the judge's own answers.
        brief: Whether it gives no reasons.
        weighted: Whether the likelihoods of the answers are taken.
        group: How many items stand in one prompt, ``family``, or "".
        rejects: Whether refused texts are judged, and not tasks.
        seed: Where samples begin.
        sample: How many items are wanted; None for all.
        controls: How many controls of each kind.
        where: The conditions that items meet.
        source: What is judged, as it was named; a pool's judgings name none.
    """

    noun: ClassVar[str] = "judging"
    free = frozenset({"sample", "controls", "where", "source", "teacher"})
    digests: ClassVar[Mapping[str, str]] = {
        "rubric_digest": "the rubric's text",
        "prompts": "the templates",
    }

    kind: str = "judge"
    rubric: str
    rubric_digest: str
    prompts: str
    language: str
    teacher: str
    model: str
    api: str
    decoding: dict[str, Any]
    structured: bool
    with_reference: bool = False
    brief: bool = False
    weighted: bool = False
    group: str = ""
    rejects: bool = False
    seed: int = 0
    sample: int | None = None
    controls: int = 0
    where: tuple[str, ...] = Field(default=())
    source: str = ""


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of the judging in ``folder``; None where there is none.

    Raises:
        PoolError: It is damaged, or of a later format, or of no judging.
    """
    return manifest.read_manifest(folder, Manifest)


def safe(*parts: str) -> str:
    """A folder's name out of ``parts``: lower-case letters, digits, and ``-`` between."""
    said = "-".join(filter(None, (_UNSAFE.sub("-", part.casefold()).strip("-") for part in parts)))
    return said[:_LONGEST].strip("-") or "unnamed"
