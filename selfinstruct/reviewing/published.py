"""How far people agreed in publications: what one's own figures stand beside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Published:
    """One figure.

    Attributes:
        measure: Which of ours it is beside.
        value: What it was.
        who: Between whom, and where.
    """

    measure: str
    value: float
    who: str


_SELF_INSTRUCT = "two authors, Self-Instruct"

_OF_PAIRS = (
    Published("with_ties", 0.63, "experts, MT-bench, Table 5"),
    Published("with_ties", 0.66, "GPT-4 and experts, MT-bench, Table 5"),
    Published("without_ties", 0.81, "experts, MT-bench, Table 5"),
    Published("without_ties", 0.85, "GPT-4 and experts, MT-bench, Table 5"),
    Published("discounted", 0.82, "crowd workers, LIMA, section 4.1"),
    Published("discounted", 0.81, "a crowd worker and an author, LIMA, section 4.1"),
    Published("discounted", 0.78, "authors, LIMA, section 4.1"),
)

PUBLISHED: Mapping[str, tuple[Published, ...]] = {
    "rating": (
        Published("kappa", 0.58, _SELF_INSTRUCT),
        Published("good", 0.75, _SELF_INSTRUCT),
        Published("rho", 0.81, _SELF_INSTRUCT),
    ),
    "overall": _OF_PAIRS,
}
"""By rubric."""
