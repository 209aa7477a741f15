"""Everything that an evaluation says, as plain values: three blocks that are never summed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selfinstruct.evaluating.accuracy import accuracy, scores
from selfinstruct.evaluating.cases import Case, Joined
from selfinstruct.evaluating.metrics import NORMALISERS, RougeL, Stems
from selfinstruct.evaluating.style import Manner, style
from selfinstruct.languages.tokenizers import Tokenizer

FORMAT = 1
"""The version of the JSON."""

ABOUT = "selfinstruct evaluation"
BLOCKS = ("accuracy", "preference", "style")

_BLIND = 0.05  # share of references without a token from which ROUGE-L is said to be blind
CLOSING = (
    "When answers are liked more and are right no more often, a model has learned how its teacher "
    "sounds and not what it knows (Gudibande et al., 2023)."
)
"""What every evaluation ends with."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What is evaluated.

    Attributes:
        source: Where the references are from.
        cases: The questions with their right answers.
        models: The answers of each model, the first of which the others are measured against.
        metric: ``superni`` or ``qa``: how exact match normalises.
        tokenizer: A tokenizer for ROUGE-L instead of the published stems, with its name.
        by: By what figures are broken down.
    """

    source: str
    cases: Sequence[Case]
    models: Sequence[Joined]
    metric: str
    tokenizer: tuple[str, Tokenizer] | None
    by: Sequence[str]


@dataclass(frozen=True, slots=True)
class Teacher:
    """Whom the answers are to sound like.

    Attributes:
        answers: Its answers.
        ceiling: Other answers of it to the same prompts, if there are any.
        manner: By what form is told.
    """

    answers: Joined
    ceiling: Joined | None
    manner: Manner


def facts(
    given: Evaluated, preference: Mapping[str, Any] | None, teacher: Teacher | None
) -> dict[str, Any]:
    """All blocks, and of those left out the reason."""
    named = "published" if given.tokenizer is None else f"{given.tokenizer[0]} tokens"
    rouge = RougeL(Stems() if given.tokenizer is None else given.tokenizer[1])
    every = [
        scores(given.cases, one, NORMALISERS[given.metric], rouge) for one in given.models
    ]
    told: dict[str, Any] = {
        "about": ABOUT,
        "format": FORMAT,
        "references": {
            "source": given.source,
            "cases": len(given.cases),
            "tasks": len({case.task for case in given.cases}),
            "with_several": sum(len(case.references) > 1 for case in given.cases),
        },
        "metric": {"exact_match": given.metric, "rouge_l": named},
        "models": [one.row() for one in given.models],
        "accuracy": accuracy(given.cases, every, given.by),
    }
    left_out = {}
    if preference is not None:
        told["preference"] = dict(preference)
    else:
        left_out["preference"] = (
            "Nobody was asked which answers are better: name --comparison and --reviews."
        )
    if teacher is not None:
        told["style"] = style(
            {one.name: _first(given.cases, one) for one in given.models},
            _first(given.cases, teacher.answers),
            None if teacher.ceiling is None else _first(given.cases, teacher.ceiling),
            teacher.manner,
        )
    else:
        left_out["style"] = "There are no answers of a teacher beside: name --teacher-answers."
    warnings = _warnings(given, rouge)
    return told | {"left_out": left_out, "warnings": warnings, "closing": CLOSING}


def _first(cases: Sequence[Case], answers: Joined) -> dict[str, str]:
    pairs = zip(cases, answers.texts, strict=True)
    return {case.id: texts[0] for case, texts in pairs if texts}


def _warnings(given: Evaluated, rouge: RougeL) -> list[str]:
    found = []
    texts = [text for case in given.cases for text in case.references if text.strip()]
    blind = sum(not rouge.sees(text) for text in texts)
    if blind > _BLIND * len(texts):
        found.append(
            f"ROUGE-L sees nothing in {blind:,} of {len(texts):,} references: it reads a to z and "
            "0 to 9 alone, so they score 0 whatever is answered. --tokenizer unicode reads other "
            "scripts; its figures cannot be compared with published ones."
        )
    for one in given.models:
        if one.missing:
            found.append(
                f"{one.name}: {len(one.missing):,} of {len(given.cases):,} answers are missing and "
                f"score 0, {one.missing[0]} for one."
            )
        if one.predictions.doubled:
            said = one.predictions.doubled
            found.append(
                f"{one.name}: {len(said):,} ids stand there again, {said[0]} for one; the first "
                "answer counts."
            )
        if one.unknown:
            found.append(
                f"{one.name}: {len(one.unknown):,} answers are to nothing that was asked, "
                f"{one.unknown[0]} for one; they are passed over."
            )
    return found


def text_of(told: Mapping[str, Any]) -> str:
    """The text of the JSON: the same facts give the same bytes."""
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
