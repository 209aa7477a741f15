"""What a comparison was made with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from selfinstruct.requests import manifest
from selfinstruct.requests.manifest import JobManifest


class Manifest(JobManifest):
    """What decides what a comparison says.

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
        brief: Whether it gives no reasons.
        contestants: Whose answers are compared; none where the answers of one set are.
        within: Whether the answers of one set are compared with each other.
        seed: Where samples and orders begin.
        sample: How many prompts are wanted; None for all.
        controls: How many controls of each kind.
        sources: Where the answers came from.
    """

    noun: ClassVar[str] = "comparison"
    free = frozenset({"sample", "controls", "sources", "teacher"})
    digests: ClassVar[Mapping[str, str]] = {
        "rubric_digest": "the rubric's text",
        "prompts": "the templates",
    }

    kind: str = "compare"
    rubric: str
    rubric_digest: str
    prompts: str
    language: str
    teacher: str
    model: str
    api: str
    decoding: dict[str, Any]
    structured: bool
    brief: bool = False
    contestants: tuple[str, ...] = ()
    within: bool = False
    seed: int = 0
    sample: int | None = None
    controls: int = 0
    sources: tuple[str, ...] = ()


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of the comparison in ``folder``; None where there is none.

    Raises:
        PoolError: It is damaged, or of a later format, or of no comparison.
    """
    return manifest.read_manifest(folder, Manifest)
