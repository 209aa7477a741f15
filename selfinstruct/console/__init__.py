"""What a person sees. The only room that knows rich; talk goes to stderr, data to stdout.

Each name is loaded when it is first asked for: the help and errors need few of the files.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selfinstruct.console.answers import show_answer_estimate as show_answer_estimate
    from selfinstruct.console.answers import show_answers as show_answers
    from selfinstruct.console.batches import show_batches as show_batches
    from selfinstruct.console.checks import show_check as show_check
    from selfinstruct.console.comparisons import show_compare_estimate as show_compare_estimate
    from selfinstruct.console.comparisons import show_comparison as show_comparison
    from selfinstruct.console.data_sets import show_export as show_export
    from selfinstruct.console.data_sets import show_filter as show_filter
    from selfinstruct.console.descriptions import show_description as show_description
    from selfinstruct.console.endings import show_contamination_end as show_contamination_end
    from selfinstruct.console.endings import show_end as show_end
    from selfinstruct.console.endings import show_import_end as show_import_end
    from selfinstruct.console.endings import show_problems as show_problems
    from selfinstruct.console.endings import show_remaining as show_remaining
    from selfinstruct.console.endings import show_replay_end as show_replay_end
    from selfinstruct.console.endings import show_stopped as show_stopped
    from selfinstruct.console.evaluations import show_evaluation as show_evaluation
    from selfinstruct.console.judgings import show_judge_estimate as show_judge_estimate
    from selfinstruct.console.judgings import show_judging as show_judging
    from selfinstruct.console.judgings import show_worst as show_worst
    from selfinstruct.console.plainly import ask as ask
    from selfinstruct.console.previews import show_preview as show_preview
    from selfinstruct.console.reviews import show_agreement as show_agreement
    from selfinstruct.console.reviews import show_reviews as show_reviews
    from selfinstruct.console.selections import show_selection as show_selection
    from selfinstruct.console.tables import show_calibration as show_calibration
    from selfinstruct.console.tables import show_estimate as show_estimate
    from selfinstruct.console.tables import show_evolve_estimate as show_evolve_estimate
    from selfinstruct.console.tables import show_languages as show_languages
    from selfinstruct.console.tables import show_pool as show_pool
    from selfinstruct.console.tables import show_report as show_report
    from selfinstruct.console.tables import show_rows as show_rows
    from selfinstruct.console.tables import show_run as show_run
    from selfinstruct.console.talk import print_json as print_json
    from selfinstruct.console.talk import say as say
    from selfinstruct.console.talk import tell as tell
    from selfinstruct.console.watching import Watching as Watching

# The file of each name; a test holds that these are the names above.
_FILES = {
    "show_check": "checks",
    "show_contamination_end": "endings",
    "show_end": "endings",
    "show_import_end": "endings",
    "show_problems": "endings",
    "show_remaining": "endings",
    "show_replay_end": "endings",
    "show_stopped": "endings",
    "show_answer_estimate": "answers",
    "show_answers": "answers",
    "show_compare_estimate": "comparisons",
    "show_comparison": "comparisons",
    "show_evaluation": "evaluations",
    "show_judge_estimate": "judgings",
    "show_judging": "judgings",
    "show_worst": "judgings",
    "show_batches": "batches",
    "show_description": "descriptions",
    "ask": "plainly",
    "show_preview": "previews",
    "show_agreement": "reviews",
    "show_reviews": "reviews",
    "show_selection": "selections",
    "show_calibration": "tables",
    "show_estimate": "tables",
    "show_evolve_estimate": "tables",
    "show_export": "data_sets",
    "show_filter": "data_sets",
    "show_languages": "tables",
    "show_pool": "tables",
    "show_report": "tables",
    "show_rows": "tables",
    "show_run": "tables",
    "print_json": "talk",
    "say": "talk",
    "tell": "talk",
    "Watching": "watching",
}

__all__ = [*_FILES]  # noqa: PLE0604 - the names of a table are texts


def __getattr__(name: str) -> object:
    if name not in _FILES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
    globals()[name] = found  # also where a file of that name was just loaded
    return found
