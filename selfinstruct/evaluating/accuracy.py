"""What is right, in figures: by model and group, with intervals over tasks, and differences.

A missing answer scores 0, as the published script counts it. Instances of a task hang together, so
tasks are what is drawn again for the intervals; the mean still weighs instances alike. Of several
answers to a case the mean counts: what one answer may be expected to score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from selfinstruct.evaluating.cases import CATEGORY, TASK, Case, Joined
from selfinstruct.evaluating.metrics import Normalise, RougeL, exact
from selfinstruct.statistics import Estimate, mean, paired_difference

EXACT, ROUGE = "exact_match", "rouge_l"
MEASURES = (EXACT, ROUGE)

_PLACES = 4  # as the published script rounds
_LEADING = {
    EXACT: (
        "Textual Entailment",
        "Cause Effect Classification",
        "Coreference Resolution",
        "Dialogue Act Recognition",
        "Answerability Classification",
        "Word Analogy",
    ),
    ROUGE: (
        "Overlap Extraction",
        "Keyword Tagging",
        "Question Rewriting",
        "Title Generation",
        "Data to Text",
        "Grammar Error Correction",
    ),
}
LEADING: Mapping[str, str] = {
    _name.casefold(): measure for measure, names in _LEADING.items() for _name in names
}
"""By which measure a category of the benchmark is read (Wang et al., appendix)."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of one model, in [0, 1], in the order of the cases.

    Attributes:
        name: The model.
        by: By measure.
    """

    name: str
    by: Mapping[str, Sequence[float]]


def scores(cases: Sequence[Case], answers: Joined, normalise: Normalise, rouge: RougeL) -> Scores:
    """How each case was answered."""
    exacts, rouges = [], []
    for case, texts in zip(cases, answers.texts, strict=True):
        same = [exact(text, case.references, normalise) for text in texts]
        near = [rouge.score(text, case.references) for text in texts]
        exacts.append(fmean(same) if same else 0.0)
        rouges.append(fmean(near) if near else 0.0)
    return Scores(answers.name, {EXACT: exacts, ROUGE: rouges})


def accuracy(cases: Sequence[Case], models: Sequence[Scores], by: Sequence[str]) -> dict[str, Any]:
    """All figures, in per cent: overall, by group, and each model against the first."""
    everything = range(len(cases))
    return {
        "overall": _figures(cases, models, everything),
        "differences": [_difference(cases, one, models[0]) for one in models[1:]],
        "groups": {key: found for key in by if (found := _groups(cases, models, key))},
    }


def _groups(cases: Sequence[Case], models: Sequence[Scores], key: str) -> list[dict[str, Any]]:
    places: dict[str, list[int]] = {}
    for place, case in enumerate(cases):
        value = case.task if key == TASK else case.groups.get(key)
        if value is not None:
            places.setdefault(value, []).append(place)
    return [
        {
            "name": name,
            "n": len(own),
            "leading": _leading(cases[own[0]].groups) if key in {CATEGORY, TASK} else None,
            "models": _figures(cases, models, own, drawn=key != TASK),
        }
        for name, own in sorted(places.items(), key=lambda one: _order(one[0]))
    ]


def _leading(groups: Mapping[str, str]) -> str | None:
    return LEADING.get(groups.get(CATEGORY, "").replace("_", " ").casefold())


def _order(name: str) -> tuple[float, str]:
    """Numbers by their size, before words."""
    return (float(name), "") if name.isascii() and name.isdecimal() else (float("inf"), name)


def _figures(
    cases: Sequence[Case], models: Sequence[Scores], places: Sequence[int], *, drawn: bool = True
) -> list[dict[str, Any]]:
    tasks = [cases[place].task for place in places]
    return [
        {
            "name": one.name,
            **{
                measure: _row(_mean([one.by[measure][place] for place in places], tasks, drawn))
                for measure in MEASURES
            },
        }
        for one in models
    ]


def _mean(values: Sequence[float], tasks: Sequence[str], drawn: bool) -> Estimate:
    if not drawn:
        return Estimate(fmean(values), 1, None, None, "one task")
    return mean(values, tasks)


def _difference(cases: Sequence[Case], one: Scores, base: Scores) -> dict[str, Any]:
    tasks = [case.task for case in cases]
    return {
        "name": one.name,
        "minus": base.name,
        **{
            measure: _row(paired_difference(one.by[measure], base.by[measure], tasks))
            for measure in MEASURES
        },
    }


def _row(found: Estimate) -> dict[str, Any]:
    """In per cent, with as many places as the published script gives."""
    ends = {"value": found.value, "low": found.low, "high": found.high}
    rounded = {key: None if one is None else round(100 * one, _PLACES) for key, one in ends.items()}
    return {**rounded, "tasks": found.n}
