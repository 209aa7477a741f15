"""The page of an evaluation: its facts drawn with the parts of reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from selfinstruct.evaluating.accuracy import MEASURES
from selfinstruct.report.page import drawn
from selfinstruct.report.sections import Section

MARK = "<!doctype html>\n<!-- selfinstruct evaluation -->\n"
"""What the page begins with, by which an earlier one is known."""

NAMES: Mapping[str, str] = dict(zip(MEASURES, ("exact match", "ROUGE-L"), strict=True))
"""What measures are called."""

SECTIONS = (
    Section(
        "accuracy",
        "Right",
        "What is right",
        "Exact match and ROUGE-L in per cent, the best over the references. Intervals draw tasks "
        "anew, for instances of a task hang together; a missing answer scores 0.",
        is_wide=True,
    ),
    Section(
        "preference",
        "Liked",
        "What is liked",
        "How often an answer was preferred, by a judge and by people, ties as halves. At equal "
        "length: what is left when longer answers are not preferred for their length.",
        is_wide=True,
    ),
    Section(
        "style",
        "Sound",
        "How it sounds",
        "How far answers are like the teacher's in form, whatever they say. The first model is the "
        "base, a second answer of the teacher the ceiling.",
        is_wide=True,
    ),
)


def page(told: Mapping[str, Any]) -> str:
    """The page of what :func:`selfinstruct.evaluating.facts` tells."""
    left_out = told["left_out"]
    values = {
        "told": told,
        "names": NAMES,
        "sections": [one for one in SECTIONS if one.key in told],
        "missing": [(one, left_out[one.key]) for one in SECTIONS if one.key in left_out],
    }
    return MARK + drawn("evaluation.html.jinja", values, "selfinstruct.evaluating")
