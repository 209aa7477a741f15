"""Did it help? What is right, what is liked, and how it sounds: three blocks, never summed.

Texts and votes go in, figures with intervals come out. No teacher is asked. The three are those of
"The False Promise of Imitating Proprietary LLMs" (Gudibande et al., arXiv 2305.15717), the metric
that of Super-NaturalInstructions (Wang et al., arXiv 2204.07705).
"""

from selfinstruct.evaluating.cases import GROUPINGS, Case, Joined, Predictions, joined
from selfinstruct.evaluating.facts import ABOUT, BLOCKS, Evaluated, Teacher, facts, text_of
from selfinstruct.evaluating.page import page
from selfinstruct.evaluating.predictions import predictions_of
from selfinstruct.evaluating.references import cases_of

__all__ = [
    "ABOUT",
    "BLOCKS",
    "GROUPINGS",
    "Case",
    "Evaluated",
    "Joined",
    "Predictions",
    "Teacher",
    "cases_of",
    "facts",
    "joined",
    "page",
    "predictions_of",
    "text_of",
]
