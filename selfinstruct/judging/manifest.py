"""What a judging was made with, so that judgements of two kinds are never mixed in one folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from selfinstruct.journal import manifests

FORMAT = 1
RUBRIC = "rubric.json"  # a copy of the rubric, which may change where it came from
FOLDER = "judgements"
"""The folder of a pool that holds its judgings."""

_LONGEST = 80  # characters of a folder's name
_UNSAFE = re.compile(r"[^a-z0-9]+")


class Manifest(BaseModel):
    """What decides what a judging says.

    Attributes:
        format: The version of its files.
        kind: What it is: ``judge``.
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

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: int = FORMAT
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

    def differences(self, wanted: Manifest) -> list[str]:
        """What ``wanted`` has otherwise that belongs to what a judging is, in sentences."""
        mine, theirs = self.model_dump(), wanted.model_dump()
        digests = {"rubric_digest": "the rubric's text", "prompts": "the templates"}
        return [
            f"{digests[name]} changed"
            if name in digests
            else f"{name} is {mine[name]!r} there and {theirs[name]!r} now"
            for name in sorted(mine.keys() - _FREE)
            if mine[name] != theirs[name]
        ]

    def write(self, folder: Path) -> None:
        """Write it as a whole.

        Raises:
            DiskError: It could not be written.
        """
        manifests.write(folder, self)


# What may change from run to run: which items are judged, not how.
_FREE = {"sample", "controls", "where", "source", "teacher"}


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of the judging in ``folder``; None where there is none.

    Raises:
        PoolError: It is damaged, or of a later format, or of no judging.
    """
    return manifests.read(
        folder, Manifest, FORMAT, "is of no judging, or damaged. Name another folder."
    )


def safe(*parts: str) -> str:
    """A folder's name out of ``parts``: lower-case letters, digits, and ``-`` between."""
    said = "-".join(filter(None, (_UNSAFE.sub("-", part.casefold()).strip("-") for part in parts)))
    return said[:_LONGEST].strip("-") or "unnamed"
