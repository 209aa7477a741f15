"""What was asked with what would have been right, and what models answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_SHOWN = 10  # ids that are named of those that are missing, doubled or unknown

GROUPINGS = ("category", "task", "skill", "difficulty")
"""By what figures are broken down."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question with its right answers.

    Attributes:
        id: What predictions call it: ``task_…#0``.
        references: The answers that count as right, one or more.
        task: The task that it belongs to: instances of one task hang together.
        groups: Its value by grouping, where it has one: ``category``, ``skill``, ``difficulty``.
        alias: What else it may be called: the id that its collection gives it; "" for none.
    """

    id: str
    references: tuple[str, ...]
    task: str
    groups: Mapping[str, str] = field(default_factory=dict)
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Predictions:
    """What one model answered.

    Attributes:
        name: What tables call it.
        source: The file or folder.
        texts: By id, its answers: several where it was asked several times.
        doubled: Ids that stand there again; their first answer counts.
        failed: Ids whose call failed; they count as missing.
    """

    name: str
    source: str
    texts: Mapping[str, Sequence[str]]
    doubled: Sequence[str] = ()
    failed: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Joined:
    """The answers of one model, put to the cases.

    Attributes:
        predictions: They.
        texts: Of each case its answers; () where there is none.
        missing: Cases without an answer; they score 0.
        unknown: Ids that no case has; they are passed over.
    """

    predictions: Predictions
    texts: Sequence[Sequence[str]]
    missing: Sequence[str]
    unknown: Sequence[str]

    @property
    def name(self) -> str:
        """What tables call the model."""
        return self.predictions.name

    def row(self) -> dict[str, Any]:
        """As plain values; the first ids of each kind are named."""
        said = self.predictions
        return {
            "name": said.name,
            "source": said.source,
            "answers": sum(map(len, self.texts)),
            **{
                key: {"n": len(ids), "first": list(ids[:_SHOWN])}
                for key, ids in (
                    ("missing", self.missing),
                    ("failed", said.failed),
                    ("doubled", said.doubled),
                    ("unknown", self.unknown),
                )
            },
        }


def joined(cases: Sequence[Case], predictions: Predictions) -> Joined:
    """The answers in the order of the cases, found by id or by the collection's own id."""
    texts, used = [], Counter[str]()
    for case in cases:
        name = case.id if case.id in predictions.texts else case.alias
        texts.append(tuple(predictions.texts.get(name, ())))
        used[name] += 1
    missing = [case.id for case, found in zip(cases, texts, strict=True) if not found]
    unknown = [name for name in predictions.texts if not used[name]]
    return Joined(predictions, texts, missing, unknown)
