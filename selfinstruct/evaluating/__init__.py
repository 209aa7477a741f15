"""Did it help? What is right, what is liked, and how it sounds: three blocks, never summed.

Texts and votes go in, figures with intervals come out. No teacher is asked. The three are those of
"The False Promise of Imitating Proprietary LLMs" (Gudibande et al., arXiv 2305.15717), the metric
that of Super-NaturalInstructions (Wang et al., arXiv 2204.07705).
"""

from selfinstruct.evaluating.cases import GROUPINGS, TASK, Case, Joined, Predictions, joined
from selfinstruct.evaluating.facts import ABOUT, METRICS, Evaluated, Teacher, facts
from selfinstruct.evaluating.liked import preference
from selfinstruct.evaluating.opinions import judged_in, reviewed_in
from selfinstruct.evaluating.page import MARK, page
from selfinstruct.evaluating.predictions import apart, predictions_of
from selfinstruct.evaluating.references import cases_of
from selfinstruct.evaluating.style import Manner

__all__ = [
    "ABOUT",
    "GROUPINGS",
    "MARK",
    "METRICS",
    "TASK",
    "Case",
    "Evaluated",
    "Joined",
    "Manner",
    "Predictions",
    "Teacher",
    "apart",
    "cases_of",
    "facts",
    "joined",
    "judged_in",
    "page",
    "predictions_of",
    "preference",
    "reviewed_in",
]
