"""What a person sees. The only room that knows rich; talk goes to stderr, data to stdout."""

from __future__ import annotations

from selfinstruct.console.checks import show_check
from selfinstruct.console.endings import (
    show_contamination_end,
    show_end,
    show_import_end,
    show_problems,
    show_replay_end,
    show_stopped,
)
from selfinstruct.console.judgings import show_judge_estimate, show_judging, show_worst
from selfinstruct.console.progress import counting, progress
from selfinstruct.console.tables import (
    show_calibration,
    show_estimate,
    show_evolve_estimate,
    show_export,
    show_filter,
    show_languages,
    show_pool,
    show_report,
    show_rows,
    show_run,
    yield_line,
)
from selfinstruct.console.talk import duration, print_json, say, tell, visible
from selfinstruct.console.watching import Watching

__all__ = [
    "Watching",
    "counting",
    "duration",
    "print_json",
    "progress",
    "say",
    "show_calibration",
    "show_check",
    "show_contamination_end",
    "show_end",
    "show_estimate",
    "show_evolve_estimate",
    "show_export",
    "show_filter",
    "show_import_end",
    "show_judge_estimate",
    "show_judging",
    "show_languages",
    "show_pool",
    "show_problems",
    "show_replay_end",
    "show_report",
    "show_rows",
    "show_run",
    "show_stopped",
    "show_worst",
    "tell",
    "visible",
    "yield_line",
]
