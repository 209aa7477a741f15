"""Judging: each rule keeps, or refuses with a reason from the closed set.

A paper's rules are a straight column of guard clauses, in the paper's order.
"""

from __future__ import annotations

from selfinstruct.filters.content import ContentRule
from selfinstruct.filters.instances import valid_instances
from selfinstruct.filters.instructions import InstructionRules
from selfinstruct.filters.language import LanguageRule
from selfinstruct.filters.nearness import Nearness, NoveltyRule
from selfinstruct.filters.soundness import Soundness

__all__ = [
    "ContentRule",
    "InstructionRules",
    "LanguageRule",
    "Nearness",
    "NoveltyRule",
    "Soundness",
    "valid_instances",
]
