"""The loop that grows a pool: draw, ask, judge, develop, commit. It knows no recipe by name."""

from __future__ import annotations

from selfinstruct.bootstrap.drawing import Source
from selfinstruct.bootstrap.growth import Growth, Limits
from selfinstruct.bootstrap.intake import Intake
from selfinstruct.bootstrap.recipe import (
    Developed,
    Draft,
    Foreseen,
    Outlook,
    Recipe,
    View,
)
from selfinstruct.bootstrap.rehearsal import Rehearsed, rehearse
from selfinstruct.bootstrap.replaying import Replayed, ReplayedRecipe
from selfinstruct.requests import Ask, Asker, Outcome, Stopped, Tally

__all__ = [
    "Ask",
    "Asker",
    "Developed",
    "Draft",
    "Foreseen",
    "Growth",
    "Intake",
    "Limits",
    "Outcome",
    "Outlook",
    "Recipe",
    "Rehearsed",
    "Replayed",
    "ReplayedRecipe",
    "Source",
    "Stopped",
    "Tally",
    "View",
    "rehearse",
]
