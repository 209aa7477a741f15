"""Requests: asked once, paid once, taken in order. What every job does that asks a teacher.

A job hands stages to a :class:`Run` (or items to a :class:`MappingRun`), and gets one window, one
store, one budget, the rules for giving up, an end that loses nothing, and figures to show.
"""

from __future__ import annotations

from selfinstruct.requests.asking import Ask, Asker
from selfinstruct.requests.derived import Derived, DerivedJob, DerivedRun, Row
from selfinstruct.requests.forecast import Forecast
from selfinstruct.requests.gathering import gather_all
from selfinstruct.requests.health import Health
from selfinstruct.requests.items import Item, Mapped, MappingJob, waiting
from selfinstruct.requests.mapping import MappingRun
from selfinstruct.requests.running import Outcome, Run, Stopped, Traffic
from selfinstruct.requests.tally import Tally
from selfinstruct.requests.verdicts import Verdict, verdict
from selfinstruct.requests.window import Stages, Window

__all__ = [
    "Ask",
    "Asker",
    "Derived",
    "DerivedJob",
    "DerivedRun",
    "Forecast",
    "Health",
    "Item",
    "Mapped",
    "MappingJob",
    "MappingRun",
    "Outcome",
    "Row",
    "Run",
    "Stages",
    "Stopped",
    "Tally",
    "Traffic",
    "Verdict",
    "Window",
    "gather_all",
    "verdict",
    "waiting",
]
