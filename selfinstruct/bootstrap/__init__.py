"""The loop that grows a pool: draw, ask, judge, develop, commit. It knows no recipe by name."""

from __future__ import annotations

from selfinstruct.bootstrap.asking import Asker
from selfinstruct.bootstrap.growth import Growth, Limits, Outcome, Stopped
from selfinstruct.bootstrap.recipe import Ask, Developed, Draft, Recipe, View
from selfinstruct.bootstrap.tally import Tally

__all__ = [
    "Ask",
    "Asker",
    "Developed",
    "Draft",
    "Growth",
    "Limits",
    "Outcome",
    "Recipe",
    "Stopped",
    "Tally",
    "View",
]
