"""Everything that an evaluation says, as plain values: three blocks that are never summed."""

from __future__ import annotations

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
METRICS = tuple(NORMALISERS)
"""The ways of exact match."""

PUBLISHED = "stems as published"
"""What ROUGE-L is called that may be compared with published figures."""

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
    named = PUBLISHED if given.tokenizer is None else f"{given.tokenizer[0]} tokens"
    rouge = RougeL(Stems() if given.tokenizer is None else given.tokenizer[1])
    every = [scores(given.cases, one, NORMALISERS[given.metric], rouge) for one in given.models]
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
            [(one.name, _first(given.cases, one)) for one in given.models],
            _first(given.cases, teacher.answers),
            None if teacher.ceiling is None else _first(given.cases, teacher.ceiling),
            teacher.manner,
        )
    else:
        left_out["style"] = "There are no answers of a teacher beside: name --teacher-answers."
    warnings = _warnings(given)
    return told | {"left_out": left_out, "warnings": warnings, "closing": CLOSING}


def _first(cases: Sequence[Case], answers: Joined) -> dict[str, str]:
    pairs = zip(cases, answers.texts, strict=True)
    return {case.id: texts[0] for case, texts in pairs if texts}


def _is_lost(text: str) -> bool:
    """Whether the published metric reads less than half of the letters and digits of ``text``."""
    letters = [one for one in text if one.isalnum()]
    return bool(letters) and 2 * sum(map(str.isascii, letters)) < len(letters)


def _warnings(given: Evaluated) -> list[str]:
    found = []
    texts = [text for case in given.cases for text in case.references if text.strip()]
    blind = sum(_is_lost(text) for text in texts)
    if given.tokenizer is None and blind > _BLIND * len(texts):
        found.append(
            f"ROUGE-L as published reads a to z and 0 to 9 alone, and {blind:,} of "
            f"{len(texts):,} references are in other scripts: most of what is answered there "
            "counts for nothing. --tokenizer unicode reads every script; its figures cannot be "
            "compared with published ones."
        )
    for one in given.models:
        said = one.predictions
        for ids, counted, so in (
            (one.missing, f"of {len(given.cases):,} answers are missing", "and score 0"),
            (said.cut_off, "answers were cut off by a token limit", "and lose unfairly"),
            (said.doubled, "ids stand there again", "where the first answer counts"),
            (one.unknown, "answers have no reference", "and are passed over"),
        ):
            if ids:
                found.append(f"{one.name}: {len(ids):,} {counted} {so}, {ids[0]} for one.")
    return found
