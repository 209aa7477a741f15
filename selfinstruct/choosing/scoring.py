"""Tasks with what they are ranked by, and from what that was made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from selfinstruct.choosing.answers import Answers
from selfinstruct.choosing.judgements import Judgements
from selfinstruct.choosing.least import Least
from selfinstruct.choosing.tags import normalised
from selfinstruct.choosing.ways import By, Way
from selfinstruct.errors import SettingsError
from selfinstruct.report import Item, Source

_COMPLEXITY, _QUALITY, _TAGS = "complexity", "quality", "tags"
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Scored:
    """A task and what is said of it.

    Attributes:
        item: The task.
        score: What it is ranked by; None where nobody said, and for a random order.
        parts: What the score is made of, and what else conditions ask about.
        missing: The keys of what nobody said and the choice needs.
        tags: Its tags, made comparable.
    """

    item: Item
    score: float | None = None
    parts: Mapping[str, float] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The task's id."""
        return self.item.id

    @property
    def has_output(self) -> bool:
        """Whether there is an answer to learn from; an export leaves tasks without one out."""
        return any(case.output.strip() for case in self.item.cases)

    def row(self) -> dict[str, Any]:
        """As files say it."""
        said: dict[str, Any] = {"id": self.id, "score": self.score, "parts": dict(self.parts)}
        return said | ({"tags": list(self.tags)} if self.tags else {})


@dataclass(frozen=True, slots=True)
class Scoring:
    """How tasks are scored.

    Attributes:
        by: By what they are ranked.
        judgements: What judges said.
        least: What they must reach.
        least_seen: Tags of fewer tasks are dropped.
        scores: By task, scores that somebody brought.
    """

    by: By
    judgements: Judgements
    least: Sequence[Least] = ()
    least_seen: int = 2
    scores: Mapping[str, float] = field(default_factory=dict)

    def grades(self) -> Sequence[Answers]:
        """The answers that scores are made of; () where they are made of something else.

        Raises:
            SettingsError: Nobody gave them.
        """
        if self.by.way is Way.DEITA:
            return [self.judgements.to(key, key) for key in (_COMPLEXITY, _QUALITY)]
        return self.judgements.grades() if self.by.way is Way.RATING else ()


Parts = dict[str, float]
Measure = Callable[[Item], tuple[float | None, Parts, tuple[str, ...]]]
"""Of a task its score, what that is made of, and the keys of what is missing."""


def scored(source: Source, how: Scoring) -> list[Scored]:
    """All tasks of ``source`` with their scores, in the order of the set.

    Raises:
        SettingsError: Nobody said what the choice needs.
    """
    tags = _tags(source, how)
    measure = _measure(source, how, tags)
    found = []
    for item in source.items:
        score, parts, missing = measure(item)
        for one in how.least:
            if one.answers is not None:
                value = one.answers.mean(item)
                if value is None:
                    missing = (*missing, one.key)
                else:
                    parts[one.key] = value
        rounded = {key: round(value, _DIGITS) for key, value in parts.items()}
        score = None if score is None else round(score, _DIGITS)
        own = tags.get(item.id, ())
        found.append(Scored(item, score, rounded, tuple(dict.fromkeys(missing)), own))
    return found


def _tags(source: Source, how: Scoring) -> dict[str, tuple[str, ...]]:
    by_tags = how.by.way is Way.TAGS
    answers = how.judgements.to(_TAGS, _TAGS) if by_tags else how.judgements.tags()
    if answers is None:
        return {}
    raw = {item.id: tags for item in source.items if (tags := answers.tags_of(item))}
    found = normalised(raw, how.least_seen)
    if by_tags and not any(found.values()):
        raise SettingsError(
            f"{source.name}: none of its tags stands at {how.least_seen} tasks or more. Lower "
            "--tag-count, or judge more of them: --rubric tags --all."
        )
    return found


def _measure(source: Source, how: Scoring, tags: Mapping[str, Sequence[str]]) -> Measure:
    way = how.by.way
    if way is Way.RANDOM:
        return lambda _: (None, {}, ())
    if way is Way.LONGEST:
        return lambda item: (mean_output(source, item), {}, ())
    if way is Way.TAGS:
        return lambda item: _of(float(len(tags.get(item.id, ()))) or None, {}, _TAGS)
    if way is Way.FILE:
        return lambda item: _of(how.scores.get(item.id), {}, "score")
    return _product(how.grades()) if way is Way.DEITA else _mean(how.grades())


def _of(score: float | None, parts: Parts, key: str) -> tuple[float | None, Parts, tuple[str, ...]]:
    return score, parts, () if score is not None else (key,)


def mean_output(source: Source, item: Item) -> float:
    """How long the outputs of ``item`` are in the mean, in the language's unit."""
    lengths = [source.length(case.output) for case in item.cases]
    return sum(lengths) / len(lengths) if lengths else 0.0


def _product(answers: Sequence[Answers]) -> Measure:
    def measure(item: Item) -> tuple[float | None, Parts, tuple[str, ...]]:
        parts, missing = _parts(item, answers)
        score = 1.0
        for value in parts.values():
            score *= value
        return None if missing else score, parts, missing

    return measure


def _mean(answers: Sequence[Answers]) -> Measure:
    def measure(item: Item) -> tuple[float | None, Parts, tuple[str, ...]]:
        parts, missing = _parts(item, answers)
        if parts:  # what does not apply to a task says nothing of it
            return sum(parts.values()) / len(parts), parts, ()
        return None, parts, missing

    return measure


def _parts(item: Item, answers: Sequence[Answers]) -> tuple[Parts, tuple[str, ...]]:
    found = {one.key: one.mean(item) for one in answers}
    parts = {key: value for key, value in found.items() if value is not None}
    return parts, tuple(key for key, value in found.items() if value is None)
