"""What was asked with what would have been right, and what models answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from selfinstruct.errors import UsageError

_SHOWN = 10  # ids that are named of those that are missing, doubled or unknown

CATEGORY, TASK = "category", "task"
GROUPINGS = (CATEGORY, TASK, "skill", "difficulty")
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
        prompt: A digest of what is asked, by which answers under other ids are found; "" where
            nobody knows what is asked.
    """

    id: str
    references: tuple[str, ...]
    task: str
    groups: Mapping[str, str] = field(default_factory=dict)
    alias: str = ""
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Predictions:
    """What one model answered.

    Attributes:
        name: What tables call it.
        source: The file or folder.
        texts: By id, its answers: several where it was asked several times.
        doubled: Ids that stand there again; their first answer counts.
        failed: Ids whose call failed; they count as missing.
        cut_off: Ids with an answer that a token limit ended.
        prompts: By id a digest of what was asked, where that is known.
    """

    name: str
    source: str
    texts: Mapping[str, Sequence[str]]
    doubled: Sequence[str] = ()
    failed: Sequence[str] = ()
    cut_off: Sequence[str] = ()
    prompts: Mapping[str, str] = field(default_factory=dict)


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
                    ("cut_off", said.cut_off),
                    ("doubled", said.doubled),
                    ("unknown", self.unknown),
                )
            },
        }


def joined(cases: Sequence[Case], predictions: Predictions) -> Joined:
    """The answers in the order of the cases: by id, by the collection's own id, or by the prompt.

    An id that stands for another prompt is none: files that number their rows would else be put to
    each other's questions.

    Raises:
        UsageError: There are answers, and not one is to any of the cases.
    """
    said, prompts = predictions.texts, predictions.prompts
    by_prompt: dict[str, str] = {}
    for name, prompt in prompts.items():
        by_prompt.setdefault(prompt, name)

    def answers(case: Case) -> str | None:
        for name in (case.id, case.alias):
            if name in said and (not case.prompt or prompts.get(name, case.prompt) == case.prompt):
                return name
        return by_prompt.get(case.prompt) if case.prompt else None

    names = [answers(case) for case in cases]
    texts = [() if name is None else tuple(said[name]) for name in names]
    missing = [case.id for case, found in zip(cases, texts, strict=True) if not found]
    used = set(names)
    unknown = [name for name in said if name not in used]
    if said and len(missing) == len(cases):
        raise UsageError(
            f"{predictions.source}: answers nothing that has a reference: it has {unknown[0]!r} "
            f"where the references have {cases[0].id!r}, and the prompts are others too. Name the "
            "set that was answered as --references."
        )
    return Joined(predictions, texts, missing, unknown)
