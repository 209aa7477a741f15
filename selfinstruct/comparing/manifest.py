"""What a comparison was made with."""

from __future__ import annotations

from typing import ClassVar

from selfinstruct.judging.manifest import RubricManifest


class Manifest(RubricManifest):
    """What decides what a comparison says.

    Attributes:
        contestants: Whose answers are compared; none where the answers of one set are.
        within: Whether the answers of one set are compared with each other.
        sources: Where the answers came from.
    """

    noun: ClassVar[str] = "comparison"
    free = frozenset({"sample", "controls", "sources", "teacher"})

    kind: str = "compare"
    contestants: tuple[str, ...] = ()
    within: bool = False
    sources: tuple[str, ...] = ()
