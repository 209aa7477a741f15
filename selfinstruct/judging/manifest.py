"""What a judging was made with, so that judgements of two kinds are never mixed in one folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from selfinstruct.requests.manifest import JobManifest

RUBRIC = "rubric.json"  # a copy of the rubric, which may change where it came from
FOLDER = "judgements"
"""The folder of a pool that holds its judgings."""

_LONGEST = 80  # characters of a folder's name
_UNSAFE = re.compile(r"[^a-z0-9]+")


class RubricManifest(JobManifest):
    """What decides what a model says by a rubric, of items or of answers to the same prompt.

    Attributes:
        rubric: The rubric's name.
        rubric_digest: A digest of what it says.
        structured: Whether replies are held to a schema.
        brief: Whether it gives no reasons.
        controls: How many controls of each kind.
    """

    digests: ClassVar[Mapping[str, str]] = {
        "rubric_digest": "the rubric's text",
        "prompts": "the templates",
    }

    rubric: str
    rubric_digest: str
    structured: bool
    brief: bool = False
    controls: int = 0


class Manifest(RubricManifest):
    """What decides what a judging says.

    Attributes:
        with_reference: Whether items are graded against the judge's own answers.
        weighted: Whether the likelihoods of the answers are taken.
        group: How many items stand in one prompt, ``family``, or "".
        rejects: Whether refused texts are judged, and not tasks.
        where: The conditions that items meet.
        source: What is judged, as it was named; a pool's judgings name none.
    """

    noun: ClassVar[str] = "judging"
    free = frozenset({"sample", "controls", "where", "source", "teacher"})

    kind: str = "judge"
    with_reference: bool = False
    weighted: bool = False
    group: str = ""
    rejects: bool = False
    where: tuple[str, ...] = ()
    source: str = ""


def safe(*parts: str) -> str:
    """A folder's name out of ``parts``: lower-case letters, digits, and ``-`` between."""
    said = "-".join(filter(None, (_UNSAFE.sub("-", part.casefold()).strip("-") for part in parts)))
    return said[:_LONGEST].strip("-") or "unnamed"
